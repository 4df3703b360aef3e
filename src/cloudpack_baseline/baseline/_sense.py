"""Whether what the user declared makes sense: names, numbers, addresses, dates.

Works on the plain values of the file, part by part, and passes over whatever has the
wrong shape: that is told beside it, so that one run tells every mistake.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from cloudpack_baseline.errors import Problem
from cloudpack_baseline.reachability.traffic import TrafficSet
from cloudpack_baseline.whitepaper import PAPER, clauses, controls, no_such

__all__ = ["problems_of"]

_ACCOUNT = re.compile(r"\d{12}\Z", re.ASCII)
_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d\Z")
_ROLE = re.compile(r"arn:[\w-]+:iam::\d{12}:role/.+\Z", re.ASCII)
_SUBNET = re.compile(r"subnet-[0-9a-f]+\Z")
_KEY = re.compile(r"arn:[\w-]+:kms:[\w-]+:\d{12}:(key|alias(?!/aws/))/[\w:/-]+\Z", re.ASCII)
_ENDPOINT = re.compile(r"vpce?-[0-9a-f]+\Z", re.ASCII)
_ORGANIZATION = re.compile(r"o-[a-z0-9]{10,32}\Z", re.ASCII)
_GROUP = re.compile(r"sg-[0-9a-f]+\Z")

_ONCE = ("website", "acls", "versioning", "logs", "kms_keys")
"""Keys of [[buckets]] that tell of the bucket itself."""

_IDS_OF_BUCKETS = {
    "accounts": (_ACCOUNT, "account id of 12 digits"),
    "endpoints": (_ENDPOINT, "id of a VPC endpoint or a VPC"),
    "organizations": (_ORGANIZATION, "id of an organization"),
    "kms_keys": (_KEY, "ARN of a key or an alias of your own"),
}
"""Lists of ids in [[buckets]]: their form, and what they are."""

INTERNET = "internet"
"""The name of everything outside; reserved."""


def problems_of(held: Mapping[str, Any]) -> list[Problem]:
    """Everything that has a right shape but a wrong content."""
    return [
        *_head(held),
        *_scope(_table(held, "scope")),
        *_accounts(_table(held, "accounts")),
        *_networks(_table(held, "networks")),
        *_segments(held),
        *_flows(held),
        *_buckets(held),
        *_waivers(held),
        *_options(held),
        *_places(held),
    ]


def _table(held: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = held.get(key, {})
    return found if isinstance(found, dict) else {}


def _rows(held: Mapping[str, Any], key: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    found = held.get(key, [])
    for index, row in enumerate(found if isinstance(found, list) else []):
        if isinstance(row, dict):
            yield f"{key}[{index}]", row


def _texts(row: Mapping[str, Any], key: str, path: str) -> Iterator[tuple[str, str]]:
    found = row.get(key, [])
    for index, value in enumerate(found if isinstance(found, list) else []):
        if isinstance(value, str):
            yield (f"{path}.{key}" if path else key) + f"[{index}]", value


def _head(held: Mapping[str, Any]) -> Iterator[Problem]:
    paper = held.get("paper", PAPER)
    if isinstance(paper, str) and paper != PAPER:
        yield Problem(f"this version knows release {PAPER} of the paper, not {paper!r}", "paper")
    yield from _regions(held, "")


def _regions(row: Mapping[str, Any], path: str) -> Iterator[Problem]:
    found = row.get("regions")
    if found == []:
        where = f"{path}.regions" if path else "regions"
        yield Problem('no region at all; ["*"] means every enabled one', where)
    for where, region in _texts(row, "regions", path):
        if region != "*" and not _REGION.match(region):
            yield Problem(f"{region!r} is no region such as 'ap-northeast-1'", where)


def _scope(scope: Mapping[str, Any]) -> Iterator[Problem]:
    for where, row in _rows(scope, "exclude"):
        clause = row.get("clause")
        if isinstance(clause, str) and not any(
            one == clause or one.startswith(f"{clause}.") for one in clauses()
        ):
            yield Problem(no_such("clause", clause, clauses()), f"scope.{where}.clause")
        yield from _filled(row, f"scope.{where}", "reason")


def _filled(row: Mapping[str, Any], path: str, *keys: str) -> Iterator[Problem]:
    for key in keys:
        value = row.get(key)
        if isinstance(value, str) and not value.strip():
            yield Problem("must not be empty", f"{path}.{key}")


def _accounts(accounts: Mapping[str, Any]) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for name, row in accounts.items():
        path = f"accounts.{name}"
        if not isinstance(row, dict):
            continue
        id_, role = row.get("id"), row.get("role_arn")
        if isinstance(id_, str):
            if not _ACCOUNT.match(id_):
                yield Problem(f"{id_!r} is no account id of 12 digits", f"{path}.id")
            elif id_ in seen:
                yield Problem(f"the same account as accounts.{seen[id_]}", f"{path}.id")
            seen.setdefault(id_, name)
        if isinstance(role, str) and not _ROLE.match(role):
            yield Problem(f"{role!r} is no ARN of a role", f"{path}.role_arn")
        if role is not None and row.get("profile") is not None:
            yield Problem("either role_arn or profile, not both", path)
        yield from _regions(row, path)


def _cidr(value: str, where: str) -> Iterator[Problem]:
    try:
        ipaddress.ip_network(value)
    except ValueError as error:
        yield Problem(f"{error}", where)


def _networks(networks: Mapping[str, Any]) -> Iterator[Problem]:
    for name in networks:
        if name == INTERNET:
            yield Problem(f"{INTERNET!r} is reserved for everything outside", f"networks.{name}")
        if networks[name] == []:
            yield Problem("a network of no addresses", f"networks.{name}")
        for where, cidr in _texts(networks, name, "networks"):
            yield from _cidr(cidr, where)


def _segments(held: Mapping[str, Any]) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for path, row in _rows(held, "segments"):
        name = row.get("name")
        if isinstance(name, str):
            if name == INTERNET:
                yield Problem(f"{INTERNET!r} is reserved for everything outside", f"{path}.name")
            elif name in _table(held, "networks"):
                yield Problem(f"{name!r} is a network already", f"{path}.name")
            elif name in seen:
                yield Problem(f"{name!r} is {seen[name]} already", f"{path}.name")
            seen.setdefault(name, path)
        yield from _members(row, path)


def _members(row: Mapping[str, Any], path: str) -> Iterator[Problem]:
    keys = ("tags", "subnets", "cidrs", "security_groups", "names")
    if not any(row.get(key) for key in keys):
        yield Problem(f"a segment of nothing: it needs one of {', '.join(keys)}", path)
    for where, cidr in _texts(row, "cidrs", path):
        yield from _cidr(cidr, where)
    for where, subnet in _texts(row, "subnets", path):
        if not _SUBNET.match(subnet):
            yield Problem(f"{subnet!r} is no id of a subnet", where)
    for where, group in _texts(row, "security_groups", path):
        if not _GROUP.match(group):
            yield Problem(f"{group!r} is no id of a security group", where)


def _flows(held: Mapping[str, Any]) -> Iterator[Problem]:
    names = [row["name"] for _, row in _rows(held, "segments") if isinstance(row.get("name"), str)]
    ends = list(dict.fromkeys([*names, *_table(held, "networks"), INTERNET]))
    for path, row in _rows(held, "flows"):
        for key in ("from", "to"):
            for where, name in _texts(row, key, path):
                if name not in ends:
                    yield Problem(no_such("segment or network", name, ends), where)
        for where, service in _texts(row, "services", path):
            yield from _service(service, where)
        for key in ("from", "to", "services"):
            if row.get(key) == []:
                yield Problem("must name at least one", f"{path}.{key}")


def _service(service: str, where: str) -> Iterator[Problem]:
    if not service.strip():
        yield Problem("must not be empty", where)
    try:
        TrafficSet.parse(service)
    except ValueError as error:
        yield Problem(str(error), where)


def _buckets(held: Mapping[str, Any]) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for path, row in _rows(held, "buckets"):
        name, exposure = row.get("name"), row.get("exposure", [])
        if isinstance(name, str):
            if name in seen:
                yield from _further_table(row, path, seen[name])
            seen.setdefault(name, path)
        yield from _filled(row, path, "name")
        yield from _named_by_bucket(row, _table(held, "networks"), path)
        yield from _opened_for(row, path)
        if isinstance(exposure, list):
            yield from _exposure(row, exposure, path)


def _opened_for(row: Mapping[str, Any], path: str) -> Iterator[Problem]:
    """What may be done, and to which objects."""
    for key, least in (("exposure", "private"), ("access", "read"), ("objects", "*")):
        if row.get(key) == []:
            yield Problem(
                f'must name at least one; without the key it is ["{least}"]', f"{path}.{key}"
            )
    for where, key in _texts(row, "objects", path):
        if key.startswith("/"):
            bare = key.lstrip("/")
            yield Problem(
                f"keys begin with no slash: {bare!r}; for one that does, '?{bare}'", where
            )
    if row.get("exposure", ["private"]) == ["private"]:
        for key in ("access", "objects"):
            if row.get(key):
                yield Problem(
                    "opens nothing: the bucket is private; add an exposure", f"{path}.{key}"
                )


def _further_table(row: Mapping[str, Any], path: str, first: str) -> Iterator[Problem]:
    """A second table of a bucket opens it to somebody else, for something else."""
    if "private" in row.get("exposure", ["private"]):
        yield Problem(f"{first} is of this bucket already; a further table needs an exposure", path)
    for key in _ONCE:
        if key in row:
            yield Problem(f"stands in the first table of the bucket, {first}", f"{path}.{key}")


def _named_by_bucket(
    row: Mapping[str, Any], networks: Mapping[str, Any], path: str
) -> Iterator[Problem]:
    for where, network in _texts(row, "networks", path):
        if network == INTERNET:
            yield Problem('the Internet is no network: exposure = ["public"]', where)
        elif network not in networks:
            yield Problem(no_such("network", network, networks), where)
    for key, (form, meaning) in _IDS_OF_BUCKETS.items():
        for where, text in _texts(row, key, path):
            if not form.match(text):
                yield Problem(f"{text!r} is no {meaning}", where)


def _exposure(row: Mapping[str, Any], exposure: list[Any], path: str) -> Iterator[Problem]:
    if "private" in exposure and len(exposure) > 1:
        yield Problem("'private' cannot be combined", f"{path}.exposure")
    for kind, other in (("networks", "endpoints"), ("accounts", "organizations")):
        if kind in exposure and not row.get(kind) and not row.get(other):
            yield Problem(f"exposure {kind!r} needs the key {kind!r} or {other!r}", path)
        for key in (kind, other):
            if row.get(key) and kind not in exposure:
                yield Problem(f"needs {kind!r} in exposure", f"{path}.{key}")


def _waivers(held: Mapping[str, Any]) -> Iterator[Problem]:
    for path, row in _rows(held, "waivers"):
        control = row.get("control")
        if isinstance(control, str) and control not in controls():
            yield Problem(no_such("control", control, controls()), f"{path}.control")
        yield from _filled(row, path, "resource", "reason", "approved_by")
        start, end = row.get("approved_on"), row.get("expires")
        if type(start) is type(end) is date and end < start:
            yield Problem(f"expires before it is approved ({start})", f"{path}.expires")


def _options(held: Mapping[str, Any]) -> Iterator[Problem]:
    """Names of segments and networks, and services, in the tables of controls."""
    segments = [
        row["name"] for _, row in _rows(held, "segments") if isinstance(row.get("name"), str)
    ]
    networks = list(_table(held, "networks"))
    for control, row in _table(held, "controls").items():
        if not isinstance(row, dict):
            continue
        path = f"controls.{control}"
        for key in ("segments", "two_layers"):
            for where, name in _texts(row, key, path):
                if name not in segments and (name, key) != ("*", "two_layers"):
                    yield Problem(no_such("segment", name, segments), where)
        for where, name in _texts(row, "networks", path):
            if name not in networks:
                yield Problem(no_such("network", name, networks), where)
        for where, service in _texts(row, "services", path):
            yield from _service(service, where)


def _places(held: Mapping[str, Any]) -> Iterator[Problem]:
    """Accounts and regions in the tables of controls."""
    for control, row in _table(held, "controls").items():
        if not isinstance(row, dict):
            continue
        path = f"controls.{control}"
        for key in ("accounts", "third_parties"):
            for where, account in _texts(row, key, path):
                if not _ACCOUNT.match(account):
                    yield Problem(f"{account!r} is no account id of 12 digits", where)
        for where, organization in _texts(row, "organizations", path):
            if not _ORGANIZATION.match(organization):
                yield Problem(f"{organization!r} is no id of an organization", where)
        named = [
            *_texts(row, "regions", path),
            *(
                (f"{path}.buckets.{name}", region)
                for name, region in _table(row, "buckets").items()
            ),
        ]
        for where, region in named:
            if isinstance(region, str) and not _REGION.match(region):
                yield Problem(f"{region!r} is no region such as 'ap-northeast-1'", where)
