"""Snapshot files: canonical JSON with its digest, compressed if the name ends in ``.gz``.

``{"digest": "sha256:...", "snapshot": {...}}``. The digest is over the canonical JSON of
the snapshot, not over the file, so packing does not change it; the same snapshot gives
the same bytes.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from attrs import evolve

from cloudpack_baseline.errors import Problem, SnapshotError
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.codec import DecodeError, Json, to_bytes
from cloudpack_baseline.model.snapshot import COMPATIBLE_SCHEMA, SCHEMA, Snapshot
from cloudpack_baseline.sources.files import FileFault, read_file, unpacked, write_file

__all__ = [
    "MIGRATIONS",
    "RecordedSnapshot",
    "parse_snapshot",
    "read_snapshot",
    "write_snapshot",
]

_GZIP_MAGIC = b"\x1f\x8b"
_BIDI = (0x061C, 0x200E, 0x200F, 0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
"""Marks that turn the direction of writing, or end a line."""


_DROPPED: Mapping[str, Mapping[str, frozenset[str]]] = {
    "AccessPoint": {"": frozenset(("bucket_account",))},
    "Bucket": {"logging": frozenset(("target_prefix",))},
    "CacheCluster": {"": frozenset(("replication_group",))},
    "DBCluster": {"": frozenset(("global_write_forwarding",))},
    "DBInstance": {"": frozenset(("replica_mode",))},
    "Instance": {
        "": frozenset(
            ("iam_instance_profile", "image_id", "instance_type", "key_name", "platform")
        ),
        "metadata_options": frozenset(("http_put_response_hop_limit",)),
    },
    "ManagedPrefixList": {"": frozenset(("address_family",))},
    "NatGateway": {"addresses": frozenset(("allocation_id",))},
    "NetworkInterface": {
        "": frozenset(("instance_owner_id", "requester_managed")),
        "ipv6_addresses": frozenset(("is_primary_ipv6",)),
        "private_ip_addresses": frozenset(("allocation_id", "ip_owner_id")),
    },
    "RouteTable": {"": frozenset(("propagating_vgws",))},
    "Subnet": {"": frozenset(("default_for_az",))},
    "Trail": {
        "": frozenset(("custom_selectors", "log_group", "s3_prefix")),
        "event_selectors": frozenset(
            ("exclude_management_event_sources", "include_management_events")
        ),
    },
    "TransitGatewayAttachment": {"": frozenset(("resource_owner_id",))},
    "Vpc": {"": frozenset(("instance_tenancy",))},
    "VpcBlockPublicAccessOptions": {"exclusions": frozenset(("exclusion_id",))},
    "VpcEndpoint": {"": frozenset(("policy_document", "route_table_ids"))},
    "VpnConnection": {"": frozenset(("customer_gateway_id", "static_routes"))},
}
"""By kind and field (empty: the record itself): what schema 1 had and no control read."""


def _to_schema_2(value: dict[str, Json]) -> dict[str, Json]:
    """Schema 2 lacks fields that no control read; what it has it has as schema 1."""
    value = value | {"schema": 2}
    records = value.get("records")
    if isinstance(records, dict):
        value["records"] = {
            kind: _without(_DROPPED.get(kind, {}), items) for kind, items in records.items()
        }
    return value


def _without(dropped: Mapping[str, frozenset[str]], items: Json) -> Json:
    """The records without the fields; what is no record is left for the decoder to refuse."""
    if not (dropped and isinstance(items, list)):
        return items
    records = [_without_members(item, dropped.get("", frozenset())) for item in items]
    for record in records:
        for name in dropped:
            if name and isinstance(record, dict) and name in record:
                record[name] = _without_members(record[name], dropped[name])
    return records


def _without_members(value: Json, names: frozenset[str]) -> Json:
    """The object, or each of a list of them, without the members."""
    if isinstance(value, list):
        return [_without_members(item, names) for item in value]
    if isinstance(value, dict):
        return {name: value[name] for name in value if name not in names}
    return value


MIGRATIONS: Mapping[int, Callable[[dict[str, Json]], dict[str, Json]]] = {1: _to_schema_2}
"""By schema: the step from its JSON to that of the next one. Schema 1 is the first; those from
`COMPATIBLE_SCHEMA` on need none."""


def write_snapshot(snapshot: Snapshot, path: str | Path) -> None:
    """Write the snapshot to a file that ``snapshot:FILE`` reads; compressed if it ends in ``.gz``.

    Raises:
        SnapshotError: the file cannot be written.
    """
    path = Path(path)
    data = to_bytes({"digest": snapshot.digest, "snapshot": snapshot.to_json()}) + b"\n"
    data = _printable(data)
    try:
        write_file(path, gzip.compress(data, mtime=0) if path.suffix == ".gz" else data)
    except OSError as error:
        raise _problem(path, f"cannot be written: {error.strerror}") from error


def read_snapshot(path: str | Path) -> Snapshot:
    """The snapshot of a file, of this schema or an older one.

    Raises:
        SnapshotError: no such file, broken, changed since it was written, or of a schema
            that this version does not know.
    """
    path = Path(path)
    try:
        data = read_file(path)
    except FileFault as error:
        raise _problem(path, str(error)) from error
    return parse_snapshot(path, data).snapshot


@frozen(kw_only=True)
class RecordedSnapshot:
    """The content of a snapshot file.

    Attributes:
        snapshot: what was recorded.
        digest: as it was recorded, under the schema of that time.
        schema: of the file.
    """

    snapshot: Snapshot
    digest: str
    schema: int


def parse_snapshot(path: Path, data: bytes) -> RecordedSnapshot:
    """The content of a snapshot file that was read.

    Args:
        path: of the file, for messages.
        data: its bytes.

    Raises:
        SnapshotError: broken, changed since it was written, or of a schema that this version does
            not know.
    """
    content = _parsed(path, _unpacked(path, data))
    if not (isinstance(content, dict) and set(content) == {"digest", "snapshot"}):
        raise _problem(path, "not a snapshot file: expected the keys 'digest' and 'snapshot'")
    value = content["snapshot"]
    digest = f"sha256:{hashlib.sha256(to_bytes(value)).hexdigest()}"
    schema = _schema(path, value)
    if digest != content["digest"]:
        raise _problem(path, "was changed since it was recorded: the digest is of other data")
    try:
        snapshot = evolve(Snapshot.from_json(_migrated(value, schema)), recorded=(digest,))
    except DecodeError as error:
        place = f"snapshot.{error.path}" if error.path else "snapshot"
        raise _problem(path, error.message, place) from error
    return RecordedSnapshot(snapshot=snapshot, digest=digest, schema=schema)


def _printable(data: bytes) -> bytes:
    """The same JSON with escapes for what could act on a terminal that shows the file."""
    return _ACTING.sub(lambda match: b"\\u%04x" % ord(match[0].decode()), data)


_ACTING = re.compile("|".join([chr(code) for code in (*range(0x7F, 0xA0), *_BIDI)]).encode())
"""In canonical JSON these occur only in strings, and controls below 0x20 are already escaped."""


def _unpacked(path: Path, data: bytes) -> bytes:
    try:
        return unpacked(data) if data.startswith(_GZIP_MAGIC) else data
    except FileFault as error:
        raise _problem(path, str(error)) from error


def _parsed(path: Path, data: bytes) -> Json:
    try:
        return json.loads(data)
    except (RecursionError, ValueError) as error:
        raise _problem(path, f"broken JSON: {error}"[:200]) from error


def _schema(path: Path, value: Json) -> int:
    schema = value.get("schema") if isinstance(value, dict) else None
    if type(schema) is not int or schema < 1:
        raise _problem(path, "expected a number from 1", "snapshot.schema")
    if schema > SCHEMA:
        raise _problem(
            path,
            f"schema {schema} is later than {SCHEMA}, the latest that this version reads; "
            f"install a version of cloudpack-baseline that reads schema {schema}",
            "snapshot.schema",
        )
    return schema


def _migrated(value: dict[str, Json], schema: int) -> dict[str, Json]:
    for step in range(schema, COMPATIBLE_SCHEMA):
        value = MIGRATIONS[step](value)
    return value


def _problem(path: Path, message: str, key: str = "") -> SnapshotError:
    return SnapshotError(Problem(message, path=key, file=str(path)))
