"""A first baseline file with comments, for the user to edit.

Prose follows ``# ``. A suggestion is a line of TOML after a bare ``#``: removing the sign makes it
effective. The file is a valid baseline either way.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from cloudpack_baseline._version import __version__
from cloudpack_baseline.baseline.formats import Exposure, ObjectAccess
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.whitepaper import PAPER, release

__all__ = ["InitialBaseline", "InitialFlow", "OpenBucket", "Opening", "TagValues", "render"]


@frozen(kw_only=True)
class Opening:
    """A table that would declare some of the access to a bucket.

    Attributes:
        exposure: to whom.
        access: what they may do.
        networks: CIDR blocks, for ``networks``; the file names them.
        endpoints: of VPCs, for ``networks``.
        accounts: IDs, for ``accounts``.
        organizations: IDs, for ``accounts``.
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
        description: how open it is, in words, a line each.
        openings: the tables that would declare it; none where nothing fits.
        covered: whether they declare all access to it.
    """

    name: str
    description: tuple[str, ...]
    openings: tuple[Opening, ...] = ()
    covered: bool = True


@frozen(kw_only=True)
class TagValues:
    """A tag that distinguishes the parts of the network.

    Attributes:
        key: the key of the tag.
        values: (value, how many servers and databases have it), sorted.
        served: the values that servers have, because no suggestion should open a database to
            the internet.
    """

    key: str
    values: tuple[tuple[str, int], ...]
    served: frozenset[str] = frozenset()


@frozen(kw_only=True)
class InitialFlow:
    """Connections that pass now between two suggested segments, or from outside.

    Attributes:
        source: the segment that opens them, or ``internet``; empty: the networks do.
        target: the segment that accepts them.
        services: such as ``tcp/443``; empty: too many to declare each.
        passing: how many services pass.
        networks: CIDR blocks on the internet, which alone get through; the file names them.
    """

    source: str
    target: str
    services: tuple[str, ...]
    passing: int
    networks: tuple[str, ...] = ()


@frozen(kw_only=True)
class InitialBaseline:
    """What is known for a first baseline.

    Attributes:
        accounts: (name, account ID, partition).
        regions: the Regions that the user named, if any.
        used_regions: Regions with resources.
        buckets: the buckets that are not private.
        private: the number of private buckets.
        tag: a tag that distinguishes servers from databases, if there is one.
        flows: what passes between the segments that the tag suggests.
    """

    accounts: tuple[tuple[str, str, str], ...] = ()
    regions: tuple[str, ...] = ()
    used_regions: tuple[str, ...] = ()
    buckets: tuple[OpenBucket, ...] = ()
    private: int = 0
    tag: TagValues | None = None
    flows: tuple[InitialFlow, ...] = ()


def render(initial: InitialBaseline) -> str:
    """The text of the baseline file."""
    sections = (
        _top,
        _scope,
        _accounts,
        _networks,
        _segments,
        _flow,
        _buckets,
        _options_and_waivers,
    )
    return "\n\n".join("\n".join(section(initial)) for section in sections) + "\n"


def _top(initial: InitialBaseline) -> Iterator[str]:
    yield (
        "# What this system is meant to be. `pytest --cloudpack-baseline` compares the account\n"
        "# with this file and with the cloudpack security white paper.\n"
        "# Lines after a bare # are suggestions: remove the sign to use them.\n"
        "schema = 1\n"
        f"paper = {_value(PAPER)}\n"
        f"regions = {_values(initial.regions or ('*',))} # to read; * is every enabled Region"
    )
    if initial.used_regions and not initial.regions:
        yield (
            "# Servers, databases or buckets exist in these Regions now:\n"
            f"#   {', '.join(initial.used_regions)}"
        )


def _scope(_: InitialBaseline) -> Iterator[str]:
    version = ".".join(map(str, release(__version__)))
    yield (
        "# The controls of this version: an upgrade adds none until you raise it.\n"
        "[scope]\n"
        f"since = {_value(version)}"
    )


def _accounts(initial: InitialBaseline) -> Iterator[str]:
    if initial.accounts:
        yield "# The accounts; without role_arn or profile, the default credentials read them."
        for name, account_id, partition in initial.accounts:
            role = f"arn:{partition}:iam::{account_id}:role/Audit"
            yield (
                f"[accounts.{_key(name)}]\n"
                f"id = {_value(account_id)}\n"
                f"#role_arn = {_value(role)} # or profile"
            )
    else:
        yield (
            "# Without an account here, the account of the credentials is judged.\n"
            "#[accounts.production]\n"
            '#id = "123456789012"\n'
            '#profile = "audit" # or role_arn'
        )


def _networks(initial: InitialBaseline) -> Iterator[str]:
    yield "# Networks for the buckets and flows below.\n[networks]"
    names = _network_names(initial)
    yield from (f"#{name} = {_values(cidrs)}" for cidrs, name in names.items())
    if not names:
        yield '#office = ["203.0.113.0/28"]'


def _network_names(initial: InitialBaseline) -> dict[tuple[str, ...], str]:
    """Names for the networks that buckets and segments are open to."""
    networks = [
        opening.networks
        for bucket in initial.buckets
        for opening in bucket.openings
        if opening.networks
    ]
    networks += [flow.networks for flow in initial.flows if flow.networks]
    return {cidrs: f"seen-{number}" for number, cidrs in enumerate(dict.fromkeys(networks), 1)}


def _segments(initial: InitialBaseline) -> Iterator[str]:
    yield (
        "# The parts of the network, and which connections may pass between them. Once a\n"
        "# segment is declared, every network interface has to be in exactly one."
    )
    if initial.tag is None:
        yield (
            "#[[segments]]\n"
            '#name = "web"\n'
            '#tags = { Tier = "web" } # or subnets, cidrs, security_groups, names'
        )
        return
    key = _key(initial.tag.key)
    for value, count in initial.tag.values:
        yield (
            "#[[segments]]\n"
            f"#name = {_value(value)}\n"
            f"#tags = {{ {key} = {_value(value)} }} # {_count(count)}"
        )


def _flow(initial: InitialBaseline) -> Iterator[str]:
    if initial.flows:
        yield "# What passes between these segments now; keep what is intended."
        for flow in initial.flows:
            source = _network_names(initial).get(flow.networks, flow.source)
            ends = f"{_printable(source)} to {_printable(flow.target)}"
            if not flow.services:
                yield f"# {flow.passing} kinds of traffic pass from {ends}: restrict this first."
                continue
            yield (
                "#[[flows]]\n"
                f"#from = {_values((source,))}\n"
                f"#to = {_values((flow.target,))}\n"
                f"#services = {_values(flow.services)}"
            )
        return
    values = ["web"] if initial.tag is None else [value for value, _ in initial.tag.values]
    served = [value for value in values if initial.tag and value in initial.tag.served]
    yield (
        "#[[flows]]\n"
        '#from = ["internet"]\n'
        f"#to = {_values((served or values)[:1])}\n"
        '#services = ["https"]'
    )


def _count(number: int) -> str:
    return "1 server or database" if number == 1 else f"{number} servers or databases"


def _buckets(initial: InitialBaseline) -> Iterator[str]:
    yield "# The exposure of each bucket; a bucket that is not named must be private."
    if initial.private:
        yield f"# Buckets that are private now and have to stay private: {initial.private}."
    for bucket in initial.buckets:
        yield f"\n# {_printable(bucket.name)} now:"
        yield from (f"#   {_printable(line)}" for line in bucket.description)
        if not bucket.openings:
            yield "# No declaration allows this: correct the bucket, or what could not be read."
        for opening in bucket.openings:
            yield from _table(bucket.name, opening, _network_names(initial))
        if bucket.openings and not bucket.covered:
            yield "# These do not cover all access: some cannot be declared, or could not be read."
    if not initial.buckets:
        yield (
            "#[[buckets]]\n"
            '#name = "www-example"\n'
            '#exposure = ["cloudfront"] # or networks, accounts, public'
        )


def _table(name: str, opening: Opening, network_names: dict[tuple[str, ...], str]) -> Iterator[str]:
    yield (
        "#[[buckets]]\n"
        f"#name = {_value(name)}\n"
        f"#exposure = {_values((opening.exposure,))} # if this is intended"
    )
    if opening.networks:
        yield f"#networks = {_values((network_names[opening.networks],))}"
    for key in ("endpoints", "accounts", "organizations"):
        if values := getattr(opening, key):
            yield f"#{key} = {_values(values)}"
    if opening.access != ("read",):
        yield f"#access = {_values(opening.access)}"


def _options_and_waivers(_: InitialBaseline) -> Iterator[str]:
    yield (
        "# Options of controls; these are the values of the white paper.\n"
        "[controls.rds-backup]\n"
        "generations = 2\n"
        "\n"
        "# Approved exceptions, each with an end.\n"
        "#[[waivers]]\n"
        '#control = "rds-backup"\n'
        '#resource = "*:db:scratch-*"\n'
        '#reason = "rebuilt every night"\n'
        '#approved_by = "ops-lead@example.jp"\n'
        "#approved_on = 2026-10-01\n"
        "#expires = 2027-03-31"
    )


def _printable(text: str) -> str:
    """The text without what TOML allows in no comment."""
    return "".join(character if character.isprintable() else "?" for character in text)


def _value(text: str) -> str:
    # A JSON string is a TOML string, but for DEL, which JSON leaves bare.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _values(texts: Iterable[str]) -> str:
    return f"[{', '.join(map(_value, texts))}]"


def _key(text: str) -> str:
    bare = text.isascii() and text.replace("-", "").replace("_", "").isalnum()
    return text if bare else _value(text)
