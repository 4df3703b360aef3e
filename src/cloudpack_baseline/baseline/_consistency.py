"""Whether the parts of a baseline are consistent: names, combinations of keys, dates.

Works on the plain values of the file, part by part, and passes over whatever has the
wrong type: that is reported beside it, so that one run reports every mistake.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, get_args

from cloudpack_baseline.baseline._periods import a_year_after, latest_expiry
from cloudpack_baseline.baseline._structure import KeyPath, Mistake
from cloudpack_baseline.baseline.formats import Exposure, Reference, is_url
from cloudpack_baseline.whitepaper import Catalogue, Control, Relation, attested_promises

__all__ = ["MEMBERSHIP", "inconsistencies", "needs_customers_decision"]

_OF_THE_BUCKET = ("website", "acls", "versioning", "logs", "kms_keys")
"""Keys of ``[[buckets]]`` that describe the bucket itself rather than an opening of it."""

MEMBERSHIP = ("tags", "subnets", "cidrs", "security_groups", "names")
"""Keys of ``[[segments]]`` that say what belongs to it."""

_DECISIONS = "4.7.2"
"""The clause by which the customer decides, on record, that a vulnerability stays."""

_EXPOSURES = get_args(Exposure)


def inconsistencies(
    values: Mapping[str, Any],
    references: Iterable[tuple[KeyPath, Reference, str]],
    catalogue: Catalogue,
) -> list[Mistake]:
    """Every mistake that shows only where parts of the baseline are compared."""
    return [
        *_accounts(values),
        *_segments(values),
        *_names(values, references),
        *_buckets(values),
        *_waivers(values, catalogue),
        *_attestations(values, catalogue),
        *_stored_assessments(values),
        *_changes(values),
    ]


def _table(values: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    table = values.get(key, {})
    return table if isinstance(table, dict) else {}


def _rows(values: Mapping[str, Any], key: str) -> Iterator[tuple[KeyPath, Mapping[str, Any]]]:
    rows = values.get(key, [])
    for index, row in enumerate(rows if isinstance(rows, list) else []):
        if isinstance(row, dict):
            yield (key, index), row


def _accounts(values: Mapping[str, Any]) -> Iterator[Mistake]:
    names: dict[str, str] = {}
    for name, account in _table(values, "accounts").items():
        if not isinstance(account, dict):
            continue
        account_id = account.get("id")
        if isinstance(account_id, str):
            if account_id in names:
                message = f"the same account as accounts.{names[account_id]}"
                yield ("accounts", name, "id"), message
            names.setdefault(account_id, name)
        if "role_arn" in account and "profile" in account:
            yield ("accounts", name), "set role_arn or profile, not both"


def _segments(values: Mapping[str, Any]) -> Iterator[Mistake]:
    indexes: dict[str, int] = {}
    for path, segment in _rows(values, "segments"):
        criteria = [key for key in MEMBERSHIP if key in segment]
        if not any(segment[key] != ({} if key == "tags" else []) for key in criteria):
            yield path, f"nothing belongs to it: set one of {', '.join(MEMBERSHIP)}"
        name = segment.get("name")
        if not isinstance(name, str):
            continue
        if name in _table(values, "networks"):
            yield (*path, "name"), f"{name!r} is the name of a network"
        elif name in indexes:
            yield (*path, "name"), f"{name!r} is the name of segments[{indexes[name]}]"
        indexes.setdefault(name, int(path[-1]))


def _names(
    values: Mapping[str, Any], references: Iterable[tuple[KeyPath, Reference, str]]
) -> Iterator[Mistake]:
    declared = {"segment": _segment_names(values), "network": _network_names(values)}
    for path, reference, name in references:
        lists = [declared[kind] for kind in reference.kinds]
        # A name that could not be read may be the one that is meant.
        names = [known for names in lists if names is not None for known in names]
        if None not in lists and (error := reference.unknown_name(name, names)):
            yield path, error


def _segment_names(values: Mapping[str, Any]) -> list[str] | None:
    segments = values.get("segments", [])
    if not isinstance(segments, list):
        return None
    names = [row.get("name") if isinstance(row, dict) else None for row in segments]
    strings = [name for name in names if isinstance(name, str)]
    return strings if len(strings) == len(names) else None


def _network_names(values: Mapping[str, Any]) -> list[str] | None:
    networks = values.get("networks", {})
    return list(networks) if isinstance(networks, dict) else None


def _buckets(values: Mapping[str, Any]) -> Iterator[Mistake]:
    indexes: dict[str, int] = {}
    for path, bucket in _rows(values, "buckets"):
        exposure = bucket.get("exposure", ["private"])
        name = bucket.get("name")
        # Of an exposure that could not be read, nothing follows for the other keys.
        readable = isinstance(exposure, list) and all(kind in _EXPOSURES for kind in exposure)
        if isinstance(name, str):
            if name in indexes and readable:
                yield from _further_table(bucket, exposure, path, f"buckets[{indexes[name]}]")
            indexes.setdefault(name, int(path[-1]))
        if readable and exposure:
            yield from _exposure(bucket, exposure, path)


def _further_table(
    bucket: Mapping[str, Any], exposure: list[Any], path: KeyPath, first: str
) -> Iterator[Mistake]:
    """A second table of a bucket opens it to someone else, for something else."""
    if "private" in exposure:
        yield path, f"the same bucket as {first}: a further table needs another exposure"
    for key in _OF_THE_BUCKET:
        if key in bucket:
            yield (*path, key), f"belongs in the first table of the bucket, {first}"


def _exposure(bucket: Mapping[str, Any], exposure: list[Any], path: KeyPath) -> Iterator[Mistake]:
    keys_set = [key for key in bucket if bucket[key] != []]
    if "private" in exposure and len(exposure) > 1:
        yield (*path, "exposure"), "'private' cannot be combined"
    if exposure == ["private"]:
        for key in ("access", "objects"):
            if key in keys_set:
                yield (*path, key), "has no effect: the bucket is private; add an exposure"
    for keys in (("networks", "endpoints"), ("accounts", "organizations")):
        kind, alternative = keys
        if kind in exposure and not any(key in keys_set for key in keys):
            yield path, f"exposure {kind!r} needs the key {kind!r} or {alternative!r}"
        for key in keys:
            if key in keys_set and kind not in exposure:
                yield (*path, key), f"needs {kind!r} in exposure"


def _waivers(values: Mapping[str, Any], catalogue: Catalogue) -> Iterator[Mistake]:
    for path, waiver in _rows(values, "waivers"):
        yield from _period(waiver, path)
        yield from _customers_approval(waiver, path, catalogue)


def _period(waiver: Mapping[str, Any], path: KeyPath) -> Iterator[Mistake]:
    start, end = waiver.get("approved_on"), waiver.get("expires")
    if type(start) is not date or type(end) is not date:
        return
    if end < start:
        yield (*path, "expires"), f"expires before it is approved ({start})"
    elif end > (latest := a_year_after(start)):
        yield (*path, "expires"), f"at most a year after approved_on: {latest} at the latest"


def needs_customers_decision(control: Control) -> bool:
    """Whether the control judges 4.7.2, and not only as a best practice."""
    relations = {link.relation for link in control.clauses if link.clause == _DECISIONS}
    return bool(relations - {Relation.BEST_PRACTICE})


def _customers_approval(
    waiver: Mapping[str, Any], path: KeyPath, catalogue: Catalogue
) -> Iterator[Mistake]:
    """4.7.2: a decision not to act is the customer's, and on record in a ticket.

    That is promised of urgent matters, which are judged directly, and not of best practices.
    """
    id_ = waiver.get("control")
    control = catalogue.controls.get(id_) if isinstance(id_, str) else None
    if control is None or not needs_customers_decision(control):
        return
    reason = f"{id_} judges {_DECISIONS}"
    if waiver.get("approved_for", "cloudpack") == "cloudpack":
        yield (*path, "approved_for"), f"{reason}: the customer decides; expected 'customer'"
    if "ticket" not in waiver:
        yield (*path, "ticket"), f"{reason}: the ticket with the approval is required"


def _attestations(values: Mapping[str, Any], catalogue: Catalogue) -> Iterator[Mistake]:
    indexes: dict[str, int] = {}
    for path, attestation in _rows(values, "attestations"):
        promise = attestation.get("promise")
        if isinstance(promise, str):
            if promise in indexes:
                message = f"the same promise as attestations[{indexes[promise]}]"
                yield (*path, "promise"), f"{message}; renew that one"
            indexes.setdefault(promise, int(path[-1]))
        yield from _validity(attestation, path, catalogue)
        evidence = attestation.get("evidence")
        if "sha256" in attestation and isinstance(evidence, str) and is_url(evidence):
            yield (*path, "sha256"), "has no effect: the evidence is a URL, which is not read"


def _validity(
    attestation: Mapping[str, Any], path: KeyPath, catalogue: Catalogue
) -> Iterator[Mistake]:
    start, end = attestation.get("attested_on"), attestation.get("expires")
    if type(start) is not date or type(end) is not date:
        return
    id_ = attestation.get("promise")
    if end < start:
        yield (*path, "expires"), f"expires before it is attested ({start})"
    elif isinstance(id_, str) and (promise := attested_promises(catalogue).get(id_)):
        latest = latest_expiry(promise, start)
        if end > latest:
            message = f"an attestation of {id_} is valid for {promise.valid_days} days at most"
            yield (*path, "expires"), f"{message}: {latest} at the latest"


def _stored_assessments(values: Mapping[str, Any]) -> Iterator[Mistake]:
    options = _table(_table(values, "controls"), "yearly-assessment")
    for path, assessment in _rows(options, "assessments"):
        yield from _order(assessment, ("controls", "yearly-assessment", *path))


def _changes(values: Mapping[str, Any]) -> Iterator[Mistake]:
    for path, change in _rows(values, "changes"):
        yield from _order(change, path)


def _order(table: Mapping[str, Any], path: KeyPath) -> Iterator[Mistake]:
    start, end = table.get("starts"), table.get("ends")
    if type(start) is type(end) is date and end < start:
        yield (*path, "ends"), f"ends before it starts ({start})"
