"""Plain text of findings, and the bytes of the report."""

from __future__ import annotations

import json

import pytest

from cloudpack_baseline.findings import Finding, Outcome, Resource, Witness, failed, passed
from cloudpack_baseline.reports.json import report_bytes
from cloudpack_baseline.reports.plain import findings_text, full_text, one_line, totals
from cloudpack_baseline.texts import text
from cloudpack_baseline.whitepaper import control_of

REMARK = text("common.verbatim", en="a remark", ja="注記")


def words(message):
    return text("common.verbatim", en=message, ja="本文")


def finding(name, witness=None, *, control_id="segmentation", **values):
    observation = failed(words(name), witness=witness, **values)
    resource = Resource(key=f"arn:aws:ec2:r:1:subnet/{name}", name=f"{name}-name")
    return Finding(control=control_id, resource=resource, observations=(observation,))


PACKET = Witness(summary=words("the packet"), steps=(words("a hop"),), command="curl x")


def test_a_witness_is_shown_once():
    shown = findings_text(
        control_of("segmentation"), [finding("a", PACKET), finding("b", PACKET)], "en"
    )
    assert shown.count("a hop") == shown.count("$ curl x") == 1
    assert shown.count("for example: the packet") == 1
    assert shown.count("for example, as shown above: the packet") == 1


def test_another_witness_is_shown_in_full():
    twin = Witness(summary=PACKET.summary, steps=(*PACKET.steps, words("a further hop")))
    shown = findings_text(
        control_of("segmentation"), [finding("a", PACKET), finding("b", twin)], "en"
    )
    assert shown.count("a hop") == 2
    assert "as shown above" not in shown


def test_a_witness_is_shown_once_over_all_controls():
    findings = [finding("a", PACKET), finding("b", PACKET, control_id="database-isolation")]
    shown = full_text(findings, {"fail": 2}, [], [], "en")
    assert shown.count("a hop") == 1


def test_resources_are_named_beside_their_ids():
    shown = findings_text(control_of("segmentation"), [finding("a")], "en")
    assert "  FAIL  a-name (arn:aws:ec2:r:1:subnet/a)" in shown.splitlines()
    assert "a-name (arn:aws:ec2:r:1:subnet/a)" in one_line(
        Outcome.FAIL, {"fail": 1}, [finding("a")]
    )


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        ("en", ["        read:     tcp/22", "        expected: a remark"]),
        ("ja", ["        実際の値: tcp/22", "        期待値: 注記"]),
    ],
)
def test_read_and_expected_in_the_language(language, lines):
    shown = findings_text(
        control_of("segmentation"), [finding("a", read="tcp/22", expected=REMARK)], language
    )
    assert [line for line in shown.splitlines() if line in lines] == lines


def test_totals_leave_out_what_did_not_occur():
    assert totals({"fail": 0, "pass": 2, "waived": 1}, "en") == "findings: 1 waived, 2 pass"
    assert totals({"unknown": 3}, "ja") == "判定結果: 判定不能 3 件"
    assert totals({}, "en") == "findings: none"


def test_the_full_text_has_totals_failures_what_did_not_run_and_notes():
    good = Finding(
        control="root-mfa", resource=Resource(key="root"), observations=(passed(words("fine")),)
    )
    parts = full_text(
        [finding("a"), good], {"fail": 1, "pass": 1}, [("root-mfa", "1", REMARK)], [REMARK], "en"
    ).split("\n\n")
    assert parts[0] == "findings: 1 FAIL, 1 pass"
    assert parts[1].startswith("segmentation: ")
    assert parts[2:] == ["root-mfa was not evaluated in account 1: a remark", "note: a remark"]


def test_the_report_escapes_what_acts_on_a_terminal_and_keeps_japanese():
    odd = "\x9b31m \u202e \u2028 \U000e0001 é 適合 \U0001f600"
    written = report_bytes({"a": odd})
    assert json.loads(written) == {"a": odd}
    assert rb"\u009b31m \u202e \u2028 \udb40\udc01" in written
    assert "é 適合 \U0001f600".encode() in written
    assert written.decode().rstrip("\n").isprintable()
