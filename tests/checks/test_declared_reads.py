"""Checks read what they declare: a run gathers nothing else, and compares scenarios by it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from attrs import evolve

from cloudpack_baseline.baseline import Baseline
from cloudpack_baseline.checks import check_of, entry_of
from cloudpack_baseline.judging import view_of
from cloudpack_baseline.model.described import descriptions
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.snapshot import AccountScope
from cloudpack_baseline.sources.recording import read_snapshot
from cloudpack_baseline.whitepaper import controls
from model import golden_snapshots

BASELINE = Baseline.from_mapping(
    {
        "schema": 1,
        "paper": "1.5.6",
        "regions": ["ap-northeast-1"],
        "networks": {"office": ["203.0.113.0/28"]},
        "segments": [{"name": "app", "names": ["*"]}],
        "controls": {"customer-admin-access": {"services": ["tcp/8443"]}},
    }
)
UNUSED = {"s3-tls-only"}
"""Controls whose other reads cannot change the verdict: only denials of the bucket policy count."""


def accounts():
    """The recorded accounts, and one of each kind of record."""
    for path in sorted((golden_snapshots.FOLDER / "accounts").glob("*three-tier*.json")):
        if not path.name.endswith(".verdicts.json"):
            yield evolve(read_snapshot(Path(path)), alternatives=())
    for name, snapshot in golden_snapshots.golden_snapshots():
        if name not in ("Generator", "Snapshot"):
            account = snapshot.records[0].account
            yield evolve(snapshot, accounts=(AccountScope(id=account),))


SNAPSHOTS = tuple(accounts())
FURTHER = {
    kind: {
        name
        for name, description in descriptions(kind).items()
        if description.operation and not description.always_read
    }
    for kind in golden_snapshots.record_classes()
}


@pytest.mark.lengthy
@pytest.mark.parametrize("control", sorted(set(controls()) - UNUSED))
def test_a_check_reads_only_declared_fields(control, monkeypatch):
    declared, undeclared = entry_of(control).reads, set()

    def attribute(record, name):
        kind = type(record)
        if name in FURTHER.get(kind, ()) and name not in declared.get(kind.__name__, ()):
            caller = sys._getframe(1).f_code.co_filename
            if "cloudpack_baseline" in caller and "immutable" not in caller:
                undeclared.add(f"{kind.__name__}.{name}")
        return object.__getattribute__(record, name)

    check = check_of(control)
    snapshots = [
        evolve(snapshot)
        for snapshot in SNAPSHOTS
        if any(snapshot.has(kind, snapshot.accounts[0].id) for kind in declared)
    ]
    monkeypatch.setattr(Record, "__getattribute__", attribute, raising=False)
    for snapshot in snapshots:
        tuple(check.judge(view_of(snapshot, BASELINE, control, snapshot.accounts[0])))
    assert undeclared == set()
