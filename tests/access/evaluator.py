"""An independent judge of concrete requests: policies as plain documents, no sets, no engine.

It follows the IAM User Guide ("Policy evaluation logic", "IAM JSON policy elements reference") rule
by rule, with regular expressions and ipaddress. It shares no code with the engine; only the request
records and the table of S3 actions are the engine's.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import json
import re
from decimal import Decimal, InvalidOperation

from cloudpack_baseline.access._s3_actions import BUCKET_ACTIONS, OBJECT_ACTIONS


def as_list(value):
    return value if isinstance(value, list) else [value]


def text_of(value):
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def glob_regex(text, *, fold=False):
    body = "".join(".*" if c == "*" else "." if c == "?" else re.escape(c) for c in text)
    return re.compile(body, re.DOTALL | (re.IGNORECASE if fold else 0))


LITERAL = {"*": "\ue000", "?": "\ue001", "$": "\ue002"}


def context_of(request):
    return {key.lower(): value for key, value in request.context.items()}


def substitute(text, context, version):
    """The text with variables replaced (special characters marked), or None."""
    if version != "2012-10-17":
        return text
    missing = False

    def one(match):
        nonlocal missing
        inside = match[1]
        if inside in LITERAL:
            return LITERAL[inside]
        parts = re.fullmatch(r"\s*([^\s,'](?:[^,']*[^\s,'])?)\s*(?:,\s*'([^']*)'\s*)?", inside)
        if parts is None:
            return match[0]
        value = context.get(parts[1].lower(), parts[2])
        if value is None or isinstance(value, tuple):
            missing = True
            return ""
        return "".join(LITERAL.get(c, c) for c in value)

    out = re.sub(r"\$\{([^{}]*)\}", one, text)
    return None if missing else out


def plain(text):
    for char, mark in LITERAL.items():
        text = text.replace(mark, char)
    return text


def glob_match(pattern, value, *, fold=False):
    value = "".join(LITERAL.get(c, c) if LITERAL.get(c, "-") in pattern else c for c in value)
    # A marked character stands for itself: mark it in the value too, wherever it may meet one.
    if fold:
        pattern, value = pattern.lower(), value.lower()
    at = place = 0
    star, back = -1, 0
    while place < len(value):
        if at < len(pattern) and pattern[at] == "*":
            star, back, at = at, place, at + 1
        elif at < len(pattern) and pattern[at] in ("?", value[place]):
            at, place = at + 1, place + 1
        elif star >= 0:
            # The last star takes one character more.
            back += 1
            at, place = star + 1, back
        else:
            return False
    return not pattern[at:].strip("*")


def arn_match(pattern, value):
    if pattern == "*":
        return True
    ours, theirs = pattern.split(":", 5), value.split(":", 5)
    if len(ours) != 6 or len(theirs) != 6:
        return False
    return all(glob_match(a, b) for a, b in zip(ours, theirs, strict=True))


def number(text):
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def instant(text):
    if re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", text):
        text = (text + "-01-01")[:10] if len(text) < 10 else text
        day = dt.date.fromisoformat(text)
        return dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC).timestamp()
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return float(text) if number(text) is not None else None
    return moment.replace(tzinfo=moment.tzinfo or dt.UTC).timestamp()


def compare(relation, left, right):
    if left is None or right is None:
        return False
    return {
        "Equals": left == right,
        "LessThan": left < right,
        "LessThanEquals": left <= right,
        "GreaterThan": left > right,
        "GreaterThanEquals": left >= right,
    }[relation]


def ip_match(network, address):
    try:
        block = ipaddress.ip_network(network, strict=False)
        host = ipaddress.ip_address(address)
    except ValueError:
        return False
    return block.version == host.version and host in block


def value_matches(  # noqa: PLR0911 - one return for each rule
    base, wanted, value
):
    if base == "StringEquals":
        return plain(wanted) == value
    if base == "StringEqualsIgnoreCase":
        return plain(wanted).lower() == value.lower()
    if base == "StringLike":
        return glob_match(wanted, value)
    if base in {"ArnLike", "ArnEquals"}:
        return arn_match(wanted, value)
    if base == "Bool":
        return plain(wanted).lower() == value.lower()
    if base == "BinaryEquals":
        return wanted == value
    if base == "IpAddress":
        return ip_match(wanted, value)
    if base.startswith("Numeric"):
        return compare(base[7:], number(value), number(wanted))
    if base.startswith("Date"):
        return compare(base[4:], instant(value), instant(wanted))
    raise AssertionError(base)


POSITIVE = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotLike": "ArnLike",
    "ArnNotEquals": "ArnEquals",
    "NotIpAddress": "IpAddress",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
}


def condition_holds(  # noqa: PLR0911 - one return for each rule
    name, key, wanted, context, version
):
    quantifier, _, base = name.rpartition(":")
    if_exists = base.endswith("IfExists")
    base = base.removesuffix("IfExists")
    value = context.get(key.lower())
    if key.lower() == "aws:epochtime" and "aws:currenttime" in context:
        seconds = instant(context["aws:currenttime"])
        value = str(int(seconds) if seconds == int(seconds) else seconds)
    wanted = [text_of(item) for item in as_list(wanted)]
    if base == "Null":
        return any((value is None) == (item.lower() == "true") for item in wanted)
    negated = base in POSITIVE
    base = POSITIVE.get(base, base)
    if value is None:
        if quantifier == "ForAllValues":
            return True
        if quantifier == "ForAnyValue":
            return False
        return if_exists or negated
    variable = base.startswith(("String", "Arn", "Bool"))
    resolved = [substitute(w, context, version) if variable else w for w in wanted]
    resolved = [w for w in resolved if w is not None]

    def passes(item):
        return any(value_matches(base, w, item) for w in resolved) is not negated

    values = value if isinstance(value, tuple) else (value,)
    if quantifier == "ForAllValues":
        return all(passes(item) for item in values)
    if quantifier == "ForAnyValue":
        return any(passes(item) for item in values)
    if negated:
        return all(passes(item) for item in values)
    return any(passes(item) for item in values)


def account_entry(entry):
    match = re.fullmatch(r"(\d{12})|arn:[\w-]+:iam::(\d{12}):root", entry)
    return match and (match[1] or match[2])


def principal_names(  # noqa: PLR0911 - one return for each rule
    element, request, *, need_account=False
):
    if element == "*":
        return True
    aws = as_list(element.get("AWS", []))
    if "*" in aws:
        return True
    if request.principal_kind == "service":
        return request.principal in as_list(element.get("Service", []))
    if request.principal_kind == "canonical":
        return request.principal in as_list(element.get("CanonicalUser", []))
    if request.principal_kind == "federated":
        return request.principal in as_list(element.get("Federated", []))
    if request.principal_kind == "anonymous":
        return False
    if any(account_entry(str(entry)) == request.account for entry in aws):
        return True
    mine = {request.principal, request.session, request.context.get("aws:PrincipalArn")}
    return not need_account and bool(mine & {str(entry) for entry in aws})


def matches(statement, request, version, *, resource=None):
    context = context_of(request)
    if "Principal" in statement and not principal_names(statement["Principal"], request):
        return False
    if "NotPrincipal" in statement:
        deny = statement["Effect"] == "Deny"
        if principal_names(statement["NotPrincipal"], request, need_account=deny):
            return False
    for name, positive in (("Action", True), ("NotAction", False)):
        if name in statement:
            hit = any(
                glob_regex(a, fold=True).fullmatch(request.action) for a in as_list(statement[name])
            )
            if hit is not positive:
                return False
    for name, positive in (("Resource", True), ("NotResource", False)):
        if name in statement:
            hit = any(
                resource_matches(r, resource or request.resource, context, version)
                for r in as_list(statement[name])
            )
            if hit is not positive:
                return False
    return all(
        condition_holds(operator, key, wanted, context, version)
        for operator, block in statement.get("Condition", {}).items()
        for key, wanted in block.items()
    )


def resource_matches(pattern, resource, context, version):
    head, tail = "", pattern
    if pattern.count(":") >= 5:
        parts = pattern.split(":", 5)
        head, tail = ":".join(parts[:5]) + ":", parts[5]
    tail = substitute(tail, context, version)
    return tail is not None and glob_match(head + tail, resource)


def fits(request):
    name = request.action.removeprefix("s3:")
    on_object = "/" in request.resource.partition(":::")[2]
    context = context_of(request)
    login = context.get("aws:multifactorauthpresent", "true")
    if "aws:multifactorauthage" in context and login != "true":
        return False
    behalf = context.get("aws:viaawsservice") == "true"
    if behalf and request.principal_kind in {"anonymous", "service"}:
        return False
    if "aws:calledvia" in context and not behalf:
        return False
    return name in (OBJECT_ACTIONS if on_object else BUCKET_ACTIONS)


def decide(document, request, *, resource=None):
    """``Deny``, ``Allow`` or None of one policy document."""
    document = json.loads(document) if isinstance(document, str) else document
    version = document.get("Version", "2008-10-17")
    statements = as_list(document["Statement"])
    hits = [s for s in statements if matches(s, request, version, resource=resource)]
    if any(s["Effect"] == "Deny" for s in hits):
        return "Deny"
    return "Allow" if hits else None


ACL = {
    "READ": {"s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads"},
    "WRITE": {"s3:PutObject"},
    "READ_ACP": {"s3:GetBucketAcl"},
    "WRITE_ACP": {"s3:PutBucketAcl"},
}
ACL["FULL_CONTROL"] = set().union(*ACL.values())


def acl_allows(acl, request, owner_canonical=None, owner=None):
    for grantee, permission in acl:
        if request.action not in ACL[permission]:
            continue
        group = grantee.rpartition("/")[2]
        if group == "AllUsers" and request.principal_kind != "service":
            return True
        if group == "AuthenticatedUsers" and request.principal_kind in {"account", "canonical"}:
            return True
        if request.principal_kind == "canonical" and request.principal == grantee:
            return True
        if grantee == owner_canonical and request.account == owner:
            return True
    return False


def allows(document, request, *, acl=()):
    """Whether bucket policy and ACL let the request in (blocks left aside)."""
    if not fits(request):
        return False
    verdict = decide(document, request) if document is not None else None
    return verdict != "Deny" and (verdict == "Allow" or acl_allows(acl, request))


TRUST = {
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principalservicename",
    "aws:principalservicenameslist",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:userid",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
}


def fixed_value(  # noqa: PLR0911 - one return for each rule
    key, base, wanted, version
):
    """Whether a condition value confines a grant in AWS's meaning of public."""
    if base.startswith(("Numeric", "Date")) and base != "NumericEquals":
        return False
    if key == "aws:sourceip":
        try:
            block = ipaddress.ip_network(wanted, strict=False)
        except ValueError:
            return False
        return block.prefixlen >= (8 if block.version == 4 else 32)
    if version == "2012-10-17" and re.search(r"\$\{[^*?$}][^}]*\}", wanted):
        return False
    if key == "s3:dataaccesspointarn" and re.fullmatch(
        r"arn:[^:*?]+:s3:[^:*?]*:\d{12}:accesspoint/.*", wanted
    ):
        return True
    if key in {"aws:userid", "aws:principalaccount"} and wanted.lower() == "anonymous":
        return False
    if key == "aws:userid" and re.fullmatch(r"AROA[^:]*:.*", wanted):
        return False
    wild = base in {"StringLike", "ArnLike", "ArnEquals"}
    bare = re.sub(r"\$\{[*?]\}", "", wanted) if version == "2012-10-17" else wanted
    return not (wild and ("*" in bare or "?" in bare))


def trusted(  # noqa: C901 - one loop for each level of the document
    document, request
):
    """Whether the request has a fixed value of the policy, or a principal that it names."""
    version = document.get("Version", "2008-10-17")
    context = context_of(request)
    for statement in as_list(document["Statement"]):
        for name in ("Principal", "NotPrincipal"):
            element = statement.get(name, {})
            if isinstance(element, dict):
                named = {k: [v for v in as_list(vs) if v != "*"] for k, vs in element.items()}
                # Anyone may have a login at a provider that no account has registered.
                named["Federated"] = [v for v in named.get("Federated", []) if v.startswith("arn:")]
                if principal_names(named, request):
                    return True
        for operator, block in statement.get("Condition", {}).items():
            base = operator.rpartition(":")[2].removesuffix("IfExists")
            base = POSITIVE.get(base, base)
            for key, wanted in block.items():
                value = context.get(key.lower())
                if key.lower() not in TRUST or base == "Null" or value is None:
                    continue
                for one in map(text_of, as_list(wanted)):
                    if not fixed_value(key.lower(), base, one, version):
                        continue
                    plain_one = substitute(one, context, version)
                    values = value if isinstance(value, tuple) else (value,)
                    if any(value_matches(base, plain_one, item) for item in values):
                        return True
    return False
