"""The golden snapshots: every kind of record in every form that its annotations admit.

``python tests/model/golden_snapshots.py`` stores what is missing, for a new kind, field or
value, in ``golden/schema-N/``. It never writes over a stored file: evidence that was recorded
once must stay readable, byte for byte under its digest.
"""

from __future__ import annotations

import importlib
import inspect
import json
import types
import typing
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum
from pathlib import Path

import attrs

from cloudpack_baseline.model import catalogue
from cloudpack_baseline.model.addresses import CidrBlock, IpAddress
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.snapshot import (
    COMPATIBLE_SCHEMA,
    SCHEMA,
    AccountScope,
    Coverage,
    Snapshot,
)
from cloudpack_baseline.model.values import Cause, Unknown, Why
from cloudpack_baseline.sources.recording import write_snapshot

FOLDER = Path(__file__).with_name("golden")
TAKEN_AT = datetime(2026, 11, 1, 12, 0, 0, 7, tzinfo=UTC)
TIMES = [TAKEN_AT, datetime(2024, 2, 29, 8, 30, tzinfo=timezone(timedelta(hours=9)))]
CAUSES = [
    Cause(why=Why.DENIED, operation="s3:GetX", code="AccessDenied", actions=("s3:GetX",)),
    Cause(why=Why.NOT_PROVIDED, detail='理由 "\\\n'),
]


def record_classes():
    """Every kind of record, by name."""
    for name in catalogue.MODULES:
        module = importlib.import_module(f"cloudpack_baseline.model.{name}")
        for _, kind in inspect.getmembers(module, inspect.isclass):
            if issubclass(kind, Record) and kind is not Record and kind.__module__.endswith(name):
                yield kind


NETWORK_TEXTS = {
    CidrBlock: ["10.0.0.0/16", "2001:db8::/32"],
    IpAddress: ["10.0.1.5", "2001:db8::5"],
}
"""By type: texts that AWS could answer, where another one is refused."""


def samples(annotation, path):  # noqa: PLR0911 - one line for each form of annotation
    """Every form of value that the annotation admits, in a fixed order."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    # The files of Elastic IP addresses have texts that AWS could answer, though their type is str.
    if (annotation, path) == (str, "public_ip"):
        annotation = IpAddress
    if annotation in NETWORK_TEXTS:
        return NETWORK_TEXTS[annotation]
    if origin in (typing.Union, types.UnionType):
        return [sample for argument in arguments for sample in samples(argument, path)]
    if origin is tuple and arguments[1:] == (...,):
        return [(), tuple(samples(arguments[0], path))]
    if origin is tuple:
        return combined([samples(argument, path) for argument in arguments])
    if origin is typing.Literal:
        return list(arguments)
    if annotation is Unknown:
        return [Unknown(tuple(CAUSES))]
    plain = {
        str: ["", f'{path} 値 "\\\n'],
        bool: [False, True],
        int: [0, 1, -(2**40)],
        types.NoneType: [None],
        datetime: TIMES,
    }
    if annotation in plain:
        return plain[annotation]
    if issubclass(annotation, Enum):
        return list(annotation)
    return instances(annotation, path)


def combined(columns):
    """Rows in which every value of every column occurs."""
    height = max(map(len, columns), default=1)
    return [tuple(column[row % len(column)] for column in columns) for row in range(height)]


def instances(kind, path=""):
    """Instances in which every field takes each of its forms, and one of defaults only."""
    hints = typing.get_type_hints(kind, include_extras=True)
    fields = [field for field in attrs.fields(kind) if field.init]
    names = [field.name for field in fields]
    columns = [samples(hints[name], f"{path}.{name}".lstrip(".")) for name in names]
    full = [kind(**dict(zip(names, row, strict=True))) for row in combined(columns)]
    required = [field.name for field in fields if field.default is attrs.NOTHING]
    return [*full, kind(**{name: getattr(full[0], name) for name in required})]


def snapshot_of(records=(), **changes):
    """A snapshot of one account that holds the records.

    Their form is that of the oldest compatible schema: later ones differ beside them alone.
    """
    tables = {
        "taken_at": TAKEN_AT,
        "source": "aws",
        "accounts": (AccountScope(id="123456789012"),),
        "records": records,
        "schema": COMPATIBLE_SCHEMA,
    }
    return Snapshot(**(tables | changes))


def golden_snapshots():
    """By name: one snapshot for each kind of record, and one of everything beside records."""
    yield "Generator", snapshot_of(generator="cloudpack-baseline 0.2.0", schema=SCHEMA)
    yield (
        "Snapshot",
        snapshot_of(
            accounts=instances(AccountScope),
            coverage=[
                *instances(Coverage),
                *(
                    Coverage(kind=why.name, account="1", unknown=Unknown.because(why))
                    for why in Why
                ),
            ],
            assumptions=("b", "a"),
            scenario=(("IsProduction", "true"), ("条件", "false")),
        ),
    )
    for kind in record_classes():
        yield kind.__name__, snapshot_of(instances(kind))


def stored(schema):
    """The stored files of the schema."""
    return sorted((FOLDER / f"schema-{schema}").glob("*.json"))


def present():
    """The stored files of the schemas that are written, and read as they are."""
    return [path for schema in range(COMPATIBLE_SCHEMA, SCHEMA + 1) for path in stored(schema)]


def missing():
    """Snapshots that no stored file of a present schema holds: (kind, snapshot)."""
    digests = {json.loads(path.read_bytes())["digest"] for path in present()}
    for kind, snapshot in golden_snapshots():
        if snapshot.digest not in digests:
            yield kind, snapshot


def store():
    """Write what is missing, each beside the files of its kind that are there."""
    for kind, snapshot in list(missing()):
        folder = FOLDER / f"schema-{snapshot.schema}"
        folder.mkdir(parents=True, exist_ok=True)
        number = len(list(folder.glob(f"{kind}.*json"))) + 1
        write_snapshot(
            snapshot, folder / (f"{kind}.{number}.json" if number > 1 else f"{kind}.json")
        )


if __name__ == "__main__":
    store()
