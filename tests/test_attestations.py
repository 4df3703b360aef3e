"""Attested promises: registered, still valid, and with their evidence."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

import pytest

from cloudpack_baseline import Baseline, InputError, Outcome, assess
from cloudpack_baseline.attestations import (
    attestation_notes,
    judge_attestation,
    judged_promises,
    promises_within,
)
from cloudpack_baseline.named_files import with_files
from cloudpack_baseline.whitepaper import attested, builtin, clauses, promises
from support import world

EDUCATION = "4.1.4.education"  # valid for a year
COMMITTEE = "4.1.1.committee"  # valid for a month
DAY = date(2026, 11, 1)
PROMISES = attested(builtin())
PROMISE = PROMISES[EDUCATION]


def table(**changes):
    return {
        "promise": EDUCATION,
        "evidence": "https://wiki.example.jp/education",
        "attested_by": "ciso@example.jp",
        "attested_on": date(2026, 10, 1),
    } | changes


def baseline(*tables, **scope):
    return Baseline.from_mapping({"attestations": list(tables), "scope": scope})


def outcome(declared, day=DAY):
    finding = judge_attestation(PROMISE, declared, day)
    return finding.outcome, finding.observations[0].message.id.removeprefix("common.")


class TestScope:
    def test_by_default_a_promise_without_an_attestation_is_out_of_scope(self):
        finding = judge_attestation(PROMISE, baseline(), DAY)
        assert finding.outcome is Outcome.NOT_APPLICABLE
        (observation,) = finding.observations
        assert observation.message.in_language("ja") == "証跡未登録(範囲外)"

    def test_in_scope_it_is_unknown(self):
        assert outcome(baseline(attested=True)) == (Outcome.UNKNOWN, "unattested")

    @pytest.mark.parametrize("attested", [True, False])
    def test_with_an_attestation_it_is_judged_anyhow(self, attested):
        assert outcome(baseline(table(), attested=attested))[0] is Outcome.PASS

    @pytest.mark.parametrize(
        ("scope", "reason"),
        [
            ({"parties": ["customer"]}, "other-party"),
            ({"clauses": ["5"]}, "not-selected"),
            ({"controls": ["root-mfa"]}, "not-selected"),
            ({"exclude": [{"clause": "4.1", "reason": "elsewhere"}]}, "excluded"),
        ],
    )
    def test_what_scope_leaves_out_is_not_applicable_though_it_expired(self, scope, reason):
        expired = table(attested_on=date(2020, 1, 1))
        declared = baseline(expired, attested=True, **scope)
        assert outcome(declared) == (Outcome.NOT_APPLICABLE, reason)
        assert judged_promises([PROMISE], declared) == ()

    def test_a_clause_in_scope(self):
        assert outcome(baseline(attested=True, clauses=["4.1"]))[0] is Outcome.UNKNOWN
        assert outcome(baseline(attested=True, since="0.1"))[0] is Outcome.UNKNOWN

    def test_promises_of_clauses(self):
        assert {one.id for one in promises_within(builtin(), ["4.1.4"])} == {
            id_ for id_ in PROMISES if id_.startswith("4.1.4.")
        }
        assert promises_within(builtin(), ["4.1.4"] * 2) == promises_within(builtin(), ["4.1.4"])
        assert promises_within(builtin(), []) == ()
        assert len(promises_within(builtin(), None)) == len(PROMISES)


class TestPeriod:
    @pytest.mark.parametrize(
        ("promise", "days"), [(EDUCATION, 366), (COMMITTEE, 31), ("3.3.iso-27001", 1096)]
    )
    def test_it_is_valid_as_long_as_its_promise_says(self, promise, days):
        declared = baseline(table(promise=promise))
        (attestation,) = declared.attestations
        assert declared.last_day(attestation) == date(2026, 10, 1) + timedelta(days)
        judged = PROMISES[promise]
        for day, expected in (
            (declared.last_day(attestation), Outcome.PASS),
            (declared.last_day(attestation) + timedelta(1), Outcome.FAIL),
        ):
            assert judge_attestation(judged, declared, day).outcome is expected

    def test_a_shorter_validity(self):
        declared = baseline(table(expires=DAY))
        assert outcome(declared)[0] is Outcome.PASS
        assert outcome(declared, DAY + timedelta(1)) == (Outcome.FAIL, "attestation-expired")

    def test_before_it_was_made_it_is_none(self):
        declared = baseline(table(attested_on=DAY))
        assert outcome(declared)[0] is Outcome.PASS
        assert outcome(declared, DAY - timedelta(1)) == (Outcome.UNKNOWN, "attestation-not-yet")

    def test_the_end_of_time(self):
        declared = baseline(table(attested_on=date(9999, 12, 1)))
        assert declared.last_day(declared.attestations[0]) == date.max

    def test_who_and_when_and_the_ticket_are_told(self):
        for changes, words in (
            ({}, "attested by ciso@example.jp on 2026-10-01, valid until 2027-10-02"),
            ({"ticket": "CP-1"}, "attested by ciso@example.jp on 2026-10-01 (CP-1), valid until "),
        ):
            finding = judge_attestation(PROMISE, baseline(table(**changes)), DAY)
            assert words in finding.observations[0].message.in_language("en")

    @pytest.mark.parametrize(
        ("promise", "expires", "day", "noted"),
        [
            (EDUCATION, None, date(2027, 9, 2), True),
            (EDUCATION, None, date(2027, 9, 1), False),
            (EDUCATION, None, date(2027, 10, 2), True),
            (EDUCATION, None, date(2027, 10, 3), False),
            (COMMITTEE, None, date(2026, 10, 25), True),
            (COMMITTEE, None, date(2026, 10, 24), False),
            (EDUCATION, date(2026, 10, 1), date(2026, 10, 1), True),
        ],
    )
    def test_one_that_soon_expires_is_a_note(self, promise, expires, day, noted):
        changes = {"promise": promise} | ({"expires": expires} if expires else {})
        notes = attestation_notes([PROMISES[promise]], baseline(table(**changes)), day)
        assert len(notes) == noted
        assert all(promise in note.in_language("en") for note in notes)
        assert attestation_notes([], baseline(table(**changes)), day) == ()


class TestEvidence:
    def judge(self, folder, **changes):
        file = folder / "cloudpack-baseline.toml"
        lines = [
            f"{key} = {value if isinstance(value, date) else repr(value)}"
            for key, value in table(evidence="evidence.pdf", **changes).items()
        ]
        file.write_text("\n".join(["schema = 1", "[[attestations]]", *lines]), "utf-8")
        declared = with_files(Baseline.load(file), [], [PROMISE])
        return judge_attestation(PROMISE, declared, DAY)

    def test_the_digest_of_a_file_is_recorded(self, tmp_path):
        (tmp_path / "evidence.pdf").write_bytes(b"evidence")
        digest = hashlib.sha256(b"evidence").hexdigest()
        for changes in ({}, {"sha256": digest}):
            finding = self.judge(tmp_path, **changes)
            assert finding.outcome is Outcome.PASS
            read = f"attestations[0].evidence=evidence.pdf sha256={digest}"
            assert read in [observation.read for observation in finding.observations]
        origin = finding.observations[0].origin
        place = ("cloudpack-baseline.toml", 2, "attestations[0]")
        assert (origin.file, origin.line, origin.path) == place

    def test_a_file_that_changed_fails(self, tmp_path):
        (tmp_path / "evidence.pdf").write_bytes(b"other")
        digest = hashlib.sha256(b"evidence").hexdigest()
        finding = self.judge(tmp_path, sha256=digest)
        assert finding.outcome is Outcome.FAIL
        assert finding.observations[0].message.id == "common.evidence-changed"
        assert finding.observations[0].expected == f"sha256={digest}"

    @pytest.mark.parametrize("make", [lambda _: None, lambda path: path.mkdir()])
    def test_a_file_that_cannot_be_read_fails(self, tmp_path, make):
        make(tmp_path / "evidence.pdf")
        finding = self.judge(tmp_path)
        assert finding.outcome is Outcome.FAIL
        assert finding.observations[0].message.id == "common.evidence-unreadable"

    def test_what_was_not_read_fails(self):
        declared = baseline(table(evidence="evidence.pdf"))
        assert outcome(declared) == (Outcome.FAIL, "evidence-unreadable")

    def test_only_what_is_judged_is_read(self, tmp_path):
        declared = baseline(table(evidence=str(tmp_path / "gone")), parties=["customer"])
        assert with_files(declared, [], [PROMISE]) is declared
        assert with_files(baseline(table()), [], [PROMISE]).files == {}

    def test_a_url_is_not_read(self):
        finding = judge_attestation(PROMISE, baseline(table()), DAY)
        assert "common.evidence-url" in [
            observation.message.id for observation in finding.observations
        ]


class TestWrongInput:
    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"promise": "4.1.4.educaton"}, "did you mean 4.1.4.education"),
            (
                {"promise": "2.2.2.aws-best-practices"},
                "there is no attested promise '2.2.2.aws-best-practices'",
            ),
            (
                {"expires": date(2027, 10, 3)},
                "an attestation of 4.1.4.education is valid for 366 days at most: 2027-10-02",
            ),
            ({"expires": date(2026, 9, 30)}, "expires before it is attested (2026-10-01)"),
            ({"sha256": "0" * 64}, "has no effect: the evidence is a URL"),
            ({"sha256": "0"}, "is not a SHA-256 digest"),
            ({"evidence": " "}, "attestations[0].evidence: must not be empty"),
            ({"ticket": "?"}, "is not the key of a ticket"),
            ({"attestedby": "me"}, "did you mean attested_by"),
        ],
    )
    def test_a_malformed_attestation(self, changes, message):
        with pytest.raises(InputError) as caught:
            baseline(table(**changes))
        assert message in str(caught.value)

    def test_one_a_promise(self):
        with pytest.raises(InputError, match=r"the same promise as attestations\[0\]"):
            baseline(table(), table())

    def test_the_latest_expiry_is_accepted(self):
        assert baseline(table(expires=date(2027, 10, 2))).attestations


def test_an_assessment_of_all_controls_has_every_attested_promise():
    snapshot = world("root-mfa")
    found = {
        finding.control: finding.outcome
        for finding in assess(snapshot, baseline(table())).findings
        if finding.resource.kind == "Promise"
    }
    assert set(found) == set(PROMISES)
    assert found.pop(EDUCATION) is Outcome.PASS
    assert set(found.values()) == {Outcome.NOT_APPLICABLE}


def test_an_assessment_of_one_control_has_none():
    findings = assess(world("root-mfa"), baseline(table()), controls=["root-mfa"]).findings
    assert [finding.resource.kind for finding in findings] == ["Account"]


def test_an_expired_attestation_makes_it_false():
    expired = baseline(table(attested_on=date(2020, 1, 1)), clauses=["4.1.4"])
    assessment = assess(world("root-mfa"), expired)
    assert not assessment
    assert "4.1.4.education: " in assessment.text()
    (bad,) = [
        finding for finding in assessment.to_json()["findings"] if finding["outcome"] == "fail"
    ]
    assert bad["clauses"] == {"4.1.4": "direct"}
    assert bad["title"] == dict(promises()[EDUCATION].text)


def test_an_attestation_that_soon_expires_is_noted():
    declared = baseline(table(expires=date(2026, 11, 2)))
    notes = [note.id for note in assess(world("root-mfa"), declared).notes]
    assert notes == ["common.attestation-expires"]


def test_every_attested_promise_has_a_validity_and_a_clause():
    for id_ in PROMISES:
        assert promises()[id_].valid_days
        assert promises()[id_].clause in clauses()
