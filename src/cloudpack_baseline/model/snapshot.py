"""A snapshot: every record of one gathering, its coverage, and its time.

The canonical JSON of a snapshot is its identity: `Snapshot.digest` covers it, and judging a
recorded snapshot again gives the same findings, byte for byte.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import cached_property
from typing import TypeVar, cast

from attrs import evolve, field

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model import catalogue
from cloudpack_baseline.model.codec import DecodeError, Json, as_bytes, decode, encode, to_text
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.unread import UnreadTemplate
from cloudpack_baseline.model.values import Unknown

__all__ = [
    "COMPATIBLE_SCHEMA",
    "SCHEMA",
    "AccountScope",
    "Coverage",
    "Snapshot",
    "with_unread",
]

SCHEMA = 3
"""The schema that this version writes. It has ``generator`` in addition to schema 2."""

COMPATIBLE_SCHEMA = 2
"""The oldest schema that is read as it is, and keeps its number, so that its digest stays."""

PLANNED = ("plan", "template")
"""The sources whose resources do not exist yet."""

R = TypeVar("R", bound=Record)
T = TypeVar("T")


@frozen(kw_only=True, order=True)
class AccountScope:
    """One account of a snapshot.

    Attributes:
        id: 12 digits; a placeholder for a template, which names no account.
        name: what the baseline calls it; empty if it does not.
        partition: ``aws``, ``aws-cn``, ``aws-us-gov``, ...
        regions: the Regions that were gathered, sorted.
        regions_off: declared by the account or the session, but not enabled there.
    """

    id: str
    name: str = ""
    partition: str = "aws"
    regions: tuple[str, ...] = ()
    regions_off: tuple[str, ...] = ()


@frozen(kw_only=True)
class Coverage:
    """What was read of one kind of record in one account and Region.

    Attributes:
        kind: the class name of the record, such as ``DBInstance``.
        account: the account ID.
        region: the Region; empty for global kinds.
        fields: the fields with separate calls that were read, sorted.
        unknown: set if the listing itself could not be read (in full).
        cannot_tell: set if the source can never provide this kind: the ID of a text.
    """

    kind: str
    account: str
    region: str = ""
    fields: tuple[str, ...] = ()
    unknown: Unknown | None = None
    cannot_tell: str = ""

    @property
    def sort_key(self) -> tuple[str, str, str]:
        """Kind, account, Region."""
        return (self.kind, self.account, self.region)


def _sorted_names(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(names))


def _sorted_accounts(accounts: Iterable[AccountScope]) -> tuple[AccountScope, ...]:
    return tuple(sorted(accounts))


def _sorted_coverage(coverage: Iterable[Coverage]) -> tuple[Coverage, ...]:
    return tuple(sorted(coverage, key=lambda entry: entry.sort_key))


def _sorted_records(records: Iterable[Record]) -> tuple[Record, ...]:
    return tuple(
        sorted(
            records,
            key=lambda record: (
                type(record).__name__,
                record.account,
                record.region,
                record.arn,
                record.name,
            ),
        )
    )


@frozen(kw_only=True, slots=False)
class Snapshot:
    """Everything that one gathering read, immutable.

    Attributes:
        taken_at: when the gathering ended (UTC); the default of ``as_of``.
        source: the kind of the source, such as ``aws``, ``moto``, ``describe``, ``template``.
        accounts: the accounts, sorted by ID.
        records: all records, in canonical order.
        coverage: what was read, per kind, account and Region, in canonical order.
        assumptions: IDs of the documented defaults that replace answers of a mock.
        scenario: for templates: the truth of the conditions that may go either way, sorted.
        alternatives: for templates: the snapshots of the other scenarios.
        unread: for templates: those that are deployed with them, and that nobody read.
        generator: the tool and its version that gathered; empty before schema 3.
        schema: the version of the JSON format.
        recorded: the digests of the files that it was read from, as they were recorded; not
            recorded itself.
        callers: ARNs of the principals that read the accounts; not recorded.
    """

    taken_at: datetime
    source: str
    accounts: tuple[AccountScope, ...] = field(converter=_sorted_accounts)
    records: tuple[Record, ...] = field(default=(), converter=_sorted_records)
    coverage: tuple[Coverage, ...] = field(
        default=(),
        converter=_sorted_coverage,
    )
    assumptions: tuple[str, ...] = field(default=(), converter=_sorted_names)
    scenario: tuple[tuple[str, str], ...] = ()
    alternatives: tuple[Snapshot, ...] = ()
    unread: tuple[UnreadTemplate, ...] = ()
    generator: str = ""
    schema: int = SCHEMA
    recorded: tuple[str, ...] = field(default=(), eq=False, repr=False)
    callers: tuple[str, ...] = field(default=(), eq=False, repr=False)

    @property
    def is_planned(self) -> bool:
        """Whether the resources do not exist yet: they are those of a template or a plan."""
        return self.source in PLANNED

    def all(self, kind: type[R], account: str) -> tuple[R, ...]:
        """The account's records of the kind, in canonical order."""
        return cast("tuple[R, ...]", self._by_kind.get((kind.__name__, account), ()))

    def named(self, kind: str, account: str) -> tuple[Record, ...]:
        """The account's records of the kind, which is named as its class."""
        return self._by_kind.get((kind, account), ())

    def has(self, kind: str, account: str) -> bool:
        """Whether the account has a record of the kind, which is named as its class."""
        return (kind, account) in self._by_kind

    def covered(self, kind: type[Record] | str, account: str) -> tuple[Coverage, ...]:
        """What was read of the kind in the account, by Region; empty: never gathered.

        Args:
            kind: the record class, or its name, so that the class is not loaded.
            account: the account ID.
        """
        name = kind if isinstance(kind, str) else kind.__name__
        return self._coverage.get((name, account), ())

    def is_assumed(self, kind: str, account: str) -> bool:
        """Whether the source cannot describe the kind: its records are those of a new account."""
        covered = self.covered(kind, account)
        return bool(covered) and all(coverage.cannot_tell for coverage in covered)

    def without(self, kind: type[Record], account: str) -> Snapshot:
        """The same snapshot, as if the kind had not been gathered in the account."""
        return evolve(
            self,
            records=tuple(
                record
                for record in self.records
                if (type(record), record.account) != (kind, account)
            ),
            coverage=tuple(
                entry
                for entry in self.coverage
                if (entry.kind, entry.account) != (kind.__name__, account)
            ),
        )

    @cached_property
    def _by_kind(self) -> Mapping[tuple[str, str], tuple[Record, ...]]:
        by_kind: dict[tuple[str, str], list[Record]] = {}
        for record in self.records:
            by_kind.setdefault((type(record).__name__, record.account), []).append(record)
        return {key: tuple(records) for key, records in by_kind.items()}

    @cached_property
    def _coverage(self) -> Mapping[tuple[str, str], tuple[Coverage, ...]]:
        by_kind: dict[tuple[str, str], list[Coverage]] = {}
        for entry in self.coverage:
            by_kind.setdefault((entry.kind, entry.account), []).append(entry)
        return {key: tuple(entries) for key, entries in by_kind.items()}

    def derived(self, make: Callable[[Snapshot], T]) -> T:
        """What the function makes of this snapshot; made once, since neither changes."""
        if make not in self._derived:
            self._derived[make] = make(self)
        return cast("T", self._derived[make])

    @cached_property
    def _derived(self) -> dict[Callable[[Snapshot], object], object]:
        return {}

    @cached_property
    def digest(self) -> str:
        """``sha256:HEX`` of the canonical JSON."""
        return f"sha256:{hashlib.sha256(as_bytes(_text(self, {}))).hexdigest()}"

    @property
    def evidence(self) -> tuple[str, ...]:
        """The digests of the recorded files that it rests on; without files, its own."""
        return self.recorded or (self.digest,)

    def to_json(self) -> Json:
        """The JSON form: ``encode`` of each part, records grouped by kind."""
        return _json(self, {})

    @classmethod
    def from_json(cls, value: Json) -> Snapshot:
        """The snapshot of the JSON form, of `COMPATIBLE_SCHEMA` or later.

        Raises:
            DecodeError: wrong shape, with the path to it.
        """
        if not isinstance(value, dict):
            raise DecodeError(f"expected an object, got {type(value).__name__}")
        _only(value, _KEYS)
        return cls(
            taken_at=_part(value, "taken_at", datetime),
            source=_part(value, "source", str),
            accounts=_part(value, "accounts", tuple[AccountScope, ...]),
            records=tuple(_records(value.get("records", {}))),
            coverage=_part(value, "coverage", tuple[Coverage, ...]),
            assumptions=_part(value, "assumptions", tuple[str, ...]),
            scenario=decode(tuple[tuple[str, str], ...], value.get("scenario", [])),
            alternatives=tuple(_alternatives(value.get("alternatives", []))),
            unread=decode(tuple[UnreadTemplate, ...], value.get("unread", [])),
            generator=decode(str, value.get("generator", "")),
            schema=_part(value, "schema", int),
        )


_KEYS = frozenset(
    (
        "accounts",
        "alternatives",
        "assumptions",
        "coverage",
        "generator",
        "records",
        "scenario",
        "schema",
        "source",
        "taken_at",
        "unread",
    )
)


def _json(snapshot: Snapshot, encoded: dict[int, Json]) -> Json:
    """The JSON form; records that scenarios share are encoded once, and found by their `id`."""
    records: dict[str, list[Json]] = {}
    for record in snapshot.records:
        if id(record) not in encoded:
            encoded[id(record)] = encode(record)
        records.setdefault(type(record).__name__, []).append(encoded[id(record)])
    value = _beside_records(snapshot) | {"records": records}
    if snapshot.alternatives:
        value["alternatives"] = [_json(scenario, encoded) for scenario in snapshot.alternatives]
    return value


def _text(snapshot: Snapshot, texts: dict[int, str]) -> str:
    """The text of its canonical JSON; records that scenarios share are written once, as above."""
    records: dict[str, list[str]] = {}
    for record in snapshot.records:
        if id(record) not in texts:
            texts[id(record)] = to_text(encode(record))
        records.setdefault(type(record).__name__, []).append(texts[id(record)])
    members = {name: to_text(value) for name, value in _beside_records(snapshot).items()}
    members["records"] = _object({kind: _list(items) for kind, items in records.items()})
    if snapshot.alternatives:
        members["alternatives"] = _list(_text(other, texts) for other in snapshot.alternatives)
    return _object(members)


def _list(items: Iterable[str]) -> str:
    return f"[{','.join(items)}]"


def _object(members: Mapping[str, str]) -> str:
    return f"{{{','.join(f'{to_text(name)}:{members[name]}' for name in sorted(members))}}}"


def _beside_records(snapshot: Snapshot) -> dict[str, Json]:
    """The members of the JSON form that contain no records."""
    value: dict[str, Json] = {
        "schema": snapshot.schema,
        "source": snapshot.source,
        "taken_at": encode(snapshot.taken_at),
        "accounts": encode(snapshot.accounts),
        "assumptions": encode(snapshot.assumptions),
        "coverage": encode(snapshot.coverage),
    }
    if snapshot.generator:
        value["generator"] = snapshot.generator
    if snapshot.scenario:
        value["scenario"] = encode(snapshot.scenario)
    if snapshot.unread:
        value["unread"] = encode(snapshot.unread)
    return value


def with_unread(snapshot: Snapshot, templates: Iterable[UnreadTemplate]) -> Snapshot:
    """The snapshot, with what templates that nobody read may add to any listing."""
    templates = tuple(templates)
    if not templates:
        return snapshot
    places = {(coverage.account, coverage.region) for coverage in snapshot.coverage}
    whys = {place: _why_open(templates, *place) for place in places}
    return evolve(
        snapshot,
        unread=templates,
        coverage=tuple(
            _open(coverage, whys[coverage.account, coverage.region])
            for coverage in snapshot.coverage
        ),
    )


def _why_open(templates: Iterable[UnreadTemplate], account: str, region: str) -> Unknown | None:
    """Why a listing may lack something; `None`: no template is deployed there."""
    whys = [
        template.why
        for template in templates
        if template.account == account and region in ("", template.region)
    ]
    return Unknown(tuple(cause for why in whys for cause in why.causes)) if whys else None


def _open(coverage: Coverage, why: Unknown | None) -> Coverage:
    if why is None or coverage.cannot_tell:
        return coverage
    return evolve(coverage, unknown=why if coverage.unknown is None else coverage.unknown | why)


def _alternatives(value: Json) -> Iterator[Snapshot]:
    if not isinstance(value, list):
        raise DecodeError("expected a list", "alternatives")
    for index, alternative in enumerate(value):
        if isinstance(alternative, dict) and "alternatives" in alternative:
            raise DecodeError("an alternative has no alternatives", f"alternatives[{index}]")
        try:
            yield Snapshot.from_json(alternative)
        except DecodeError as error:
            raise error.under(f"alternatives[{index}]") from None


def _only(value: dict[str, Json], keys: frozenset[str]) -> None:
    if unknown := sorted(set(value) - keys):
        raise DecodeError(f"a snapshot has no {unknown[0]!r}")


def _part(value: dict[str, Json], key: str, kind: object) -> Json:
    if key not in value:
        raise DecodeError(f"a snapshot without {key!r}")
    try:
        return decode(kind, value[key])
    except DecodeError as error:
        raise error.under(key) from None


def _records(groups: Json) -> list[Record]:
    if not isinstance(groups, dict):
        raise DecodeError("expected an object", "records")
    records: list[Record] = []
    for kind, items in groups.items():
        try:
            records.extend(decode(tuple[catalogue.record_class(kind), ...], items))  # type: ignore[misc]  # the class is found by name
        except KeyError:
            raise DecodeError(f"no such kind of record: {kind!r}", "records") from None
        except DecodeError as error:
            raise error.under(f"records.{kind}") from None
    return records
