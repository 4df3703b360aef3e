"""Bucket policies as formulas of z3 over one symbolic request: no sets, no classes of values.

Read off the documentation (``docs/explanation/access.md`` where that is silent), it shares with the
engine only the table of S3 actions, and with the evaluator how a document is read and which keys
AWS trusts. A ``Sender`` is all requests of one kind of caller; the questions of ``Judge`` are
satisfiability. What is not encoded raises ``Unsupported``.
"""

from __future__ import annotations

import ipaddress
import re
from fractions import Fraction
from functools import lru_cache
from operator import eq, ge, gt, le, lt

import z3

from access.evaluator import TRUST, as_list, instant, text_of
from cloudpack_baseline.access._s3_actions import (
    BUCKET_ACTIONS,
    KEY_ACTIONS,
    OBJECT_ACTIONS,
    OTHER_ACTIONS,
)

OWNER = "123456789012"
BUCKET = "arn:aws:s3:::b"
VERSIONS = ("1.0", "1.1", "1.2", "1.3")
READ = {"GetObject"}
LIST = {"ListBucket", "ListBucketVersions", "ListBucketMultipartUploads"}
WRITE = {"PutObject", "DeleteObject", "DeleteObjectVersion", "AbortMultipartUpload"}
# In this order what a pattern of names means is a few ranges.
ACTIONS = sorted(BUCKET_ACTIONS) + sorted(OBJECT_ACTIONS)
KINDS = ("anonymous", "service", "account", "canonical")
SLOTS = 3
LIMIT = 1_000_000
"""Steps for one question: not seconds, so that all machines give up at the same one."""
YES, NO = z3.BoolVal(True), z3.BoolVal(False)


class Unsupported(Exception):  # noqa: N818 - no error: the question is left to others
    """Something that has no formula here."""


class Unknown(Exception):  # noqa: N818 - no error: counted
    """The solver gave up."""


# --- texts: patterns as regular expressions

TEXT = z3.StringSort()
ANY_CHAR = z3.AllChar(z3.ReSort(TEXT))
ANY = z3.Full(z3.ReSort(TEXT))
NEVER = z3.Empty(z3.ReSort(TEXT))
NO_COLON = z3.Union(z3.Range("\x00", "9"), z3.Range(";", "\U0002ffff"))
DIGITS = z3.Loop(z3.Range("0", "9"), 12, 12)
# Nobody and no object of IAM is called by a wildcard.
NAME_CHAR = z3.Union(z3.Range("!", ")"), z3.Range("+", ">"), z3.Range("@", "~"))
PATH = z3.Plus(NAME_CHAR)
LAST_NAME = z3.Plus(
    z3.Union(z3.Range("!", ")"), z3.Range("+", "."), z3.Range("0", ">"), z3.Range("@", "~"))
)
MANY, ONE = object(), object()


def word(text):
    if "\\" in text:
        raise Unsupported("z3 reads escapes")
    return z3.StringVal(text)


def chain(terms):
    terms = list(terms)
    return z3.Concat(*terms) if len(terms) > 1 else terms[0] if terms else z3.Re("")


def either(terms):
    terms = list(terms)
    return z3.Union(*terms) if len(terms) > 1 else terms[0] if terms else NEVER


def some(terms):
    """Or, without z3's simplifier, which makes of tests on texts what its solver is slow at."""
    open_terms = [term for term in terms if not z3.is_false(term)]
    return YES if any(map(z3.is_true, open_terms)) else z3.Or(*open_terms) if open_terms else NO


def every(terms):
    open_terms = [term for term in terms if not z3.is_true(term)]
    return NO if any(map(z3.is_false, open_terms)) else z3.And(*open_terms) if open_terms else YES


def negation(test):
    return NO if z3.is_true(test) else YES if z3.is_false(test) else z3.Not(test)


def compiled(tokens, *, fold=False, any_run=ANY, any_character=ANY_CHAR):
    """The regular expression of characters and wildcards."""
    pieces, run = [], ""

    def flush():
        nonlocal run
        if run:
            pieces.append(z3.Re(word(run)))
        run = ""

    for token in tokens:
        if token is MANY or token is ONE:
            flush()
            pieces.append(any_run if token is MANY else any_character)
        elif fold and token.lower() != token.upper():
            flush()
            pieces.append(z3.Union(z3.Re(word(token.lower())), z3.Re(word(token.upper()))))
        else:
            run += token
    flush()
    return chain(pieces)


@lru_cache(maxsize=4096)
def expression(base, tokens):
    """What a string operator asks of a value: all of ``tokens``, some of which are wildcards."""
    plain = ["*" if t is MANY else "?" if t is ONE else t for t in tokens]
    if base in {"stringequals", "stringequalsignorecase", "bool"}:
        return compiled(plain, fold=base != "stringequals")
    if base == "stringlike" or tokens == (MANY,):
        return compiled(tokens)
    segments = [[]]
    for token in tokens:
        if token == ":" and len(segments) < 6:
            segments.append([])
        else:
            segments[-1].append(token)
    if len(segments) < 6:
        return NEVER
    within = [
        compiled(segment, any_run=z3.Star(NO_COLON), any_character=NO_COLON)
        for segment in segments[:5]
    ]
    return chain([*(x for segment in within for x in (segment, z3.Re(":"))), compiled(segments[5])])


def accepts(regex, text):
    return z3.simplify(z3.InRe(word(text), regex))


# --- values of one key


class Text:
    """Any text.

    In formulas each test of it stands as a proposition. What a model says of all of them is put to
    the solver as one regular expression, which it is far quicker at than at many.
    """

    def __init__(self, name):
        self.name = name
        self.tests = {}
        self.known = {}

    def matches(self, regex):
        proxy = z3.Bool(f"{self.name}: {len(self.tests)}")
        return self.tests.setdefault(regex.get_id(), (proxy, regex))[0]

    def equals(self, text):
        return self.matches(z3.Re(word(text)))

    def mistake(self, model):
        """What a model says of the text and cannot be together; None if some text is so."""
        truths = [
            (proxy, regex, z3.is_true(model[proxy]))
            for proxy, regex in self.tests.values()
            if model[proxy] is not None
        ]
        key = tuple((proxy.get_id(), truth) for proxy, _, truth in truths)
        if key not in self.known:
            self.known[key] = None if fit(truths) else least(truths)
        return self.known[key]


def least(truths):
    """A few of the tests that no text passes, by leaving out one after the other."""
    positive = [test for test in truths if test[2]]
    truths = truths if fit(positive) else positive
    for test in list(truths):
        fewer = [truth for truth in truths if truth is not test]
        if not fit(fewer):
            truths = fewer
    return z3.Or(*(z3.Not(proxy) if truth else proxy for proxy, _, truth in truths))


FITTING = {}
"""What the solver said of tests on a text, and the tests, lest their numbers be reused."""


def fit(truths):
    """Whether there is a text of which this is true."""
    key = frozenset((regex.get_id(), truth) for _, regex, truth in truths)
    if key not in FITTING:
        inside = [regex for _, regex, truth in truths if truth]
        outside = [regex for _, regex, truth in truths if not truth]
        inside += [z3.Complement(either(outside))] if outside else []
        regex = z3.Intersect(*inside) if len(inside) > 1 else inside[0] if inside else ANY
        solver = z3.Solver()
        solver.set("rlimit", LIMIT)
        solver.add(z3.InRe(z3.String("text"), regex))
        FITTING[key] = (answered(solver.check()), truths)
    return FITTING[key][0]


def answered(verdict):
    if verdict == z3.unknown:
        raise Unknown
    return verdict == z3.sat


class Words:
    """One of a few texts, each with the condition under which it is the one."""

    def __init__(self, *cases):
        self.cases = cases

    def matches(self, regex):
        return some(every([when, accepts(regex, text)]) for when, text in self.cases)

    def compare(self, relation, number):
        return some(when for when, text in self.cases if relation(Fraction(text), number))


class Inside:
    """A part of another text: what stands between two others, and has a shape."""

    def __init__(self, text, before, shape, after):
        self.text, self.before, self.shape, self.after = text, before, shape, after

    def matches(self, regex):
        shaped = z3.Intersect(regex, self.shape)
        return self.text.matches(chain([self.before, shaped, self.after]))


class Number:
    """A whole number."""

    def __init__(self, name):
        self.term = z3.Int(name)

    def compare(self, relation, number):
        return relation(self.term * number.denominator, number.numerator)


class Address:
    """An address of either family."""

    def __init__(self, name):
        self.is_v6 = z3.Bool(f"{name} v6")
        self.terms = {4: z3.BitVec(f"{name} 4", 32), 6: z3.BitVec(f"{name} 6", 128)}

    def of(self, version):
        return self.is_v6 if version == 6 else z3.Not(self.is_v6)

    def between(self, version, low, high):
        term = self.terms[version]
        return z3.And(self.of(version), z3.UGE(term, low), z3.ULE(term, high))

    def within(self, text):
        try:
            block = ipaddress.ip_network(text, strict=False)
        except ValueError:
            raise Unsupported(text) from None
        return self.between(block.version, int(block[0]), int(block[-1]))


# --- keys by the requests that carry them

TEXTS = {
    "always": "aws:requestedregion aws:useragent",
    "signed": "aws:sourceidentity aws:federatedprovider aws:calledviaawsmcp aws:chatbotsourcearn "
    "aws:ec2instancesourcevpc aws:signinsessionarn codebuild:buildarn codebuild:projectarn "
    "ec2:sourceinstancearn glue:credentialissuingservice glue:roleassumedby identitystore:userid "
    "lambda:sourcefunctionarn ssm:sourceinstancearn",
    "endpoint": "aws:sourcevpc aws:sourcevpce aws:vpceaccount aws:vpceorgid aws:sourcevpcarn",
    "deputy": "aws:sourcearn aws:sourceaccount aws:sourceowner aws:sourceorgid",
    "optional": "aws:referer",
    "operation": "s3:prefix s3:delimiter s3:versionid s3:locationconstraint s3:object-lock-mode "
    "s3:x-amz-acl s3:x-amz-copy-source s3:x-amz-storage-class s3:x-amz-server-side-encryption "
    "s3:x-amz-grant-read s3:x-amz-grant-write s3:x-amz-grant-full-control "
    "s3:x-amz-metadata-directive s3:x-amz-server-side-encryption-aws-kms-key-id",
}
CARRIED = {name: group for group, names in TEXTS.items() for name in names.split()}
TAGS = {
    "aws:principaltag": "signed",
    "s3:existingobjecttag": "operation",
    "s3:requestobjecttag": "operation",
}
IDS = {
    "aws:principalorgid": "o",
    "aws:sourcevpc": "vpc",
    "aws:sourcevpce": "vpce",
    "aws:vpceorgid": "o",
}
ALNUM = z3.Union(z3.Range("a", "z"), z3.Range("A", "Z"), z3.Range("0", "9"))
DEPUTY = (*TEXTS["deputy"].split(), "aws:sourceorgpaths")
IDENTITY = {
    "aws:principalaccount",
    "aws:principaltype",
    "aws:principalarn",
    "aws:username",
    "aws:principalisawsservice",
    "aws:principalservicename",
    "aws:principalservicenameslist",
}
NAME = r"(?i)\$\{\s*aws:username\b"
POSITIVE = {
    "stringnotequals": "stringequals",
    "stringnotequalsignorecase": "stringequalsignorecase",
    "stringnotlike": "stringlike",
    "arnnotlike": "arnlike",
    "arnnotequals": "arnlike",
    "notipaddress": "ipaddress",
    "numericnotequals": "numericequals",
    "datenotequals": "dateequals",
}
STRINGS = {"stringequals", "stringequalsignorecase", "stringlike", "arnlike", "bool"}
RELATIONS = {
    "equals": eq,
    "lessthan": lt,
    "lessthanequals": le,
    "greaterthan": gt,
    "greaterthanequals": ge,
}


def base_of(operator):
    """Quantifier, positive operator, whether it says Not, whether IfExists."""
    quantifier, _, name = operator.lower().rpartition(":")
    base = name.removesuffix("ifexists")
    positive = POSITIVE.get(base, "arnlike" if base == "arnequals" else base)
    return quantifier, positive, base in POSITIVE, base != name


def known(pattern):
    """The indexes of the S3 actions that a pattern means."""
    glob = re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), re.IGNORECASE)
    return {i for i, name in enumerate(ACTIONS) if glob.fullmatch(f"s3:{name}")}


def strange(pattern):
    """An action of the pattern, where S3 knows none."""
    glob = re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), re.IGNORECASE)
    if any(glob.fullmatch(f"s3:{name}") for name in (*ACTIONS, *OTHER_ACTIONS)):
        return None
    return pattern.lower().replace("*", "").replace("?", "x")


def accounts_of(element):
    return [text_of(entry) for entry in as_list(element.get("AWS", []))]


class Document:
    """A policy as it is written, and whom it names."""

    def __init__(self, document):
        self.version = document.get("Version", "2008-10-17")
        self.statements = as_list(document["Statement"])
        self.elements = [
            s[name] for s in self.statements for name in ("Principal", "NotPrincipal") if name in s
        ]
        self.conditions = [
            (operator, key.lower(), [text_of(item) for item in as_list(operand)])
            for statement in self.statements
            for operator, block in statement.get("Condition", {}).items()
            for key, operand in block.items()
        ]
        named = [e for e in self.elements if isinstance(e, dict)]
        if any(e.get("Federated") for e in named):
            raise Unsupported("providers of identities")
        self.aws = list(dict.fromkeys(x for e in named for x in accounts_of(e) if x != "*"))
        self.services = {x for e in named for x in as_list(e.get("Service", []))}
        self.canonical = sorted({x for e in named for x in as_list(e.get("CanonicalUser", []))})
        if any(":cloudfront:" in entry for entry in self.aws):
            raise Unsupported("origin access identities")
        self.sessions = [e for e in self.aws if ":assumed-role/" in e]
        accounts = re.findall(r"(?<!\d)\d{12}(?!\d)", " ".join(self.aws))
        for operator, key, operand in self.conditions:
            if key in IDENTITY:
                accounts += re.findall(r"(?<!\d)\d{12}(?!\d)", " ".join(operand))
            if key.startswith("aws:principalservicename") and not operator.startswith("Null"):
                # Services are written in lower case.
                texts = [w.lower() for w in operand] if "IgnoreCase" in operator else operand
                self.services |= {w for w in texts if not set(w) & set("*?$")}
        self.accounts = sorted(set(accounts) - {OWNER})
        self.unknown = list(
            dict.fromkeys(
                name
                for s in self.statements
                if s["Effect"] == "Allow"
                for name in map(strange, as_list(s.get("Action", [])))
                if name is not None
            )
        )

    def names(self):
        """Names of users that tests may tell apart: all parts of texts, and one more."""
        telling = {"aws:username", "aws:principalarn", "s3:prefix"}
        texts = [x for _, key, operand in self.conditions if key in telling for x in operand]
        texts += self.aws
        for statement in self.statements:
            texts += as_list(statement.get("Resource", statement.get("NotResource")))
        names = dict.fromkeys(
            piece.replace("*", filler).replace("?", "x")
            for text in texts
            for piece in re.split(r"/|\$\{[^}]*\}", text)
            for filler in ("", "x")
        )
        if any("ignorecase" in operator.lower() for operator, _, _ in self.conditions):
            names |= dict.fromkeys(name.upper() for name in list(names))
        return ["zoe", *(name for name in names if re.fullmatch(r"[\w.@=,+-]+", name))]

    def organizations(self):
        """Every organization that a test on ids or paths names."""
        keys = {"aws:principalorgid", "aws:principalorgpaths"}
        texts = [
            text.lower() if "ignorecase" in operator.lower() else text
            for operator, key, operand in self.conditions
            if key in keys
            for text in operand
        ]
        named = (re.fullmatch(r"(o-[a-z0-9]+)(?:/.*)?", text, re.DOTALL) for text in texts)
        return list(dict.fromkeys(match[1] for match in named if match))

    def networks(self):
        """Every network that the policy names."""
        return [
            ipaddress.ip_network(text, strict=False)
            for operator, key, operand in self.conditions
            if key == "aws:sourceip" and base_of(operator)[1] == "ipaddress"
            for text in operand
        ]


def account_in(entry):
    match = re.fullmatch(r"(\d{12})|arn:[\w-]+:iam::(\d{12}):root", entry)
    return match and (match[1] or match[2])


def of_account(digits):
    """The ARNs of an account: its root, users, roles and federated users."""
    named = either(z3.Re(word(f"{kind}/")) for kind in ("user", "role"))
    return z3.Union(
        chain(
            [
                z3.Re("arn:aws:iam::"),
                digits,
                z3.Re(":"),
                z3.Union(z3.Re("root"), chain([named, PATH])),
            ]
        ),
        chain([z3.Re("arn:aws:sts::"), digits, z3.Re(":federated-user/"), PATH]),
    )


def kind_of_arn(service, path):
    return chain([z3.Re(f"arn:aws:{service}::"), DIGITS, z3.Re(f":{path}")])


FORMS = {
    "Account": kind_of_arn("iam", "root"),
    "User": z3.Concat(kind_of_arn("iam", "user/"), ANY),
    "AssumedRole": z3.Concat(kind_of_arn("iam", "role/"), ANY),
    "FederatedUser": z3.Concat(kind_of_arn("sts", "federated-user/"), ANY),
}
SERVICE = z3.Concat(
    z3.Plus(z3.Union(z3.Range("a", "z"), z3.Range("-", "."), z3.Range("0", "9"))),
    z3.Re(".amazonaws.com"),
)
ACCOUNT_BEFORE = z3.Union(z3.Re("arn:aws:iam::"), z3.Re("arn:aws:sts::"))
USER_BEFORE = z3.Concat(kind_of_arn("iam", "user/"), z3.Option(z3.Concat(PATH, z3.Re("/"))))


class Sender:
    """One symbolic request of one kind of caller, and a policy's statements about it."""

    def __init__(self, document, kind):
        self.document, self.kind = document, kind
        self.keys, self.texts = {}, {}
        self.user = z3.Int("user")
        self.named = []
        self.valid = []
        self.internet = z3.Bool("internet")
        self.secure = z3.Bool("secure")
        self.tls = z3.Int("tls")
        self.action = z3.Int("action")
        self.resource = self.text("resource")
        self.on_object = z3.Bool("on object")
        self.point = z3.Bool("access point")
        self.own_point = z3.Bool("access point of the owner")
        self.arn = self.text("arn")
        self.session = z3.Int("session")
        self.service = self.text("service")
        self.canonical = z3.Int("canonical")
        self.address = Address("address")
        self.temporary = z3.Bool("temporary credentials")
        self.member = z3.Bool("member of an organization")
        self.login = z3.Bool("login with MFA")
        self.behalf = z3.Bool("on behalf")
        self._request()
        self._caller()
        # Statements are read first, since they bring keys and these their rules.
        matched = [(s["Effect"], self.statement(s)) for s in document.statements]
        self.denied = some(test for effect, test in matched if effect == "Deny")
        self.allowed = every(
            [some(t for effect, t in matched if effect == "Allow"), negation(self.denied)]
        )

    # --- what requests there are

    def _request(self):
        known_ones = self.action < len(ACTIONS)
        is_bucket = self.action < len(BUCKET_ACTIONS)
        self.known = known_ones
        self.valid += [
            self.action >= 0,
            self.action < len(ACTIONS) + len(self.document.unknown),
            z3.Implies(known_ones, self.on_object == z3.Not(is_bucket)),
            z3.If(
                self.on_object,
                self.resource.matches(chain([z3.Re(f"{BUCKET}/"), z3.Plus(ANY_CHAR)])),
                self.resource.equals(BUCKET),
            ),
            self.tls >= 0,
            self.tls < len(VERSIONS),
        ]

    def _caller(self):
        document = self.document
        if self.kind in {"account", "canonical"}:
            self.valid.append(self.arn.matches(of_account(DIGITS)))
            for form in ("AssumedRole", "FederatedUser"):
                self.valid.append(z3.Implies(self.arn.matches(FORMS[form]), self.temporary))
        if self.kind == "account":
            self.valid += [self.session >= 0, self.session <= len(document.sessions)]
            for index, entry in enumerate(document.sessions, 1):
                match = re.fullmatch(r"arn:aws:sts::(\d{12}):assumed-role/([^/]+)/.+", entry)
                if match is None:
                    raise Unsupported(entry)
                # No two roles of an account have the same name, so one that is named is it.
                start = f"arn:aws:iam::{match[1]}:role/"
                roles = [
                    arn
                    for arn in document.aws
                    if arn.startswith(start) and arn.endswith(f"/{match[2]}")
                ]
                role = (
                    either(map(z3.Re, roles))
                    if roles
                    else chain(
                        [
                            z3.Re(start),
                            z3.Option(z3.Concat(z3.Star(NAME_CHAR), z3.Re("/"))),
                            z3.Re(match[2]),
                        ]
                    )
                )
                self.valid.append(z3.Implies(self.session == index, self.arn.matches(role)))
        if self.kind == "canonical":
            self.valid += [
                self.canonical >= 0,
                self.canonical < len(document.canonical),
                z3.Not(self.of_accounts([*document.accounts, OWNER])),
            ]
        if self.kind == "service":
            self.valid.append(self.service.matches(SERVICE))

    def of_accounts(self, accounts):
        matches = [self.arn.matches(of_account(z3.Re(word(account)))) for account in accounts]
        return some(matches)

    def text(self, name):
        return self.texts.setdefault(name, Text(name))

    def several(self, name):
        names = [f"{name} {i}" for i in range(SLOTS)]
        return [(z3.Bool(f"{name} there"), self.text(name)) for name in names]

    def identifier(self, name):
        """An id of AWS's: a prefix, and letters and digits."""
        text = self.text(name)
        self.valid.append(text.matches(z3.Concat(z3.Re(f"{IDS[name]}-"), z3.Plus(ALNUM))))
        return text

    def _paths(self, name):
        """The paths of a member: there is one, and all begin with its organization's id."""
        ((_, organization),) = self.key("aws:principalorgid")[1]
        paths = self.several(name)
        self.valid.append(z3.Or(*(present for present, _ in paths)))
        for organization_id in self.document.organizations():
            below = z3.Concat(z3.Re(word(f"{organization_id}/")), ANY)
            self.valid += [
                z3.Implies(present, organization.equals(organization_id) == path.matches(below))
                for present, path in paths
            ]
        return paths

    # --- keys: whether they are there, and their values

    def key(self, name):
        """Whether the key is there, and pairs of whether a value is there and the value."""
        name = "aws:currenttime" if name == "aws:epochtime" else name
        key_terms = self.keys.get(name)
        if key_terms is None:
            key_terms = self.keys[name] = self._key(name)
        return key_terms

    def _key(self, name):  # noqa: C901, PLR0911, PLR0912 - one rule for each group of keys
        signed = self.kind in {"account", "canonical"}
        if name in IDENTITY or name == "aws:userid":
            return self._identity(name)
        if name in {"aws:resourceaccount", "s3:resourceaccount"}:
            return YES, [(YES, Words((YES, OWNER)))]
        if name == "aws:securetransport":
            return YES, [(YES, flag(self.secure))]
        if name == "s3:tlsversion":
            return self.secure, [
                (YES, Words(*((self.tls == i, v) for i, v in enumerate(VERSIONS))))
            ]
        if name == "aws:currenttime":
            return YES, [(YES, Number(name))]
        if name == "aws:viaawsservice":
            return YES, [(YES, flag(self.behalf if signed else NO))]
        if name == "aws:sourceip":
            return self.internet, [(YES, self.address)]
        if name == "aws:vpcsourceip":
            return z3.Not(self.internet), [(YES, Address(name))]
        if name == "aws:multifactorauthpresent":
            return (self.temporary if signed else NO), [(YES, flag(self.login))]
        if name == "aws:tokenissuetime":
            return (self.temporary if signed else NO), [(YES, Number(name))]
        if name == "aws:multifactorauthage":
            age, present = Number(name), z3.Bool(f"{name} there")
            self.valid += [age.term >= 0, z3.Implies(present, z3.And(self.temporary, self.login))]
            return (present if signed else NO), [(YES, age)]
        if name == "aws:principalorgid":
            return (self.member if signed else NO), [(YES, self.identifier(name))]
        if name == "aws:principalorgpaths":
            return (self.member if signed else NO), self._paths(name)
        if name == "aws:sourceorgpaths":
            return (z3.Bool(f"{name} there") if self.kind == "service" else NO), self.several(name)
        if name == "s3:max-keys":
            count = Number(name)
            self.valid.append(count.term >= 0)
            return self._operation(name), [(YES, count)]
        if name.startswith(("s3:dataaccesspoint", "s3:accesspointnetwork")):
            return self._point(name)
        return self._text(name)

    def _text(self, name):
        family, slash, tag = name.partition("/")
        group = TAGS.get(family) if slash and tag else CARRIED.get(name)
        maybe = z3.Bool(f"{name} there")
        value = [(YES, self.identifier(name) if name in IDS else self.text(name))]
        if group == "always":
            return YES, value
        if group == "endpoint":
            return z3.Not(self.internet), value
        if group == "signed":
            return (maybe if self.kind in {"account", "canonical"} else NO), value
        if group == "deputy":
            return (maybe if self.kind == "service" else NO), value
        if group == "optional":
            return maybe, value
        if group == "operation":
            return self._operation(name), value
        raise Unsupported(name)

    def _operation(self, name):
        family, slash, _ = name.partition("/")
        carrying = set(KEY_ACTIONS[family + slash].split())
        indexes = {i for i, action in enumerate(ACTIONS) if action in carrying}
        maybe = z3.Bool(f"{name} there")
        # Nobody knows what actions carry that S3 does not know.
        return z3.And(maybe, z3.Or(self.acts(indexes), z3.Not(self.known)))

    def _point(self, name):
        """Of another account's access point, or (for the policy alone) of one of the owner's."""
        if name == "s3:accesspointnetworkorigin":
            is_vpc = z3.Bool("access point of a VPC")
            self.valid.append(z3.Implies(is_vpc, z3.Not(self.internet)))
            return self.point, [(YES, Words((is_vpc, "VPC"), (z3.Not(is_vpc), "Internet")))]
        region = z3.Plus(NO_COLON)
        text = self.text("arn of the access point")
        before = chain([z3.Re("arn:aws:s3:"), region, z3.Re(":")])
        after = chain([z3.Re(":accesspoint/"), PATH])
        inside = Inside(text, before, DIGITS, after)
        owners = inside.matches(z3.Re(OWNER))
        self.valid += [inside.matches(ANY), owners == self.own_point]
        if name == "s3:dataaccesspointarn":
            return self.point, [(YES, text)]
        if name == "s3:dataaccesspointaccount":
            return self.point, [(YES, inside)]
        raise Unsupported(name)

    def _identity(self, name):
        return getattr(self, f"_of_{self.kind}")(name)

    def _of_anonymous(self, name):
        value = {
            "aws:principalaccount": "anonymous",
            "aws:principaltype": "Anonymous",
            "aws:userid": "anonymous",
        }.get(name)
        return constant(value)

    def _of_service(self, name):
        if name.startswith("aws:principalservicename"):
            return YES, [(YES, self.service)]
        if name == "aws:userid":
            return z3.Bool(f"{name} there"), [(YES, self.text(name))]
        # An account of AWS's own, which no policy names.
        return constant(
            {
                "aws:principalaccount": "000000000000",
                "aws:principalarn": "arn:aws:iam::000000000000:service-principal/aws",
                "aws:principaltype": "Service",
                "aws:principalisawsservice": "true",
            }.get(name)
        )

    def _of_account(self, name):  # noqa: PLR0911 - one return for each key
        match name:
            case "aws:principalarn":
                return YES, [(YES, self.arn)]
            case "aws:principalaccount":
                after = z3.Concat(z3.Re(":"), ANY)
                return YES, [(YES, Inside(self.arn, ACCOUNT_BEFORE, DIGITS, after))]
            case "aws:username":
                value = Inside(self.arn, USER_BEFORE, LAST_NAME, z3.Re(""))
                return value.matches(ANY), [(YES, value)]
            case "aws:principaltype":
                cases = [(self.arn.matches(form), text) for text, form in FORMS.items()]
                return YES, [(YES, Words(*cases))]
            case "aws:principalisawsservice":
                return constant("false")
            case "aws:userid":
                value = self.text(name)
                self.valid.append(z3.Not(value.equals("anonymous")))
                return YES, [(YES, value)]
            case _:
                return constant(None)

    _of_canonical = _of_account

    # --- statements

    def acts(self, indexes):
        """The action is one of these."""
        statements, run = [], sorted(indexes)
        while run:
            end = next((i for i in range(1, len(run)) if run[i] != run[0] + i), len(run))
            statements.append(z3.And(self.action >= run[0], self.action < run[0] + end))
            run = run[end:]
        return some(statements)

    def statement(self, statement):
        tests = [
            self._principals(statement),
            self._actions(statement),
            self._resources(statement),
            *(
                self.condition(operator, key.lower(), [text_of(w) for w in as_list(operand)])
                for operator, block in statement.get("Condition", {}).items()
                for key, operand in block.items()
            ),
        ]
        return every(tests)

    def _principals(self, statement):
        if "Principal" in statement:
            return self.means(statement["Principal"])
        spared = self.means(statement["NotPrincipal"], whole_account=statement["Effect"] == "Deny")
        return negation(spared)

    def means(self, element, *, whole_account=False):
        """Whether a Principal element means the caller; ``whole`` counts accounts only."""
        if element == "*" or "*" in as_list(element.get("AWS", [])):
            return YES
        if self.kind == "service":
            return some(self.service.equals(x) for x in as_list(element.get("Service", [])))
        if self.kind == "canonical":
            return some(
                self.canonical == self.document.canonical.index(x)
                for x in as_list(element.get("CanonicalUser", []))
            )
        if self.kind == "anonymous":
            return NO
        terms = []
        for entry in accounts_of(element):
            account = account_in(entry)
            if account:
                terms.append(self.of_accounts([account]))
            elif not whole_account and entry in self.document.sessions:
                terms.append(self.session == self.document.sessions.index(entry) + 1)
            elif not whole_account:
                terms.append(self.arn.equals(entry))
        return some(terms)

    def _actions(self, statement):
        negated = "NotAction" in statement
        indexes = set()
        patterns = as_list(statement["NotAction" if negated else "Action"])
        for pattern in patterns:
            indexes |= known(pattern)
            glob = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
            indexes |= {
                len(ACTIONS) + i
                for i, name in enumerate(self.document.unknown)
                if re.fullmatch(glob, name, re.IGNORECASE)
            }
        if not negated:
            return self.acts(indexes)
        # To leave something out grants nothing that S3 does not know.
        others = [] if statement["Effect"] == "Deny" else [self.known]
        return every([negation(self.acts(indexes)), *others])

    def _resources(self, statement):
        negated = "NotResource" in statement
        terms = []
        for pattern in as_list(statement["NotResource" if negated else "Resource"]):
            segments = pattern.split(":", 5)
            head, tail = (
                (":".join(segments[:5]) + ":", segments[5]) if len(segments) == 6 else ("", pattern)
            )
            for when, tokens in self.readings(tail):
                regex = expression("stringlike", (*wild(head), *tokens))
                test = z3.If(self.on_object, self.resource.matches(regex), accepts(regex, BUCKET))
                terms.append(z3.And(when, test))
        return negation(some(terms)) if negated else some(terms)

    # --- conditions

    def readings(self, text):
        """Characters and wildcards, variables replaced; each with when it is so."""
        if self.document.version != "2012-10-17":
            return [(YES, wild(text))]
        if self.kind not in {"account", "canonical"} or not re.search(NAME, text):
            resolved = self._read(text, None)
            return [] if resolved is None else [(YES, resolved)]
        present, _ = self.key("aws:username")
        names = [(z3.And(present, self.user == i), name) for i, name in enumerate(self.users())]
        resolved = [
            (when, self._read(text, name)) for when, name in [*names, (negation(present), None)]
        ]
        return [(when, tokens) for when, tokens in resolved if tokens is not None]

    def users(self):
        """What a user may be called, where that is set against something: as the policy has it."""
        if not self.named:
            self.named = self.document.names()
            present, _ = self.key("aws:username")
            self.valid += [
                z3.Implies(present, z3.Or(*(self.user == i for i in range(len(self.named))))),
                *(
                    z3.Implies(
                        z3.And(present, self.user == i),
                        self.arn.matches(z3.Concat(USER_BEFORE, z3.Re(word(name)))),
                    )
                    for i, name in enumerate(self.named)
                ),
            ]
        return self.named

    def _read(self, text, name):
        pieces, place = (), 0
        for variable in re.finditer(r"\$\{([^{}]*)\}", text):
            pieces += wild(text[place : variable.start()])
            place = variable.end()
            if variable[1] in {"*", "?", "$"}:
                pieces += (variable[1],)
                continue
            inside = re.fullmatch(r"\s*([^\s,']+)\s*(?:,\s*'([^']*)'\s*)?", variable[1])
            if inside is None:
                raise Unsupported(variable[0])
            key = inside[1].lower()
            value = name if key == "aws:username" else self.settled(key)
            value = inside[2] if value is None else value
            if value is None:
                return None
            pieces += tuple(value)
        return (*pieces, *wild(text[place:]))

    def settled(self, name):
        """The one value of a key in all requests of the caller, None if they have it not."""
        present, values = self.key(name)
        if z3.is_false(present):
            return None
        value = values[0][1]
        if z3.is_true(present) and isinstance(value, Words) and len(value.cases) == 1:
            return value.cases[0][1]
        raise Unsupported(f"variable {name}")

    def condition(self, operator, name, operand):
        quantifier, base, negated, if_exists = base_of(operator)
        present, values = self.key(name)
        if base == "null":
            if quantifier or if_exists or set(map(str.lower, operand)) - {"true", "false"}:
                raise Unsupported(operator)
            return some(negation(present) if w.lower() == "true" else present for w in operand)

        def passes(value):
            test = some(self.fits(base, w, value) for w in operand)
            return negation(test) if negated else test

        all_pass = every(some([negation(inside), passes(value)]) for inside, value in values)
        some_pass = some(every([inside, passes(value)]) for inside, value in values)
        if quantifier == "forallvalues":
            return some([negation(present), all_pass])
        if quantifier == "foranyvalue":
            return every([present, some_pass])
        if quantifier:
            raise Unsupported(operator)
        if negated:
            return some([negation(present), all_pass])
        return some([negation(present), some_pass]) if if_exists else every([present, some_pass])

    def fits(self, base, operand, value):
        """Whether one value of a key passes the positive test for one wanted value."""
        if base in STRINGS:
            if not hasattr(value, "matches"):
                raise Unsupported(f"{base} on numbers or addresses")
            return some(
                z3.And(when, value.matches(expression(base, tokens)))
                for when, tokens in self.readings(operand)
            )
        if base == "ipaddress":
            if not isinstance(value, Address):
                raise Unsupported("networks on texts")
            return value.within(operand)
        family = base[:7] if base.startswith("numeric") else base[:4]
        relation = RELATIONS.get(base.removeprefix(family))
        if family not in {"numeric", "date"} or relation is None or not hasattr(value, "compare"):
            raise Unsupported(base)
        try:
            number = Fraction(operand) if family == "numeric" else Fraction(instant(operand))
        except (ValueError, TypeError):
            raise Unsupported(operand) from None
        if isinstance(value, Words) and not all(re.fullmatch(r"[\d.]+", t) for _, t in value.cases):
            raise Unsupported("numbers on words")
        return value.compare(relation, number)

    # --- trust

    def trusted(self):
        """Whether the request has a fixed value of the policy, or a principal that it names."""
        accounts = []
        for element in self.document.elements:
            if isinstance(element, dict):
                named = {
                    kind: [x for x in as_list(values) if x != "*"]
                    for kind, values in element.items()
                }
                accounts.append(self.means(named))
        for operator, name, operand in self.document.conditions:
            _, base, _, _ = base_of(operator)
            if name not in TRUST or base == "null":
                continue
            present, values = self.key(name)
            accounts += [
                every([present, inside, self.fits(base, text, value)])
                for text in operand
                if self.is_fixed(name, base, text)
                for inside, value in values
            ]
        return some(accounts)

    def is_fixed(self, name, base, text):
        if name == "aws:sourceip":
            if base != "ipaddress":
                raise Unsupported("addresses as texts")
            block = ipaddress.ip_network(text, strict=False)
            return block.prefixlen >= (8 if block.version == 4 else 32)
        if self.document.version == "2012-10-17":
            if re.search(r"\$\{[^*?$}][^}]*\}", text):
                return False
            text = re.sub(r"\$\{[*?$]\}", "x", text)
        if name == "s3:dataaccesspointarn" and re.fullmatch(
            r"arn:[^:*?]+:s3:[^:*?]*:\d{12}:accesspoint/.*", text
        ):
            return True
        if name in {"aws:userid", "aws:principalaccount"} and text.lower() == "anonymous":
            return False
        if name == "aws:userid" and re.fullmatch(r"AROA[^:]*:.*", text):
            return False
        return base not in {"stringlike", "arnlike"} or not set(text) & set("*?")

    def bound(self):
        """Whether a service's request has a value that binds it to a source."""
        networks = []
        for operator, name, operand in self.document.conditions:
            _, base, _, _ = base_of(operator)
            if name not in DEPUTY or base == "null":
                continue
            present, values = self.key(name)
            for text in operand:
                open_ended = base in {"stringlike", "arnlike"} and set(text) & set("*?")
                if name == "aws:sourcearn" and re.fullmatch(r"arn(:[^:]*){3}:\d{12}:.*", text):
                    open_ended = False
                if name == "aws:sourceorgpaths":
                    open_ended = not re.fullmatch(r"o-[a-z0-9]+(/.*)?", text)
                if not open_ended:
                    networks += [
                        every([present, inside, self.fits(base, text, value)])
                        for inside, value in values
                    ]
        return some(networks)


def wild(text):
    return tuple(MANY if c == "*" else ONE if c == "?" else c for c in text)


def flag(term):
    return Words((term, "true"), (negation(term), "false"))


def constant(text):
    return (NO, [(YES, Text("nothing"))]) if text is None else (YES, [(YES, Words((YES, text)))])


class Judge:
    """Asks the solver about a policy; counts the questions, and those that it leaves open."""

    def __init__(self, document):
        self.document = Document(document)
        self.asked = self.open = 0
        self.senders = {}
        self.public = None

    def sender(self, kind):
        """The requests of a kind of caller, and a solver that knows what requests there are."""
        found = self.senders.get(kind)
        if found is None:
            sender = Sender(self.document, kind)
            trusted, bound = sender.trusted(), sender.bound()
            solver = z3.Solver()
            solver.set("rlimit", LIMIT)
            solver.add(*sender.valid)
            found = self.senders[kind] = sender, solver, trusted, bound
        return found

    def model(self, kind, *tests, own_points=False, strange_actions=False):
        """A model of a request of this kind that passes the tests, or None."""
        sender, solver, _, _ = self.sender(kind)
        if not own_points:
            tests += (z3.Implies(sender.point, z3.Not(sender.own_point)),)
        if not strange_actions:
            tests += (sender.known,)
        self.asked += 1
        query = z3.Bool(f"question {self.asked}")
        solver.add(z3.Implies(query, z3.And(*tests)))
        try:
            while answered(solver.check(query)):
                model = solver.model()
                mistakes = [text.mistake(model) for text in sender.texts.values()]
                mistakes = [mistake for mistake in mistakes if mistake is not None]
                if not mistakes:
                    return model
                # True of all texts, so of all further questions too.
                solver.add(*mistakes)
        except Unknown:
            self.open += 1
            raise
        return None

    def kinds(self):
        return [k for k in KINDS if k != "canonical" or self.document.canonical]

    def anybody(self, test, **fields):
        """Whether some request of anybody passes; what is not encoded matters only at the end."""
        missing = None
        for kind in self.kinds():
            try:
                sender, _, trusted, _ = self.sender(kind)
                if self.model(kind, *test(sender, trusted), **fields) is not None:
                    return True
            except (Unsupported, Unknown) as error:
                missing = error
        if missing is not None:
            raise missing
        return False

    # --- the questions

    def reached(self, version):
        """The addresses of a family from which unsigned requests are answered."""
        sender, _, _, _ = self.sender("anonymous")
        last = 2 ** (32 if version == 4 else 128) - 1
        bounds = {0, last + 1}
        for block in self.document.networks():
            if block.version == version:
                bounds |= {int(block[0]), int(block[-1]) + 1}
        bounds = sorted(bounds)
        found, spared = [], []
        term = sender.address.terms[version]
        while True:
            model = self.model(
                "anonymous", sender.allowed, sender.internet, sender.address.of(version), *spared
            )
            if model is None:
                break
            address = model.eval(term, model_completion=True).as_long()
            low = max(bound for bound in bounds if bound <= address)
            high = min(bound for bound in bounds if bound > address) - 1
            found.append((low, high))
            spared.append(z3.Not(sender.address.between(version, low, high)))
        kind = ipaddress.IPv4Address if version == 4 else ipaddress.IPv6Address
        blocks = [
            b
            for low, high in found
            for b in ipaddress.summarize_address_range(kind(low), kind(high))
        ]
        return [str(block) for block in ipaddress.collapse_addresses(blocks)]

    def unsigned(self, *tests, actions=None):
        """Whether an unsigned request of some actions is answered."""
        sender, _, _, _ = self.sender("anonymous")
        if actions is not None:
            tests += (sender.acts({i for i, name in enumerate(ACTIONS) if name in actions}),)
        return self.model("anonymous", sender.allowed, *tests) is not None

    def endpoints(self):
        return self.unsigned(z3.Not(self.sender("anonymous")[0].internet))

    def clear_text_anonymous(self):
        return self.unsigned(z3.Not(self.sender("anonymous")[0].secure))

    def clear_text(self):
        return self.anybody(lambda s, _: (z3.Not(s.denied), z3.Not(s.secure)))

    def lowest_tls(self):
        for index, version in enumerate(VERSIONS):
            if self.anybody(lambda s, _: (z3.Not(s.denied), s.secure, s.tls == index)):  # noqa: B023
                return version
        return None

    def policy_public(self):
        if self.public is None:
            self.public = self.anybody(
                lambda s, trusted: (s.allowed, z3.Not(trusted)),
                own_points=True,
                strange_actions=True,
            )
        return self.public

    def accounts(self):
        """The accounts that are let in, ``*`` for one that nobody names."""
        sender, _, _, _ = self.sender("account")
        named = self.document.accounts
        outsiders = z3.Not(sender.of_accounts([*named, OWNER]))
        tests = {"*": outsiders, **{name: sender.of_accounts([name]) for name in named}}
        models = {name: self.model("account", sender.allowed, test) for name, test in tests.items()}
        for index, name in enumerate(self.document.canonical):
            sender, _, _, _ = self.sender("canonical")
            models[name] = self.model("canonical", sender.allowed, sender.canonical == index)
        return sorted(name for name, model in models.items() if model is not None)

    def services(self):
        """The services that are let in, ``*`` for any, and whether each is bound to a source."""
        sender, _, _, bound = self.sender("service")
        if any(
            key.startswith("aws:principalservicename") and any(set(w) & set("*?$") for w in ws)
            for _, key, ws in self.document.conditions
        ):
            raise Unsupported("kinds of services")
        names = {name: sender.service.equals(name) for name in self.document.services}
        names["*"] = every(z3.Not(test) for test in list(names.values()))
        return {
            name: self.model("service", sender.allowed, test, z3.Not(bound)) is None
            for name, test in names.items()
            if self.model("service", sender.allowed, test) is not None
        }
