"""A broken snapshot is refused by its key, or judged: never a traceback."""

from __future__ import annotations

import hashlib
import json
import random
from pathlib import Path

import pytest

from cloudpack_baseline import Baseline, assess
from cloudpack_baseline.errors import SnapshotError
from cloudpack_baseline.model.codec import to_bytes
from cloudpack_baseline.sources.recording import read_snapshot
from hostile.spoil import spoiled
from model import golden_snapshots

ACCOUNTS = Path(golden_snapshots.__file__).parent / "golden" / "accounts"
BASELINE = Baseline.load(ACCOUNTS / "cloudpack-baseline.toml")
WHOLE = [
    json.loads((ACCOUNTS / f"{name}.json").read_bytes())["snapshot"]
    for name in ("three-tier", "three-tier-broken")
]
KINDS = [
    json.loads(path.read_bytes())["snapshot"]
    for path in golden_snapshots.stored(golden_snapshots.SCHEMA)
]


def signed(snapshot):
    """The file with a digest that is right, as a tool might write it."""
    digest = f"sha256:{hashlib.sha256(to_bytes(snapshot)).hexdigest()}"
    return to_bytes({"digest": digest, "snapshot": snapshot})


def judged(path):
    """All that is said of the snapshot, or why it is refused."""
    try:
        snapshot = read_snapshot(path)
    except SnapshotError as error:
        return str(error)
    assessment = assess(snapshot, BASELINE)
    words = [
        observation.message.in_language(language)
        for finding in assessment.findings
        for observation in finding.observations
        for language in ("ja", "en")
    ]
    return f"{assessment!r} {words}"


@pytest.mark.parametrize("seed", range(12))
def test_whatever_it_holds(tmp_path, seed):
    dice = random.Random(seed)  # noqa: S311 - dice
    for _ in range(25):
        snapshot = spoiled(dice, dice.choice([*WHOLE * 20, *KINDS]))
        path = tmp_path / "snapshot.json"
        path.write_bytes(signed(snapshot))
        words = judged(path)
        assert words.isprintable() or "\n" in words


@pytest.mark.parametrize("seed", range(4))
def test_whatever_its_bytes_are(tmp_path, seed):
    dice = random.Random(seed)  # noqa: S311 - dice
    whole = signed(WHOLE[0])
    path = tmp_path / "snapshot.json"
    for _ in range(20):
        start, length = dice.randrange(len(whole)), dice.randrange(2000)
        inserted = dice.choice([b"", b"\0", b"\xff", b"[" * 9000, b"1e999", b"NaN", b'"a":1,'])
        path.write_bytes(whole[:start] + inserted + whole[start + length :])
        if path.read_bytes() != whole:
            with pytest.raises(SnapshotError):
                read_snapshot(path)
