"""Waivers are themselves judged: expired, unused, or of a resource that is gone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from attrs import evolve

from cloudpack_baseline import Baseline, InputError, Outcome, assess
from cloudpack_baseline.baseline import Account
from cloudpack_baseline.baseline._periods import a_year_after
from cloudpack_baseline.findings import Finding, Resource, failed, passed, unknown
from cloudpack_baseline.model.iam import AccountSummary
from cloudpack_baseline.model.snapshot import AccountScope, Coverage
from cloudpack_baseline.texts import text
from cloudpack_baseline.waivers import JudgedControl, judge_waivers, no_waivers
from cloudpack_baseline.whitepaper import Link, Relation, builtin, control_of, controls
from support import ACCOUNT, NOW, REGION, denied, world

ROOT = f"arn:aws:iam::{ACCOUNT}:root"
OTHER = "210987654321"
WORDS = text("common.verbatim", en="a", ja="あ")


def table(**changes):
    return {
        "control": "root-mfa",
        "resource": ROOT,
        "reason": "being set up",
        "approved_by": "ops@example.jp",
        "approved_on": date(2026, 10, 1),
        "expires": date(2026, 11, 1),
    } | changes


def baseline(*tables, **keys):
    return Baseline.from_mapping({"waivers": list(tables or [table()]), **keys})


def root(mfa, account=ACCOUNT):
    arn = f"arn:aws:iam::{account}:root"
    return AccountSummary(arn=arn, account=account, name="root", mfa_enabled=mfa)


def snapshot(mfa, **keys):
    return world("root-mfa", root(mfa), **keys)


def on_waivers(assessment):
    return [finding for finding in assessment.findings if finding.control == "waivers"]


def reasons(assessment):
    """Of the waivers that fail, the IDs of the texts."""
    return [
        observation.message.id.partition(".waiver-")[2]
        for finding in on_waivers(assessment)
        for observation in finding.observations
        if observation.outcome is Outcome.FAIL
    ]


class TestAnAssessment:
    def test_a_waiver_in_effect_adds_nothing(self):
        assessment = assess(snapshot(mfa=False), baseline(), controls=["root-mfa"])
        assert on_waivers(assessment) == []
        assert assessment
        assert assessment.outcome is Outcome.WAIVED
        assert assessment.to_json()["outcome"] == "waived"
        assert (assessment.counts["waived"], assessment.counts["pass"]) == (1, 0)

    @pytest.mark.parametrize(("days", "expired"), [(0, False), (1, True)])
    def test_the_last_day_is_included(self, days, expired):
        assessment = assess(
            snapshot(mfa=False),
            baseline(),
            controls=["root-mfa"],
            as_of=NOW.replace(day=1, hour=23) + timedelta(days=days),
        )
        assert reasons(assessment) == ["expired"] * expired
        assert bool(assessment) is not expired

    def test_an_expired_waiver_fails_even_where_nothing_else_does(self):
        declared = baseline(table(expires=date(2026, 10, 31)))
        assessment = assess(snapshot(mfa=True), declared, controls=["root-mfa"])
        assert reasons(assessment) == ["expired", "unused"]
        assert not assessment
        with pytest.raises(AssertionError, match="expired on 2026-10-31"):
            assessment.require()

    def test_unused(self):
        assessment = assess(snapshot(mfa=True), baseline(), controls=["root-mfa"])
        assert reasons(assessment) == ["unused"]
        assert assessment.outcome is Outcome.FAIL

    def test_of_a_resource_that_is_gone(self):
        gone = baseline(table(), table(resource="gone"))
        (finding,) = on_waivers(assess(snapshot(mfa=False), gone, controls=["root-mfa"]))
        assert finding.observations[0].message.id == "common.waiver-idle"
        assert finding.resource.key == "waivers[1]"
        assert finding.resource.account == ACCOUNT
        assert finding.observations[0].read == "waivers[1].resource=gone"

    @pytest.mark.parametrize(
        "gaps", [{"AccountSummary": denied()}, {}], ids=["listing denied", "value denied"]
    )
    def test_what_could_not_be_read_decides_nothing(self, gaps):
        recorded = snapshot(mfa=denied(), gaps=gaps)
        assert on_waivers(assess(recorded, baseline(), controls=["root-mfa"])) == []

    def test_an_unknown_value_elsewhere_does_not_hide_what_is_gone(self):
        recorded = snapshot(mfa=denied())
        gone = baseline(table(resource="gone"))
        assert reasons(assess(recorded, gone, controls=["root-mfa"])) == ["idle"]

    def test_controls_that_are_not_selected_or_out_of_scope_decide_nothing(self):
        other = baseline(table(control="rds-backup"))
        assert on_waivers(assess(snapshot(mfa=False), other, controls=["root-mfa"])) == []
        scope = {"exclude": [{"clause": "5.3", "reason": "elsewhere"}]}
        left_out = baseline(scope=scope)
        assert on_waivers(assess(snapshot(mfa=True), left_out, controls=["root-mfa"])) == []

    @pytest.mark.parametrize("source", ["template", "plan"])
    def test_a_template_is_no_whole_account(self, source):
        changed_snapshot = evolve(snapshot(mfa=True), source=source)
        assert on_waivers(assess(changed_snapshot, baseline(), controls=["root-mfa"])) == []

    def test_a_control_without_its_declaration_decides_nothing(self):
        undeclared = baseline(table(control="security-drift"))
        snapshot = world("security-drift")
        assert on_waivers(assess(snapshot, undeclared, controls=["security-drift"])) == []

    def test_a_source_that_cannot_tell_decides_nothing(self):
        blind = Coverage(kind="AccountSummary", account=ACCOUNT, cannot_tell="moto")
        changed_snapshot = evolve(snapshot(mfa=True), records=(), coverage=(blind,))
        assert on_waivers(assess(changed_snapshot, baseline(), controls=["root-mfa"])) == []

    @pytest.mark.parametrize(
        ("expires", "noted"), [(date(2026, 12, 1), True), (date(2026, 12, 2), False)]
    )
    def test_a_waiver_that_soon_expires_is_a_note(self, expires, noted):
        declared = baseline(table(expires=expires))
        assessment = assess(snapshot(mfa=False), declared, controls=["root-mfa"])
        assert [note.id for note in assessment.notes] == ["common.waiver-expires"] * noted
        notes = assessment.to_json()["notes"]
        assert [note["en"].endswith("expires on 2026-12-01") for note in notes] == [True] * noted

    def test_a_waiver_that_is_not_yet_in_effect_is_no_failure(self):
        later = baseline(table(approved_on=date(2026, 11, 2), expires=date(2026, 12, 1)))
        assessment = assess(snapshot(mfa=False), later, controls=["root-mfa"])
        assert on_waivers(assessment) == []
        assert assessment.notes == ()

    def test_a_waived_finding_stays_visible(self):
        assessment = assess(snapshot(mfa=False), baseline(), controls=["root-mfa"])
        (finding,) = assessment.to_json()["findings"]
        assert (finding["outcome"], finding["waived"]) == ("fail", True)
        assert "1 waived" in assessment.text()
        assert "例外承認 1 件" in assessment.text("ja")
        assert f"  waived  {ROOT}" in assessment.text()
        assert "waived until 2026-11-01 (approved by ops@example.jp): being" in assessment.text()
        assert "waived" in repr(assessment)


class TestSeveralAccounts:
    def both(self, mfa, other):
        return evolve(
            snapshot(mfa),
            accounts=(AccountScope(id=ACCOUNT), AccountScope(id=OTHER)),
            records=(root(mfa), root(other, OTHER)),
            coverage=(
                Coverage(kind="AccountSummary", account=ACCOUNT),
                Coverage(kind="AccountSummary", account=OTHER),
            ),
        )

    def judged(self, held, resource):
        accounts = {"main": {"id": ACCOUNT}, "other": {"id": OTHER}}
        declared = baseline(table(resource=resource), accounts=accounts)
        assessment = assess(held, declared, controls=["root-mfa"])
        return [
            (finding.resource.account, finding.observations[0].message.id)
            for finding in on_waivers(assessment)
        ]

    def test_a_waiver_by_name_is_used_in_any_account(self):
        assert self.judged(self.both(mfa=True, other=False), "root") == []

    def test_a_waiver_by_arn_belongs_to_its_account(self):
        of_other = f"arn:aws:iam::{OTHER}:root"
        findings = self.judged(self.both(mfa=False, other=True), of_other)
        assert findings == [(OTHER, "common.waiver-unused")]

    def test_an_account_that_was_not_read_may_need_it(self):
        assert self.judged(snapshot(mfa=True), "root") == []
        assert self.judged(snapshot(mfa=True), f"arn:aws:iam::{OTHER}:root") == []
        assert self.judged(snapshot(mfa=True), ROOT) == [(ACCOUNT, "common.waiver-unused")]

    def test_a_waiver_of_no_declared_account_is_gone(self):
        findings = self.judged(self.both(mfa=False, other=False), "arn:aws:iam::999999999999:root")
        assert findings == [(ACCOUNT, "common.waiver-idle")]

    def test_where_no_account_is_declared_another_may_need_it(self):
        elsewhere = baseline(table(resource=f"arn:aws:iam::{OTHER}:root"))
        assert on_waivers(assess(snapshot(mfa=False), elsewhere, controls=["root-mfa"])) == []

    def test_of_no_account_nothing_is_said(self):
        changed_snapshot = evolve(snapshot(mfa=True), accounts=(), records=(), coverage=())
        assert on_waivers(assess(changed_snapshot, baseline(), controls=["root-mfa"])) == []

    def test_a_declared_account_is_told_by_its_id(self):
        declared = evolve(baseline(), accounts={"main": Account(id=ACCOUNT)})
        (finding,) = on_waivers(assess(snapshot(mfa=True), declared, controls=["root-mfa"]))
        assert finding.resource.account == ACCOUNT


SUBNET = "arn:aws:ec2:eu-west-1:123456789012:subnet/subnet-1f26"


@pytest.mark.parametrize(
    ("resource", "covered"),
    [
        (SUBNET, True),
        ("subnet-1f26", True),
        ("db-c", True),
        ("db-*", True),
        ("arn:*:subnet/*", True),
        ("subnet", False),
        ("db", False),
        ("*-1f26", True),
        ("1f26", False),
    ],
)
@pytest.mark.parametrize(
    ("observation", "reason"),
    [(failed(WORDS), None), (passed(WORDS), "unused"), (unknown(WORDS, denied()), None)],
)
def test_waivers_name_a_resource_by_arn_id_or_name(resource, covered, observation, reason):
    named = Finding(
        control="network-acls",
        resource=Resource(key=SUBNET, arn=SUBNET, name="db-c", account=ACCOUNT),
        observations=(observation,),
    )
    judged = JudgedControl(
        control="network-acls", account=ACCOUNT, findings=(named,), complete=True
    )
    (finding,) = judge_waivers(
        baseline(table(control="network-acls", resource=resource)),
        [judged],
        controls={"network-acls"},
        accounts=[ACCOUNT],
        day=date(2026, 10, 1),
    )
    ids = [
        observation.message.id
        for observation in finding.observations
        if observation.outcome is Outcome.FAIL
    ]
    expected = reason if covered else "idle"
    assert ids == ([f"common.waiver-{expected}"] if expected else [])


def listing(observation, **fields):
    return Finding(
        control="network-acls",
        resource=Resource(**({"key": "x", "name": "x"} | fields)),
        observations=(observation,),
    )


@pytest.mark.parametrize(
    ("findings", "decided"),
    [
        ([], True),
        ([listing(unknown(WORDS, denied()))], True),
        ([listing(unknown(WORDS, denied()), name="*")], False),
        ([listing(unknown(WORDS, denied()), kind="Account")], False),
        ([listing(passed(WORDS), name="*")], True),
        ([listing(passed(WORDS), kind="Account")], True),
        ([listing(passed(WORDS)), listing(unknown(WORDS, denied()), name="*")], False),
    ],
)
def test_a_control_is_decided_where_every_resource_is_known(findings, decided):
    judged = JudgedControl(
        control="network-acls", account=ACCOUNT, findings=tuple(findings), complete=True
    )
    assert judged.is_decided() is decided
    assert not evolve(judged, complete=False).is_decided()


class TestRegions:
    """A resource in a Region that was not read is not gone."""

    READ = (REGION,)

    def judged(self, resource, regions, read=READ):
        account = AccountScope(id=ACCOUNT, regions=read)
        recorded = evolve(snapshot(mfa=False), accounts=(account,))
        declared = baseline(table(resource=resource), regions=regions)
        return reasons(assess(recorded, declared, controls=["root-mfa"]))

    @pytest.mark.parametrize(
        ("resource", "regions", "expected"),
        [
            ("gone", ["*"], ["idle"]),
            ("gone", [REGION], ["idle"]),
            ("gone", [REGION, "eu-west-1"], []),
            (f"arn:aws:iam:{REGION}:{ACCOUNT}:x/gone", ["*"], ["idle"]),
            (f"arn:aws:iam:eu-west-1:{ACCOUNT}:x/gone", ["*"], []),
            (f"arn:aws:iam:eu-*:{ACCOUNT}:x/gone", ["*"], ["idle"]),
            (f"arn:aws:iam::{ACCOUNT}:x/gone", ["*"], ["idle"]),
            # Nothing there is ever judged.
            (f"arn:aws:iam:eu-west-1:{ACCOUNT}:x/gone", [REGION], ["idle"]),
        ],
    )
    def test_what_is_gone(self, resource, regions, expected):
        assert self.judged(resource, regions) == expected

    def test_an_account_read_for_controls_without_regions(self):
        assert self.judged("gone", ["eu-west-1"], read=()) == ["idle"]


@pytest.mark.parametrize("account", ["1", "abcdefghijkl", "1234567890123", "*"])
def test_an_arn_without_an_account_id_may_be_of_any_account(account):
    declared = baseline(table(resource=f"arn:aws:iam::{account}:user/gone"))
    assert reasons(assess(snapshot(mfa=False), declared, controls=["root-mfa"])) == ["idle"]


class TestItsFinding:
    """What the item of the waivers shows, a pass included."""

    def judge(self, day, *findings, complete=True):
        judged = JudgedControl(
            control="network-acls", account=ACCOUNT, findings=findings, complete=complete
        )
        (finding,) = judge_waivers(
            baseline(table(control="network-acls", resource="x")),
            [judged],
            controls={"network-acls"},
            accounts=[ACCOUNT],
            day=day,
        )
        return finding

    @pytest.mark.parametrize(
        ("day", "expected"),
        [
            (date(2026, 9, 30), (Outcome.NOT_APPLICABLE, "not-yet")),
            (date(2026, 10, 1), (Outcome.PASS, "in-effect")),
            (date(2026, 11, 1), (Outcome.PASS, "in-effect")),
            (date(2026, 11, 2), (Outcome.FAIL, "expired")),
        ],
    )
    def test_its_period(self, day, expected):
        (observation,) = self.judge(day, listing(failed(WORDS))).observations
        assert (observation.outcome, observation.message.id) == (
            expected[0],
            f"common.waiver-{expected[1]}",
        )

    def test_what_is_not_decided_is_told(self):
        finding = self.judge(date(2026, 10, 1), complete=False)
        ids = [observation.message.id for observation in finding.observations]
        assert ids == ["common.waiver-in-effect", "common.waiver-undecided"]
        assert (finding.resource.kind, finding.resource.name) == ("Waiver", "network-acls x")

    def test_no_waiver_of_an_account(self):
        finding = no_waivers(ACCOUNT)
        assert (finding.outcome, finding.resource.kind) == (Outcome.NOT_APPLICABLE, "Account")


class TestWrongInput:
    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            (
                {"expires": date(2027, 10, 2)},
                "waivers[0].expires: at most a year after approved_on: 2027-10-01 at the latest",
            ),
            ({"expires": date(2026, 9, 30)}, "waivers[0].expires: expires before it is approved"),
            (
                {"approved_for": "ops"},
                "waivers[0].approved_for: expected 'customer' or 'cloudpack'",
            ),
            ({"ticket": "a chat"}, "waivers[0].ticket: 'a chat' is not the key of a ticket"),
            ({"control": "rot-mfa"}, "did you mean root-mfa"),
            ({"expiers": date(2027, 1, 1)}, "there is no key 'expiers'; did you mean expires"),
        ],
    )
    def test_a_malformed_waiver(self, changes, message):
        with pytest.raises(InputError) as caught:
            baseline(table(**changes))
        assert message in str(caught.value)

    @pytest.mark.parametrize("ticket", ["OPS-123", "CP_OPS2-1", "https://a.backlog.jp/view/OPS-1"])
    def test_a_ticket_is_a_key_or_a_url(self, ticket):
        assert baseline(table(ticket=ticket)).waivers[0].ticket == ticket

    @pytest.mark.parametrize(
        ("day", "latest"),
        [
            (date(2026, 10, 1), date(2027, 10, 1)),
            (date(2028, 2, 29), date(2029, 2, 28)),
            (date(9999, 1, 1), date.max),
        ],
    )
    def test_a_year(self, day, latest):
        assert a_year_after(day) == latest
        assert baseline(table(approved_on=day, expires=latest)).waivers


class TestTheCustomersDecision:
    """4.7.2: not to act on a vulnerability is the customer's decision, recorded in a ticket."""

    @pytest.fixture
    def urgent(self):
        return "ecr-scan-on-push"

    def problems(self, id_, **changes):
        links = (Link(clause="4.7.2", relation=Relation.DIRECT),)
        judged = evolve(control_of("ecr-scan-on-push"), clauses=links)
        catalogue = evolve(builtin(), controls={**controls(), judged.id: judged})
        values = {"waivers": [table(control=id_, **changes)]}
        try:
            Baseline.from_mapping(values, catalogue=catalogue)
        except InputError as error:
            return [(problem.path, problem.message) for problem in error.problems]
        return []

    def test_it_needs_the_customer_and_a_ticket(self, urgent):
        assert self.problems(urgent) == [
            (
                "waivers[0].approved_for",
                f"{urgent} judges 4.7.2: the customer decides; expected 'customer'",
            ),
            (
                "waivers[0].ticket",
                f"{urgent} judges 4.7.2: the ticket with the approval is required",
            ),
        ]

    def test_one_alone_is_not_enough(self, urgent):
        assert [path for path, _ in self.problems(urgent, approved_for="customer")] == [
            "waivers[0].ticket"
        ]
        operators = self.problems(urgent, approved_for="cloudpack", ticket="OPS-1")
        assert [path for path, _ in operators] == ["waivers[0].approved_for"]

    def test_with_both_it_is_accepted(self, urgent):
        assert self.problems(urgent, approved_for="customer", ticket="OPS-1") == []

    def test_other_controls_need_neither(self, urgent):
        assert self.problems("root-mfa") == []
        # A best practice, which 4.7.2 does not promise.
        assert self.problems("rds-auto-minor-version") == []
        assert urgent != "root-mfa"


def test_the_place_in_a_file(tmp_path):
    file = tmp_path / "pyproject.toml"
    file.write_text(
        f"""
[tool.cloudpack-baseline]
schema = 1

[[tool.cloudpack-baseline.waivers]]
control = "root-mfa"
resource = "{ROOT}"
reason = "being set up"
approved_by = "ops@example.jp"
approved_on = 2026-10-01
expires = 2026-10-31
"""
    )
    declared = Baseline.load(file)
    (finding,) = on_waivers(assess(snapshot(mfa=False), declared, controls=["root-mfa"]))
    origin = finding.observations[0].origin
    path = "tool.cloudpack-baseline.waivers[0]"
    assert (origin.file, origin.line, origin.path) == ("pyproject.toml", 5, path)
    assert finding.observations[0].read == f"{path}.expires=2026-10-31"
    assert (
        f"at:       pyproject.toml:5: {path}"
        in assess(snapshot(mfa=False), declared, controls=["root-mfa"]).text()
    )
