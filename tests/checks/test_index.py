"""The index of the checks, and that only what is needed is loaded."""

import attrs
import pytest
from attrs import evolve

from cloudpack_baseline import Baseline, InputError, Outcome
from cloudpack_baseline.checks import AccountView, CheckEntry, check_of, entry_of
from cloudpack_baseline.model.iam import AccountSummary
from cloudpack_baseline.model.read import merged
from cloudpack_baseline.whitepaper import controls
from processes import run_python
from support import ACCOUNT, NOW, world

ROOT_USER = AccountSummary(
    arn=f"arn:aws:iam::{ACCOUNT}:root",
    account=ACCOUNT,
    mfa_enabled=True,
    password_present=True,
    access_keys_present=False,
    signing_certificates_present=False,
)

JUDGE_EVERYTHING = """
from datetime import UTC, datetime
from cloudpack_baseline import Snapshot, assess
from cloudpack_baseline.model.iam import AccountSummary
from cloudpack_baseline.model.snapshot import AccountScope
root = AccountSummary(
    arn="arn:aws:iam::123456789012:root",
    account="123456789012",
    mfa_enabled=True,
    password_present=True,
    access_keys_present=False,
    signing_certificates_present=False,
)
snapshot = Snapshot(
    taken_at=datetime.now(UTC),
    source="aws",
    accounts=(AccountScope(id="123456789012"),),
    records=(root,),
)
assert assess(snapshot).judged
import sys
print(*sys.modules)
"""


def view_of(id_, *records, baseline=None) -> AccountView:
    snapshot = world(id_, *records)
    return AccountView(
        control=id_,
        snapshot=snapshot,
        account=snapshot.accounts[0],
        baseline=baseline or Baseline(),
        as_of=NOW,
    )


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    """What a fresh interpreter holds once every control was judged over one record."""
    return set(run_python("-c", JUDGE_EVERYTHING).stdout.split())


@pytest.mark.parametrize("id_", list(controls()))
def test_the_index_says_what_the_check_says(id_):
    entry, check = entry_of(id_), check_of(id_)
    assert entry.to_gather() == merged(check.reads)
    of_check = CheckEntry.of(check)
    assert evolve(entry, name="", fields={}, reads=of_check.reads) == of_check
    assert {finding.control for finding in check.judge(view_of(id_))} <= {id_}
    assert entry.name.rpartition(".")[2] == id_.replace("-", "_")
    assert entry.name.partition(".")[0] == controls()[id_].theme


@pytest.mark.parametrize("id_", list(controls()))
def test_every_check_reads_what_exists(id_):
    for read in check_of(id_).reads:
        assert read.fields <= attrs.fields_dict(read.kind).keys()


@pytest.mark.parametrize("id_", list(controls()))
def test_every_check_documents_its_evidence(id_):
    evidence = check_of(id_).evidence
    assert evidence
    assert controls()[id_].title["en"] not in evidence


@pytest.mark.parametrize("id_", list(controls()))
def test_only_a_check_that_applies_has_findings(id_):
    view = view_of(id_)
    outcomes = {finding.outcome for finding in check_of(id_).judge(view)}
    assert outcomes <= {Outcome.NOT_APPLICABLE} or entry_of(id_).applies_to(view)


def test_before_deployment_only_what_has_subjects_is_judged():
    entries = [entry_of(control) for control in controls()]
    assert [entry.name for entry in entries if entry.planned and not entry.subjects] == []


def test_a_check_applies_where_its_subject_is():
    assert entry_of("root-mfa").applies_to(view_of("root-mfa", ROOT_USER))
    assert not entry_of("root-mfa").applies_to(view_of("root-mfa"))
    elsewhere = evolve(ROOT_USER, account="210987654321")
    assert not entry_of("root-mfa").applies_to(view_of("root-mfa", elsewhere))


def test_what_is_declared_can_be_missing():
    entry = entry_of("segmentation")
    assert not entry.applies_to(view_of("segmentation"))
    declared = Baseline.from_mapping({"segments": [{"name": "web", "subnets": ["subnet-1"]}]})
    assert entry.applies_to(view_of("segmentation", baseline=declared))


def test_there_is_no_other():
    with pytest.raises(InputError, match="no control 'root-mfaa'"):
        entry_of("root-mfaa")


def test_a_module_is_loaded_only_where_its_subjects_occur(loaded):
    assert "cloudpack_baseline.checks.account.root_mfa" in loaded
    # guardduty, of logging, reports regions without a detector.
    rooms = ("network", "databases", "encryption", "identity", "sharing", "storage")
    assert loaded.isdisjoint(f"cloudpack_baseline.checks.{room}" for room in rooms)
    assert not any(
        name.startswith(("cloudpack_baseline.access", "cloudpack_baseline.reach"))
        for name in loaded
    )


def test_no_client_is_loaded_while_a_snapshot_is_judged(loaded):
    assert loaded.isdisjoint({"boto3", "botocore", "moto", "pytest", "yaml"})


def test_a_control_of_somebody_else_has_its_own_check():
    declared = controls()["root-mfa"]
    own = evolve(declared, id="own-mfa", check=check_of("root-mfa"))
    assert check_of(own) is check_of(declared)
    assert entry_of(own).reads == entry_of("root-mfa").reads
