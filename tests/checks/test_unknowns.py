"""Every unknown names the call that would decide it, and the IAM action where that is missing."""

from pathlib import Path

import pytest
from attrs import evolve

from cloudpack_baseline import Baseline, Outcome, assess
from cloudpack_baseline.checks import entry_of
from cloudpack_baseline.model.catalogue import record_class
from cloudpack_baseline.model.described import descriptions
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.sources.gatherers import gatherer_of
from cloudpack_baseline.sources.operations import operation
from cloudpack_baseline.sources.recording import read_snapshot
from cloudpack_baseline.whitepaper import controls

pytestmark = pytest.mark.lengthy

ACCOUNTS = Path(__file__).parents[1] / "model" / "golden" / "accounts"
BASELINE = Baseline.load(ACCOUNTS / "cloudpack-baseline.toml")
RECORDED = read_snapshot(ACCOUNTS / "three-tier.json")
KINDS = [
    pytest.param(id_, kind, id=f"{id_}-{kind}")
    for id_ in controls()
    for kind in entry_of(id_).reads
    if RECORDED.covered(kind, RECORDED.accounts[0].id)
]


def refused(key):
    actions = operation(key).actions
    return Unknown.because(Why.DENIED, operation=key, code="AccessDenied", actions=actions)


def unknowns(id_, snapshot):
    """The unknown observations, by the resource and their words."""
    return {
        (finding.resource.key, observation.message): observation
        for finding in assess(snapshot, BASELINE, controls=[id_]).findings
        for observation in finding.observations
        if observation.outcome is Outcome.UNKNOWN
    }


def new_unknowns(id_, snapshot):
    already = unknowns(id_, RECORDED)
    return [
        observation for key, observation in unknowns(id_, snapshot).items() if key not in already
    ]


def without(kind):
    records = tuple(record for record in RECORDED.records if type(record).__name__ != kind)
    return evolve(RECORDED, records=records)


@pytest.mark.parametrize(("id_", "kind"), KINDS)
def test_a_listing_that_was_denied_is_named_with_its_action(id_, kind):
    key = gatherer_of(record_class(kind)).operations[0]
    coverage = tuple(
        evolve(each, unknown=refused(key)) if each.kind == kind else each
        for each in RECORDED.coverage
    )
    for observation in new_unknowns(id_, evolve(without(kind), coverage=coverage)):
        named = {(cause.operation, cause.actions) for cause in observation.causes}
        assert (key, operation(key).actions) in named, observation.message.in_language("en")


@pytest.mark.parametrize(("id_", "kind"), KINDS)
def test_a_further_call_that_was_denied_is_named_with_its_action(id_, kind):
    fields = entry_of(id_).reads[kind]
    for name, description in descriptions(record_class(kind)).items():
        if not description.operation or not (name in fields or description.always_read):
            continue
        records = tuple(
            evolve(record, **{name: refused(description.operation)})
            if type(record).__name__ == kind
            else record
            for record in RECORDED.records
        )
        for observation in new_unknowns(id_, evolve(RECORDED, records=records)):
            named = {cause.operation for cause in observation.causes if cause.actions}
            assert description.operation in named, observation.message.in_language("en")


@pytest.mark.parametrize(("id_", "kind"), KINDS)
def test_a_record_that_a_listing_lacks_is_named_with_the_listing(id_, kind):
    for observation in new_unknowns(id_, without(kind)):
        named = [cause.operation for cause in observation.causes]
        assert any(named), observation.message.in_language("en")
