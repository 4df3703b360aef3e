"""Answers that are denied, cut or wrong: never a traceback, and never a pass from a fault."""

from __future__ import annotations

import contextlib
import json
import random
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest
from botocore import xform_name

from cloudpack_baseline import Baseline, assess
from cloudpack_baseline.checks import check_of
from cloudpack_baseline.errors import CloudpackError
from cloudpack_baseline.model.catalogue import record_class
from cloudpack_baseline.model.read import merged
from cloudpack_baseline.sources import SourceAccount, parse_source
from cloudpack_baseline.sources.gathering import operations_of
from cloudpack_baseline.whitepaper import controls
from hostile.spoil import spoiled
from support import ACCOUNT, REGION

HERE = Path(__file__).parent
ANSWERS = json.loads((HERE / "answers.json").read_text("utf-8"))
ACCOUNTS = HERE.parent / "model" / "golden" / "accounts"
BASELINE = Baseline.load(ACCOUNTS / "cloudpack-baseline.toml")
DENIED = {"Error": {"Code": "AccessDenied"}}


def file_stem(operation):
    service, _, name = operation.partition(":")
    return f"{'s3api' if service == 's3' else service}.{xform_name(name, '-')}"


def stem_of(name):
    return name.rpartition("/")[2].partition("@")[0].removesuffix(".json")


NAMES = defaultdict(list)
for _name in ANSWERS:
    NAMES[stem_of(_name)].append(_name)
READERS = defaultdict(set)
for _control in controls():
    for _operation in operations_of(check_of(_control).reads):
        READERS[file_stem(_operation)].add(_control)
OPERATIONS = sorted(set(NAMES) & set(READERS) - {"sts.get-caller-identity"})


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The recorded answers, in files."""
    folder = tmp_path_factory.mktemp("answers")
    for name, answer in ANSWERS.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(answer), encoding="utf-8")
    return folder


@pytest.fixture
def spoil(folder):
    """Writes other bytes into files, until the test ends."""
    names = []

    def spoil(name, data):
        names.append(name)
        (folder / name).write_bytes(data)

    yield spoil
    for name in names:
        (folder / name).write_text(json.dumps(ANSWERS[name]), encoding="utf-8")


def judged(folder, chosen):
    """The outcome of each finding of the controls, by control and resource."""
    wanted = merged(read for control in chosen for read in check_of(control).reads)
    account = SourceAccount(id=ACCOUNT, regions=(REGION,))
    with parse_source(f"describe:{folder}").open([account]) as opened:
        snapshot = opened.gather(wanted)
    assessment = assess(snapshot, BASELINE, controls=sorted(chosen))
    repr(assessment)
    return {
        (finding.control, finding.resource.key): str(finding.outcome)
        for finding in assessment.findings
    }


@cache
def as_recorded(folder):
    return judged(folder, tuple(controls()))


def new_passes(before, after):
    """Findings that pass now, though they failed, were unknown, or were not there.

    A resource may be judged otherwise where what belongs to it is not known, as long as its
    control says that something is not known.
    """
    doubtful = {control for (control, _), outcome in after.items() if outcome != "pass"}
    return {
        key
        for key, outcome in after.items()
        if outcome == "pass"
        and (
            before.get(key) in ("fail", "unknown") or (key not in before and key[0] not in doubtful)
        )
    }


def test_the_account_gives_every_outcome(folder):
    assert set(as_recorded(folder).values()) >= {"pass", "fail", "unknown", "not applicable"}


@pytest.mark.parametrize("stem", OPERATIONS)
def test_a_denied_call_makes_nothing_pass_and_is_not_passed_over(folder, spoil, stem):
    """A control whose own subjects could not be listed has a finding that says so."""
    for name in NAMES[stem]:
        spoil(name, json.dumps(DENIED).encode())
    outcomes = judged(folder, READERS[stem])
    assert new_passes(as_recorded(folder), outcomes) == set()
    for control in READERS[stem]:
        listings = {
            file_stem(operation)
            for kind in map(record_class, check_of(control).subjects)
            if kind.api is not None
            for operation in kind.api.operations
        }
        if stem in listings:
            own = [outcome for (name, _), outcome in outcomes.items() if name == control]
            assert {"unknown", "fail", "not applicable"} & set(own), control


@pytest.mark.parametrize("seed", range(12))
def test_a_faulty_answer_ends_nothing(folder, spoil, seed):
    dice = random.Random(seed)  # noqa: S311 - dice
    stem = OPERATIONS[seed * 7 % len(OPERATIONS)]
    for _ in range(6):
        name = dice.choice(NAMES[stem])
        spoil(name, json.dumps(spoiled(dice, ANSWERS[name])).encode())
        with contextlib.suppress(CloudpackError):
            judged(folder, READERS[stem])
        stem = dice.choice(OPERATIONS)


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"\xff\xfe", b"[" * 9000, b"[]", b"7", b"null", b'{"NextToken": "more"}', b"{}"],
    ids=lambda data: repr(data[:12]),
)
@pytest.mark.parametrize("stem", OPERATIONS[::9])
def test_half_an_answer_makes_nothing_pass(folder, spoil, stem, data):
    for name in NAMES[stem]:
        spoil(name, data)
    outcomes = {}
    with contextlib.suppress(CloudpackError):
        outcomes = judged(folder, READERS[stem])
    assert new_passes(as_recorded(folder), outcomes) == set()
