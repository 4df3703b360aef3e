"""What a report has beside its findings: rows with evidence, waivers, attestations."""

import hashlib
from datetime import timedelta

import pytest
from attrs import evolve

from cloudpack_baseline import Baseline, assess, assess_period
from cloudpack_baseline.model.s3 import Bucket
from cloudpack_baseline.testing import records

BUCKETS = [
    records.record(Bucket, name, service="s3", versioning=versioning)
    for name, versioning in (("good", "Enabled"), ("bad", ""), ("waived", ""))
]
SNAPSHOT = records.snapshot(*BUCKETS)
DAY = SNAPSHOT.taken_at.date()


@pytest.fixture(scope="module")
def values(tmp_path_factory):
    """A report with a failure, a waiver, an attestation, a correction and an exclusion."""
    folder = tmp_path_factory.mktemp("baseline")
    (folder / "minutes.pdf").write_bytes(b"minutes")
    (folder / "cloudpack-baseline.toml").write_text(f"""
schema = 1
[scope]
exclude = [{{ clause = "5.1.3", reason = "no domains" }}]
[[waivers]]
control = "s3-versioning"
resource = "waived"
reason = "logs"
approved_by = "Sato"
approved_on = {DAY - timedelta(days=1)}
expires = {DAY + timedelta(days=20)}
ticket = "OPS-1"
[[attestations]]
promise = "4.1.1.committee"
evidence = "minutes.pdf"
attested_by = "Suzuki"
attested_on = {DAY}
[[controls.yearly-assessment.corrections]]
finding = "s3-versioning:*bad"
ticket = "OPS-2"
due = {DAY + timedelta(days=5)}
""")
    return assess(SNAPSHOT, Baseline.load(folder / "cloudpack-baseline.toml")).to_json()


def row(values, clause):
    """The row of the clause."""
    return next(entry for entry in values["rows"] if entry["clause"] == clause)


def test_the_report_names_accounts_exclusions_period_and_snapshots(values):
    audit = values["audit"]
    assert [account["id"] for account in audit["accounts"]] == [SNAPSHOT.accounts[0].id]
    assert audit["excluded"] == [{"clause": "5.1.3", "reason": "no domains"}]
    assert audit["period"] == {
        "starts": values["as_of"],
        "is_declared": False,
        "ends": values["as_of"],
        "gaps": [],
    }
    assert [snapshot["digest"] for snapshot in audit["snapshots"]] == [SNAPSHOT.digest]


def test_a_row_has_method_evidence_and_measures(values):
    best_practices = row(values, "2.2.2")
    assert "s3:GetBucketVersioning" in best_practices["operations"]
    assert "sts:GetCallerIdentity" not in best_practices["operations"]
    assert best_practices["snapshots"] == [SNAPSHOT.digest]
    measures = {measure["control"]: measure for measure in best_practices["measures"]}
    assert measures["s3-versioning"]["corrections"] == [
        {
            "ticket": "OPS-2",
            "due": (DAY + timedelta(days=5)).isoformat(),
            "corrected_on": None,
        }
    ]
    assert best_practices["population"]["resources"] >= len(BUCKETS)


def test_an_attested_row_names_its_attestation_and_no_snapshot(values):
    committee = row(values, "4.1.1")
    assert committee["attestations"] == ["4.1.1.committee"]
    assert committee["snapshots"] == committee["operations"] == []


def test_a_waiver_has_its_ticket_days_left_and_findings(values):
    (waiver,) = values["waivers"]
    assert (waiver["ticket"], waiver["days_left"], waiver["in_effect"]) == ("OPS-1", 20, True)
    assert waiver["findings"] == [f"s3-versioning:{BUCKETS[2].key}"]


def test_a_row_names_the_waivers_of_its_findings(values):
    (waiver,) = row(values, "2.2.2")["waivers"]
    assert (waiver["control"], waiver["ticket"]) == ("s3-versioning", "OPS-1")
    assert row(values, "5.1.2")["waivers"] == []


def test_an_attestation_has_the_digest_of_its_file_and_its_last_day(values):
    (attestation,) = values["attestations"]
    assert attestation["sha256"] == hashlib.sha256(b"minutes").hexdigest()
    assert attestation["clause"] == "4.1.1"
    assert attestation["days_left"] > 0
    assert attestation["in_scope"]


def test_a_period_has_its_gaps_and_starts_with_the_first_snapshot():
    before = evolve(SNAPSHOT, taken_at=SNAPSHOT.taken_at - timedelta(days=40))
    values = assess_period([SNAPSHOT, before], controls=["s3-versioning"]).to_json()
    (gap,) = values["audit"]["period"]["gaps"]
    assert gap["days"] == 40
    assert gap["starts"] == values["audit"]["period"]["starts"]
    assert row(values, "2.2.2")["previous"] == "×"
