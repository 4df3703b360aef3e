"""Each operation denied in turn, for all controls at once: what a finding says, and no pass by it.

The answers are those that moto gives about an example without faults and about the example with
faults, to which is added what lets every operation be asked (`everything`), played back by the
live gatherers.
"""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path

import boto3
import pytest
from attrs import evolve
from moto import mock_aws

import everything
from cloudpack_baseline import Outcome, assess
from cloudpack_baseline.baseline import Baseline, Scope
from cloudpack_baseline.judging import reads_of
from cloudpack_baseline.sources.aws import gather_account
from cloudpack_baseline.sources.calls import CallError, Calls
from cloudpack_baseline.sources.gathering import gather_with, operations_of
from cloudpack_baseline.sources.mock import Mock
from cloudpack_baseline.sources.operations import operation
from cloudpack_baseline.texts import LANGUAGES
from cloudpack_baseline.whitepaper import select
from support import ACCOUNT, REGION

FOLDER = Path(__file__).parents[1] / "examples"
EVERYTHING = "everything"
EXAMPLES = {
    "three-tier": "three-tier",
    EVERYTHING: "three-tier-broken",
}
"""The folder of the example that each account is built from."""
CONTROLS = select()
READS = reads_of(CONTROLS)
OPERATIONS = sorted(operations_of(READS) - {"sts:GetCallerIdentity", "ec2:DescribeRegions"})
TOUCHED = {control.id: operations_of(Mock().reads(reads_of([control]))) for control in CONTROLS}
"""By control, the operations that its check needs."""
FINE = {Outcome.NOT_APPLICABLE, Outcome.PASS}


class Recorder:
    """A transport that keeps what the inner one answers."""

    def __init__(self, inner, answers):
        self.inner, self.answers = inner, answers

    def pages(self, api_operation, region, parameters):
        key = (api_operation.id, region, repr(sorted(parameters.items())))
        pages = self.answers.setdefault(key, [])
        try:
            for page in self.inner.pages(api_operation, region, parameters):
                pages.append(page)
                yield page
        except CallError as error:
            pages.append(error)
            raise

    def release(self, client, region):
        self.inner.release(client, region)

    @property
    def assumptions(self):
        return self.inner.assumptions


class Replay:
    """Plays the answers back; one operation is denied."""

    assumptions = frozenset()

    def __init__(self, answers, denied="", fault="AccessDenied"):
        self.answers, self.denied, self.fault = answers, denied, fault

    def pages(self, api_operation, region, parameters):
        if self.denied in (api_operation.id, api_operation.client):
            yield from self.spoiled(api_operation, region, parameters)
            return
        key = (api_operation.id, region, repr(sorted(parameters.items())))
        for page in self.answers[key] if key in self.answers else [UNASKED[api_operation.id]]:
            if isinstance(page, CallError):
                raise CallError(page.code, page.detail)
            yield page

    def spoiled(self, api_operation, region, parameters):
        """The answer with the fault: an error code, or what a page becomes."""
        if self.fault not in SPOILED:
            raise CallError(self.fault)
        for page in self.answers[api_operation.id, region, repr(sorted(parameters.items()))]:
            if isinstance(page, CallError):
                raise CallError(page.code, page.detail)
            yield SPOILED[self.fault](page)
            if self.fault == SECOND_PAGE:
                raise CallError("AccessDenied")

    def release(self, client, region):
        pass


UNASKED = {
    "iam:ListMFADevices": {"MFADevices": []},
    "s3:GetBucketAcl": {"Owner": {"ID": "owner"}, "Grants": []},
    "s3:GetBucketReplication": CallError("ReplicationConfigurationNotFoundError"),
}
"""Answers to what is asked only if another answer is missing."""

SECOND_PAGE = "denied on the second page"


def first_page(answer):
    """Half of what each list contains."""
    return {
        name: value[: len(value) // 2] if isinstance(value, list) else value
        for name, value in answer.items()
    }


SPOILED = {
    SECOND_PAGE: first_page,
    "nothing": lambda _: {},
    "no next page": lambda page: {**page, "IsTruncated": True},
    "nulls": dict.fromkeys,
    "other types": lambda page: dict.fromkeys(page, "x"),
}
"""What becomes of each page of an answer."""


def infrastructure(example):
    path = FOLDER / example / "infrastructure.py"
    spec = importlib.util.spec_from_file_location(f"infrastructure_{example}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def recorded(example):
    answers = {}

    class Recording(Mock):
        def over(self, transport, caller):
            return Recorder(super().over(transport, caller), answers)

    facts = {"iam:GetAccountSummary": everything.FACTS["iam:GetAccountSummary"]}
    with mock_aws():
        session = boto3.Session(region_name=REGION)
        infrastructure(EXAMPLES[example]).build(session)
        everything.build(session)
        if example == EVERYTHING:
            everything.build_rest(session)
            facts = everything.facts(session)
        recording = Recording({ACCOUNT: facts})
        gather_account(session, READS, regions=[REGION], workers=1, via=recording)
    return answers


def judged(example, denied="", fault="AccessDenied", controls=()):
    """The findings of the controls; by default of all."""
    calls = Calls(
        transport=Replay(recorded(example), denied, fault),
        account=ACCOUNT,
        partition="aws",
        region=REGION,
    )
    snapshot = gather_with(
        calls,
        Mock().reads(reads_of(select(controls or None))),
        source="aws",
        regions=(REGION,),
        clock=lambda: everything.NOW,
        workers=1,
    )
    completed = Mock().completed(snapshot)
    return assess(completed, baseline_of(example), controls=controls or None).findings


@cache
def baseline_of(example):
    """The baseline of the example, for all controls and with options that make them apply."""
    baseline = Baseline.load(FOLDER / EXAMPLES[example] / "cloudpack-baseline.toml")
    options = everything.OPTIONS if example == EVERYTHING else {}
    return evolve(baseline, scope=Scope(), controls={**baseline.controls, **options})


@cache
def judged_in_full(example):
    return judged(example)


@cache
def in_full(example):
    return {finding.id: finding.outcome for finding in judged_in_full(example)}


def of_controls(example, chosen):
    """The outcomes of the controls before anything was denied."""
    outcomes = in_full(example)
    return {id_: outcomes[id_] for id_ in outcomes if id_.partition(":")[0] in chosen}


def unknowns(findings):
    for finding in findings:
        for observation in finding.observations:
            if observation.outcome is Outcome.UNKNOWN:
                yield finding, observation


@pytest.mark.parametrize("key", OPERATIONS)
@pytest.mark.parametrize("example", EXAMPLES)
def test_a_denied_operation(example, key):
    # That the other controls stay as they are is asked of each service as a whole.
    touched = [id_ for id_, keys in TOUCHED.items() if key in keys]
    findings = judged(example, key, controls=touched)
    full = of_controls(example, touched)
    for finding in findings:
        before = full.get(finding.id)
        # Less evidence never excuses: what failed or was unknown does not pass.
        assert not (before in {Outcome.FAIL, Outcome.UNKNOWN} and finding.outcome in FINE), (
            f"{finding.id}: {before} became {finding.outcome}"
        )
    lost = {id_ for id_, outcome in full.items() if outcome is Outcome.FAIL} - {
        finding.id for finding in findings
    }
    controls = {finding.control for finding in findings if finding.outcome is Outcome.UNKNOWN}
    assert {id_.partition(":")[0] for id_ in lost} <= controls
    known = {(finding.id, str(each.message)) for finding, each in unknowns(judged_in_full(example))}
    for finding, observation in unknowns(findings):
        if (finding.id, str(observation.message)) in known:
            continue
        for language in LANGUAGES:
            words = observation.message.in_language(language)
            for name in (key, *operation(key).actions):
                assert name in words, f"{finding.id}: {words}"


def assert_nothing_is_excused(full, findings, touched):
    """No pass and no silence by a fault, and no change of what does not read the answer."""
    outcomes = {finding.id: finding.outcome for finding in findings}
    unread = {
        id_.partition(":")[0] for id_, outcome in outcomes.items() if outcome is Outcome.UNKNOWN
    }
    for id_, before in full.items():
        outcome, control = outcomes.get(id_), id_.partition(":")[0]
        assert not (before in {Outcome.FAIL, Outcome.UNKNOWN} and outcome in FINE), id_
        assert outcome is not None or before is Outcome.NOT_APPLICABLE or control in unread, id_
        assert outcome is before or control in touched, id_


SERVICES = sorted({key.partition(":")[0] for key in OPERATIONS})


def touched_by(service):
    """The controls that ask anything of the service."""
    return [
        id_
        for id_, keys in TOUCHED.items()
        if any(key.partition(":")[0] == service for key in keys)
    ]


@pytest.mark.parametrize("service", SERVICES)
def test_a_denied_service(service):
    findings = judged(EVERYTHING, service)
    assert_nothing_is_excused(in_full(EVERYTHING), findings, touched_by(service))


FAULTS = [*SPOILED, "ReadTimeoutError", "OptInRequired"]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("service", SERVICES)
def test_a_service_that_answers_badly(service, fault):
    touched = touched_by(service)
    findings = judged(EVERYTHING, service, fault, controls=touched)
    assert_nothing_is_excused(of_controls(EVERYTHING, touched), findings, touched)


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_accounts_are_read(example):
    """Else nothing above would be tested."""
    assert set(in_full(example).values()) >= {Outcome.PASS}
    asked = {key for key, _, _ in recorded(example)}
    assert len(asked) > 200


def test_every_operation_is_asked():
    assert {key for key, _, _ in recorded(EVERYTHING)} >= set(OPERATIONS)


def test_every_control_is_judged():
    """All but the one that compares with an earlier snapshot."""
    idle = {control.id for control in CONTROLS if control.id in TOUCHED} - {
        id_.partition(":")[0]
        for id_, outcome in in_full(EVERYTHING).items()
        if outcome is not Outcome.NOT_APPLICABLE
    }
    assert idle == {"security-drift"}
