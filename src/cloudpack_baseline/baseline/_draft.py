"""A first baseline file, with comments, for a user to go on from.

Prose stands behind ``# ``; a suggestion is a line of TOML behind a bare ``#``, so that
taking the sign away makes it count. What is written is a baseline either way.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from attrs import frozen

from cloudpack_baseline.baseline._declared import Exposure, ObjectAccess
from cloudpack_baseline.whitepaper import PAPER

__all__ = ["Draft", "OpenBucket", "Opening", "TagValues", "written"]


@frozen(kw_only=True)
class Opening:
    """A table that would declare some of what a bucket lets in.

    Attributes:
        exposure: to whom.
        access: what they may do.
        networks: CIDR blocks, for ``networks``; the file names them.
        endpoints: of VPCs, for ``networks``.
        accounts: ids, for ``accounts``.
        organizations: ids, for ``accounts``.
    """

    exposure: Exposure
    access: tuple[ObjectAccess, ...] = ("read",)
    networks: tuple[str, ...] = ()
    endpoints: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    organizations: tuple[str, ...] = ()


@frozen(kw_only=True)
class OpenBucket:
    """A bucket that is not, or may not be, private.

    Attributes:
        name: the bucket's.
        told: how open it is, in words, a line each.
        openings: the tables that would declare it; none where nothing fits.
        covered: whether it lets in nothing beyond them.
    """

    name: str
    told: tuple[str, ...]
    openings: tuple[Opening, ...] = ()
    covered: bool = True


@frozen(kw_only=True)
class TagValues:
    """A tag that tells the parts of the network apart.

    Attributes:
        key: the tag's.
        values: (value, how many servers and databases have it), sorted.
        served: the values that servers have: none of a database alone, which no
            suggestion should open to the Internet.
    """

    key: str
    values: tuple[tuple[str, int], ...]
    served: frozenset[str] = frozenset()


@frozen(kw_only=True)
class Draft:
    """What is known when a baseline is begun.

    Attributes:
        accounts: (name, account id, partition).
        regions: those that the user named; empty: none.
        used_regions: where something was found.
        buckets: those that are not private.
        private: how many are.
        tag: of servers and databases; ``None``: no tag tells them apart.
    """

    accounts: tuple[tuple[str, str, str], ...] = ()
    regions: tuple[str, ...] = ()
    used_regions: tuple[str, ...] = ()
    buckets: tuple[OpenBucket, ...] = ()
    private: int = 0
    tag: TagValues | None = None


def written(draft: Draft) -> str:
    """The text of the baseline file."""
    parts = (_head, _accounts, _networks, _segments, _buckets, _rest)
    return "\n\n".join("\n".join(part(draft)) for part in parts) + "\n"


def _head(draft: Draft) -> Iterator[str]:
    yield "# What this system is meant to be. `pytest --cloudpack-baseline` holds the account"
    yield "# against it, and against the cloudpack security white paper."
    yield "# Lines behind a bare # are suggestions: take the sign away to use them."
    yield "schema = 1"
    yield f"paper = {_value(PAPER)}"
    yield f"regions = {_values(draft.regions or ('*',))} # that are read; * is every enabled one"
    if draft.used_regions and not draft.regions:
        yield "# Servers, databases or buckets are in these regions now:"
        yield f"#   {', '.join(draft.used_regions)}"


def _accounts(draft: Draft) -> Iterator[str]:
    if draft.accounts:
        yield "# The accounts; without role_arn or profile, the ambient credentials read them."
        for name, id_, partition in draft.accounts:
            role = f"arn:{partition}:iam::{id_}:role/Audit"
            yield f"[accounts.{_key(name)}]"
            yield f"id = {_value(id_)}"
            yield f"#role_arn = {_value(role)} # or profile"
    else:
        yield "# Without an account here, the one that the credentials belong to is judged."
        yield "#[accounts.production]"
        yield '#id = "123456789012"'
        yield '#profile = "audit" # or role_arn'


def _networks(draft: Draft) -> Iterator[str]:
    yield "# Addresses that buckets and flows below may be open to."
    yield "[networks]"
    seen = _seen(draft)
    for cidrs, name in seen.items():
        yield f"#{name} = {_values(cidrs)}"
    if not seen:
        yield '#office = ["203.0.113.0/28"]'


def _seen(draft: Draft) -> dict[tuple[str, ...], str]:
    """Names for the networks that buckets are open to."""
    found = [one.networks for bucket in draft.buckets for one in bucket.openings if one.networks]
    return {cidrs: f"seen-{number}" for number, cidrs in enumerate(dict.fromkeys(found), 1)}


def _segments(draft: Draft) -> Iterator[str]:
    yield "# The parts of the network, and which connections may pass between them. From the"
    yield "# first segment on, every network interface must be in exactly one."
    if draft.tag is None:
        yield "#[[segments]]"
        yield '#name = "web"'
        yield '#tags = { Tier = "web" } # or subnets, cidrs, security_groups, names'
    else:
        key = _key(draft.tag.key)
        for value, count in draft.tag.values:
            yield "#[[segments]]"
            yield f"#name = {_value(value)}"
            yield f"#tags = {{ {key} = {_value(value)} }} # {_count(count)}"
    values = tuple(value for value, _ in draft.tag.values) if draft.tag else ("web",)
    served = [value for value in values if draft.tag and value in draft.tag.served]
    yield ""
    yield "#[[flows]]"
    yield '#from = ["internet"]'
    yield f"#to = {_values((served or values)[:1])}"
    yield '#services = ["https"]'


def _count(number: int) -> str:
    return "1 server or database" if number == 1 else f"{number} servers or databases"


def _buckets(draft: Draft) -> Iterator[str]:
    yield "# How open each bucket is meant to be; one that is not named must be private."
    if draft.private:
        yield f"# Private now, and to stay so: {draft.private}."
    for one in draft.buckets:
        yield ""
        yield f"# {_printable(one.name)} now:"
        yield from (f"#   {_printable(line)}" for line in one.told)
        if not one.openings:
            yield "# There is no declaration for this: see to the bucket, or to what hides it."
        for opening in one.openings:
            yield from _table(one.name, opening, _seen(draft))
        if one.openings and not one.covered:
            yield "# That is not all of it: the rest cannot be declared, or is not known."
    if not draft.buckets:
        yield "#[[buckets]]"
        yield '#name = "www-example"'
        yield '#exposure = ["cloudfront"] # or networks, accounts, public'


def _table(name: str, one: Opening, seen: dict[tuple[str, ...], str]) -> Iterator[str]:
    yield "#[[buckets]]"
    yield f"#name = {_value(name)}"
    yield f"#exposure = {_values((one.exposure,))} # if that is meant"
    if one.networks:
        yield f"#networks = {_values((seen[one.networks],))}"
    for key in ("endpoints", "accounts", "organizations"):
        if values := getattr(one, key):
            yield f"#{key} = {_values(values)}"
    if one.access != ("read",):
        yield f"#access = {_values(one.access)}"


def _rest(_: Draft) -> Iterator[str]:
    yield "# What the paper leaves open; these are its own values."
    yield "[controls.rds-backup]"
    yield "generations = 2"
    yield ""
    yield "# Exceptions that somebody approved; each ends by itself."
    yield "#[[waivers]]"
    yield '#control = "rds-backup"'
    yield '#resource = "*:db:scratch-*"'
    yield '#reason = "rebuilt every night"'
    yield '#approved_by = "ops-lead@example.jp"'
    yield "#approved_on = 2026-10-01"
    yield "#expires = 2027-03-31"


def _printable(text: str) -> str:
    """The text without what TOML allows in no comment."""
    return "".join(one if one.isprintable() else "?" for one in text)


def _value(text: str) -> str:
    # A JSON string is a TOML string, but for DEL, which JSON leaves bare.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _values(texts: Iterable[str]) -> str:
    return f"[{', '.join(map(_value, texts))}]"


def _key(text: str) -> str:
    bare = text.isascii() and text.replace("-", "").replace("_", "").isalnum()
    return text if bare else _value(text)
