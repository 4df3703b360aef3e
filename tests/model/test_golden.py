"""Evidence that was recorded once stays readable under its digest, and is judged alike.

The stored files are never rewritten; ``golden_snapshots.py`` adds what is missing.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from attrs import evolve

from cloudpack_baseline import assess
from cloudpack_baseline.baseline import Baseline
from cloudpack_baseline.model.codec import to_bytes
from cloudpack_baseline.model.snapshot import COMPATIBLE_SCHEMA, SCHEMA, Snapshot
from cloudpack_baseline.sources.recording import read_snapshot, write_snapshot
from model import golden_snapshots

FILES = [path for schema in range(1, SCHEMA + 1) for path in golden_snapshots.stored(schema)]
PRESENT = golden_snapshots.present()
ACCOUNTS = Path(__file__).with_name("golden") / "accounts"


def name(path):
    return f"{path.parent.name}/{path.stem}"


@pytest.mark.parametrize("path", FILES, ids=name)
def test_every_stored_snapshot_is_read(path):
    snapshot = read_snapshot(path)
    kinds = json.loads(path.read_text("utf-8"))["snapshot"]["records"]
    assert COMPATIBLE_SCHEMA <= snapshot.schema <= SCHEMA
    assert {type(record).__name__ for record in snapshot.records} == set(kinds)


@pytest.mark.parametrize("path", PRESENT, ids=name)
def test_it_is_written_again_byte_for_byte(path, tmp_path):
    write_snapshot(read_snapshot(path), tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == path.read_bytes()


@pytest.mark.parametrize("path", FILES, ids=name)
def test_the_digest_is_of_the_stored_bytes(path):
    data = path.read_bytes()
    start = data.index(b'"snapshot":') + len(b'"snapshot":')
    digest = hashlib.sha256(data[start : -len(b"}\n")]).hexdigest()
    assert json.loads(data)["digest"] == f"sha256:{digest}"


def test_what_the_code_writes_is_stored():
    """For every kind, field and form of value, under the digest that it has today."""
    missing = [kind for kind, _ in golden_snapshots.missing()]
    assert not missing, "run: python tests/model/golden_snapshots.py"


def test_every_form_of_value_is_in_them():
    text = "".join(path.read_text("utf-8") for path in PRESENT)
    for form in ("$unknown", ":false", ":true", '"origin":{', '"origins":[[', "値", "Z"):
        assert form in text, form


@pytest.mark.parametrize("account", ["three-tier", "three-tier-broken"])
def test_a_recorded_account_is_judged_as_it_was(account):
    baseline = Baseline.load(ACCOUNTS / "cloudpack-baseline.toml")
    stored = json.loads((ACCOUNTS / f"{account}.verdicts.json").read_text("utf-8"))
    controls = {control for control, _, _ in stored}  # those that there were at that time
    snapshot = read_snapshot(ACCOUNTS / f"{account}.json")
    verdicts = sorted(
        [finding.control, finding.resource.key, finding.outcome.value]
        for finding in assess(snapshot, baseline, controls=controls).findings
    )
    assert verdicts == stored


def test_canonical_json_is_the_form_that_digests_are_of():
    value = {"b": [1, True, None, "値"], "a": {"d": "\ud800", "c": -1.5}}
    written = b'{"a":{"c":-1.5,"d":"\\ud800"},"b":[1,true,null,"\xe5\x80\xa4"]}'
    assert to_bytes(value) == written


def test_an_empty_snapshot_has_the_digest_that_it_always_had():
    empty = Snapshot(taken_at=golden_snapshots.TAKEN_AT, source="aws", accounts=())
    assert to_bytes(empty.to_json()) == (
        b'{"accounts":[],"assumptions":[],"coverage":[],"records":{},"schema":%d,'
        b'"source":"aws","taken_at":"2026-11-01T12:00:00.000007Z"}' % SCHEMA
    )


def test_the_digest_of_scenarios_is_that_of_their_json():
    """Which is written record by record; a record that scenarios share is written once."""
    snapshot = read_snapshot(ACCOUNTS / "three-tier.json")
    scenario = evolve(snapshot, records=snapshot.records[:1], scenario=(("IsLarge", "true"),))
    several = evolve(snapshot, alternatives=(scenario, evolve(snapshot, records=())))
    digest = hashlib.sha256(to_bytes(several.to_json())).hexdigest()
    assert several.digest == f"sha256:{digest}"
