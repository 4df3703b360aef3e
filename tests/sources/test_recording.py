"""Snapshot files: the same bytes, a digest that is checked, clear words for what is wrong."""

from __future__ import annotations

import gzip
import json

import pytest
from attrs import evolve

from cloudpack_baseline.errors import SnapshotError, WrongAccountError
from cloudpack_baseline.model.codec import to_bytes
from cloudpack_baseline.model.iam import AccountSummary
from cloudpack_baseline.model.s3 import Bucket
from cloudpack_baseline.model.snapshot import (
    COMPATIBLE_SCHEMA,
    SCHEMA,
    AccountScope,
    Coverage,
    Snapshot,
)
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.sources import SourceAccount, parse_source, recording
from cloudpack_baseline.sources.gathering import merge
from cloudpack_baseline.sources.recording import read_snapshot, write_snapshot
from support import ACCOUNT, NOW, denied

SNAPSHOT = Snapshot(
    taken_at=NOW,
    source="aws",
    accounts=(AccountScope(id=ACCOUNT, name="production", regions=("ap-northeast-1",)),),
    records=(
        AccountSummary(arn=f"arn:aws:iam::{ACCOUNT}:root", account=ACCOUNT, mfa_enabled=True),
        Bucket(arn="arn:aws:s3:::b", account=ACCOUNT, name="b", policy=denied(), owner="私"),
    ),
    coverage=(
        Coverage(kind="Bucket", account=ACCOUNT, fields=("policy",)),
        Coverage(kind="AccountSummary", account=ACCOUNT, unknown=Unknown.because(Why.FAILED)),
    ),
    assumptions=("vpc-block-public-access-off",),
)


@pytest.mark.parametrize("name", ["it.json", "it.json.gz"])
def test_what_is_written_is_read(tmp_path, name):
    write_snapshot(SNAPSHOT, tmp_path / name)
    assert read_snapshot(tmp_path / name) == SNAPSHOT
    assert read_snapshot(str(tmp_path / name)).digest == SNAPSHOT.digest


@pytest.mark.parametrize("name", ["it.json", "it.json.gz"])
def test_the_same_snapshot_gives_the_same_bytes(tmp_path, name, monkeypatch):
    write_snapshot(SNAPSHOT, tmp_path / name)
    first = (tmp_path / name).read_bytes()
    monkeypatch.setattr("time.time", lambda: 5.0)
    write_snapshot(read_snapshot(tmp_path / name), tmp_path / name)
    assert (tmp_path / name).read_bytes() == first


def test_packing_does_not_change_the_digest(tmp_path):
    write_snapshot(SNAPSHOT, tmp_path / "it.json.gz")
    document = json.loads(gzip.decompress((tmp_path / "it.json.gz").read_bytes()))
    assert document["digest"] == SNAPSHOT.digest
    assert document["snapshot"]["records"]["Bucket"][0]["owner"] == "私"


def test_packed_data_is_known_by_its_content(tmp_path):
    write_snapshot(SNAPSHOT, tmp_path / "it.json.gz")
    (tmp_path / "it.json.gz").rename(tmp_path / "it")
    assert read_snapshot(tmp_path / "it") == SNAPSHOT


def signed(value):
    held = evolve(SNAPSHOT).to_json() | value
    digest = f"sha256:{recording.hashlib.sha256(to_bytes(held)).hexdigest()}"
    return {"digest": digest, "snapshot": held}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "broken JSON"),
        ("[" * 100_000, "broken JSON"),
        ("[]", "not a snapshot file"),
        ('{"snapshot": {}}', "not a snapshot file"),
        (json.dumps({"digest": "", "snapshot": []}), "snapshot.schema: expected a number"),
        (json.dumps({"digest": "", "snapshot": {"schema": "1"}}), "snapshot.schema: expected"),
        (json.dumps({"digest": "", "snapshot": {"schema": True}}), "snapshot.schema: expected"),
        (json.dumps({"digest": "", "snapshot": {"schema": 0}}), "snapshot.schema: expected"),
        (
            json.dumps(signed({"schema": SCHEMA + 1})),
            (
                f"snapshot.schema: schema {SCHEMA + 1} is later than {SCHEMA}, the latest that "
                "this version reads; install a version of cloudpack-baseline that reads "
                f"schema {SCHEMA + 1}"
            ),
        ),
        (json.dumps(signed({}) | {"digest": "sha256:0"}), "was changed since it was recorded"),
        (json.dumps(signed({"source": 7})), "snapshot.source: expected str, got int"),
        (json.dumps(signed({"more": 7})), "snapshot: a snapshot has no 'more'"),
        (
            json.dumps(signed({"records": {"Bucket": [{"arn": "a"}]}})),
            "snapshot.records.Bucket[0]: Bucket",
        ),
        (json.dumps(signed({"records": {"Boat": []}})), "snapshot.records: no such kind"),
        (
            json.dumps(signed({"taken_at": "2026-11-01T00:00:00"})),
            "snapshot.taken_at: a time without zone",
        ),
    ],
)
def test_what_is_wrong_is_told_with_file_and_key(tmp_path, text, message):
    path = tmp_path / "it.json"
    path.write_text(text, "utf-8")
    with pytest.raises(SnapshotError) as caught:
        read_snapshot(path)
    (problem,) = caught.value.problems
    assert str(problem).startswith(f"{path}: ")
    assert message in str(problem)


def test_an_edit_is_noticed(tmp_path):
    path = tmp_path / "it.json"
    write_snapshot(SNAPSHOT, path)
    path.write_text(path.read_text("utf-8").replace('"production"', '"testing"'), "utf-8")
    with pytest.raises(SnapshotError, match="was changed"):
        read_snapshot(path)


def test_files_that_cannot_be_opened(tmp_path):
    with pytest.raises(SnapshotError, match="cannot be read: No such file"):
        read_snapshot(tmp_path / "none.json")
    with pytest.raises(SnapshotError, match="cannot be written"):
        write_snapshot(SNAPSHOT, tmp_path / "none" / "it.json")
    (tmp_path / "half.gz").write_bytes(gzip.compress(b"{}")[:-6])
    with pytest.raises(SnapshotError, match="broken gzip data"):
        read_snapshot(tmp_path / "half.gz")


def test_what_could_act_on_a_terminal_is_escaped_in_the_file(tmp_path):
    odd = "a\u009b31m\u202e\u2028é値\x7f"
    snapshot = evolve(SNAPSHOT, accounts=(AccountScope(id=ACCOUNT, name=odd),))
    write_snapshot(snapshot, tmp_path / "it.json")
    text = (tmp_path / "it.json").read_text("utf-8")
    assert all(one.isprintable() or one == "\n" for one in text)
    assert "é値" in text
    assert read_snapshot(tmp_path / "it.json") == snapshot


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+09:00", "9999-12-31T23:59:59-09:00"])
def test_a_time_out_of_range(tmp_path, moment):
    value = signed(SNAPSHOT.to_json() | {"taken_at": moment})
    (tmp_path / "it.json").write_text(json.dumps(value))
    with pytest.raises(SnapshotError, match="a time out of range"):
        read_snapshot(tmp_path / "it.json")


def rewritten(path, value):
    """A file with the value, under its digest, which is returned."""
    digest = f"sha256:{recording.hashlib.sha256(to_bytes(value)).hexdigest()}"
    path.write_bytes(to_bytes({"digest": digest, "snapshot": value}))
    return digest


def test_older_schemas_are_migrated(tmp_path, monkeypatch):
    older = SNAPSHOT.to_json() | {"schema": SCHEMA}
    older["origin"] = older.pop("source")
    digest = rewritten(tmp_path / "it.json", older)

    def renamed(value):
        return {"source": value.pop("origin"), **value, "schema": SCHEMA + 1}

    monkeypatch.setattr(recording, "SCHEMA", SCHEMA + 1)
    monkeypatch.setattr(recording, "COMPATIBLE_SCHEMA", SCHEMA + 1)
    monkeypatch.setattr(recording, "MIGRATIONS", {SCHEMA: renamed})
    snapshot = read_snapshot(tmp_path / "it.json")
    assert snapshot == evolve(SNAPSHOT, schema=SCHEMA + 1)
    assert snapshot.evidence == (digest,)
    assert snapshot.digest != digest


def test_every_older_schema_has_its_step():
    assert set(recording.MIGRATIONS) == set(range(1, COMPATIBLE_SCHEMA))


@pytest.mark.parametrize("schema", range(COMPATIBLE_SCHEMA, SCHEMA + 1))
def test_a_compatible_schema_keeps_its_digest(tmp_path, schema):
    digest = rewritten(tmp_path / "it.json", evolve(SNAPSHOT, schema=schema).to_json())
    snapshot = read_snapshot(tmp_path / "it.json")
    assert (snapshot.schema, snapshot.digest, snapshot.evidence) == (schema, digest, (digest,))


def test_a_snapshot_says_which_version_gathered_it(tmp_path):
    gathered = evolve(SNAPSHOT, generator="cloudpack-baseline 1.2.3")
    assert gathered.digest != SNAPSHOT.digest
    write_snapshot(gathered, tmp_path / "it.json")
    assert read_snapshot(tmp_path / "it.json").generator == "cloudpack-baseline 1.2.3"
    assert SNAPSHOT.evidence == (SNAPSHOT.digest,)


def test_a_merged_snapshot_rests_on_the_files_that_were_read(tmp_path):
    changed_snapshot = evolve(
        SNAPSHOT, accounts=(AccountScope(id="210987654321"),), generator="b 2"
    )
    parts = []
    for name, snapshot in (
        ("a.json", evolve(SNAPSHOT, generator="a 1")),
        ("b.json", changed_snapshot),
    ):
        write_snapshot(snapshot, tmp_path / name)
        parts.append(read_snapshot(tmp_path / name))
    merged = merge(parts)
    assert merged.evidence == (parts[0].digest, parts[1].digest)
    assert merged.digest not in merged.evidence
    assert merged.generator == "a 1, b 2"


def test_the_source_gives_the_file_and_knows_its_accounts(tmp_path):
    path = tmp_path / "it.json"
    write_snapshot(SNAPSHOT, path)
    source = parse_source(f"snapshot:{path}")
    with source.open([SourceAccount(id=ACCOUNT)]) as opened:
        assert opened.gather([]) == SNAPSHOT
    with source.open() as opened:
        assert opened.gather([]) == SNAPSHOT
    with (
        pytest.raises(WrongAccountError, match="contains account 123456789012, not the declared"),
        source.open([SourceAccount(id="210987654321")]),
    ):
        pass
