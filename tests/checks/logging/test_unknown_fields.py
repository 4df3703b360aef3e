"""What is not known never decides: a field that becomes unknown leaves the outcome, or unknown."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

import attrs
import pytest

from cloudpack_baseline import assess
from cloudpack_baseline.checks import check_of
from cloudpack_baseline.model.reading import is_field
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources.recording import read_snapshot
from cloudpack_baseline.testing import records
from support import denied, world

GOLDEN = Path(__file__).parents[2] / "model" / "golden" / "schema-2"
CONTROLS = (
    "cloudtrail-enabled",
    "cloudtrail-log-bucket",
    "cloudtrail-retention",
    "cloudwatch-alarms",
    "config-recorder",
    "findings-routed",
    "log-retention",
    "server-access-paths",
    "session-recording",
)
WORLDS, FIELDS = 12, 6


@cache
def forms(kind):
    """Records of the kind in every form that its annotations admit."""
    paths = sorted(GOLDEN.glob(f"{kind}.*json"))
    return [record for path in paths for record in read_snapshot(path).records]


def placed(record, index, number):
    kind = type(record).__name__
    arn = f"arn:aws:x:{records.REGION}:{records.ACCOUNT}:{kind}/{index}"
    name = ("logs", "sessions")[number % 2]
    return attrs.evolve(record, account=records.ACCOUNT, region=records.REGION, arn=arn, name=name)


def outcomes(control, entries):
    findings = assess(world(control, *entries), controls=[control]).findings
    return {finding.id: finding.outcome.value for finding in findings}


@pytest.mark.lengthy
@pytest.mark.parametrize("control", CONTROLS)
def test_a_field_that_becomes_unknown(control):
    chance = random.Random(control)  # noqa: S311 - dice for test data
    kinds = [read.kind.__name__ for read in check_of(control).reads]
    for _ in range(WORLDS):
        entries = [
            placed(chance.choice(forms(kind)), index, chance.randrange(2))
            for kind in kinds
            for index in range(chance.randrange(3))
        ]
        before = outcomes(control, entries)
        fields = [
            (place, field.name)
            for place, entry in enumerate(entries)
            for field in attrs.fields(type(entry))
            if not field.inherited
            and is_field(type(entry), field.name)
            and not isinstance(getattr(entry, field.name), Unknown)
        ]
        for place, name in chance.sample(fields, min(FIELDS, len(fields))):
            unread = attrs.evolve(entries[place], **{name: denied()})
            after = outcomes(control, [*entries[:place], unread, *entries[place + 1 :]])
            both = before.keys() & after.keys()
            changed = {id_: after[id_] for id_ in both if after[id_] != before[id_]}
            assert set(changed.values()) <= {"unknown"}, (name, entries[place])
