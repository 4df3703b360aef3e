"""What a file of evidence is, and in what it differs from the one that was signed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from attrs import field

from cloudpack_baseline.errors import InputError, Problem, SnapshotError
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.codec import DecodeError, Json, decode
from cloudpack_baseline.sources.files import FileFault, read_file, unpacked
from cloudpack_baseline.sources.recording import parse_snapshot
from cloudpack_baseline.sources.signatures.statement import EvidenceStatement

__all__ = ["Evidence", "difference", "read_evidence"]

_GZIP_MAGIC = b"\x1f\x8b"
_JSON_SUFFIXES = (".json", ".json.gz")


@frozen(kw_only=True)
class Evidence:
    """A file as it was read.

    Attributes:
        data: its bytes.
        kind: see `EvidenceStatement`.
        digest: see `EvidenceStatement`.
        content_schema: see `EvidenceStatement`.
        accounts: the account IDs, sorted.
        instant: see `EvidenceStatement`.
    """

    data: bytes = field(repr=False)
    kind: str = "file"
    digest: str = ""
    content_schema: int = 0
    accounts: tuple[str, ...] = ()
    instant: datetime | None = None

    @property
    def sha256(self) -> str:
        """The digest of the bytes, in hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()


def read_evidence(path: Path) -> Evidence:
    """The file, with what a statement says about its content.

    Raises:
        InputError: it cannot be read, or it is a broken snapshot or report.
    """
    try:
        data = read_file(path)
    except FileFault as error:
        raise InputError(Problem(str(error), file=str(path))) from error
    if not path.name.endswith(_JSON_SUFFIXES) and not data.startswith(_GZIP_MAGIC):
        return Evidence(data=data)
    try:
        value = json.loads(_content(data), object_pairs_hook=_object)
    except (FileFault, RecursionError, ValueError) as error:
        problem = Problem(f"broken evidence is not signed: {error}"[:200], file=str(path))
        raise InputError(problem) from error
    if isinstance(value, dict) and set(value) == {"digest", "snapshot"}:
        return _snapshot(path, data)
    if isinstance(value, dict) and {"findings", "generator", "snapshot"} <= set(value):
        return _report(path, data, value)
    return Evidence(data=data)


def _object(members: list[tuple[str, Json]]) -> dict[str, Json]:
    """An object; two members of one name could be read as either."""
    value = dict(members)
    if len(value) != len(members):
        raise ValueError("an object has two members of the same name")
    return value


def _content(data: bytes) -> bytes:
    return unpacked(data) if data.startswith(_GZIP_MAGIC) else data


def _snapshot(path: Path, data: bytes) -> Evidence:
    recorded = parse_snapshot(path, data)
    return Evidence(
        data=data,
        kind="snapshot",
        digest=recorded.digest,
        content_schema=recorded.schema,
        accounts=tuple(account.id for account in recorded.snapshot.accounts),
        instant=recorded.snapshot.taken_at,
    )


def _report(path: Path, data: bytes, value: dict[str, Json]) -> Evidence:
    try:
        return Evidence(
            data=data,
            kind="report",
            digest=decode(str, value["snapshot"]),
            content_schema=decode(int, value.get("schema")),
            accounts=_accounts(value["findings"]),
            instant=decode(datetime, value.get("as_of")),
        )
    except (DecodeError, KeyError, TypeError) as error:
        raise InputError(Problem(f"is no report: {error}"[:200], file=str(path))) from error


def _accounts(findings: Json) -> tuple[str, ...]:
    accounts = {str(finding["resource"]["account"]) for finding in findings}
    return tuple(sorted(accounts - {""}))


def difference(path: Path, statement: EvidenceStatement) -> str:
    """In what the file differs from the one that was signed, in words; empty: in nothing.

    Raises:
        InputError: it cannot be read.
    """
    try:
        data = read_file(path)
    except FileFault as error:
        raise InputError(Problem(str(error), file=str(path))) from error
    if (len(data), hashlib.sha256(data).hexdigest()) == (statement.size, statement.sha256):
        return ""
    return "; ".join(_reasons(path, data, statement))


def _reasons(path: Path, data: bytes, statement: EvidenceStatement) -> Iterator[str]:
    if path.name != statement.file:
        yield f"the signature is that of another file, {statement.file}"
    if len(data) < statement.size:
        yield f"truncated: {len(data):,} bytes of {statement.size:,} that were signed"
    elif _sha256(data[: statement.size]) == statement.sha256:
        yield f"{len(data) - statement.size:,} bytes were appended"
    elif len(data) > statement.size:
        yield f"changed: {len(data):,} bytes, {statement.size:,} were signed"
    else:
        yield "changed: its SHA-256 digest is not the one that was signed"
    if statement.kind == "snapshot" and (reason := _of_snapshot(path, data, statement.digest)):
        yield reason


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _of_snapshot(path: Path, data: bytes, signed: str) -> str:
    try:
        recorded = parse_snapshot(path, data)
    except SnapshotError as error:
        return " ".join(problem.message for problem in error.problems)
    if recorded.digest == signed:
        return "it contains the snapshot that was signed, but was written or compressed anew"
    if recorded.snapshot.digest == signed:
        return "the records are those that were signed, in another order"
    return f"it contains snapshot {recorded.digest}, but {signed} was signed"
