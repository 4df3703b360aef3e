"""The pages of the controls, and the states whose outcomes they print."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from blocks import ROOT
from control_examples import example_code, examples
from control_pages import control_pages
from shell_commands import command_faults

from cloudpack_baseline import Baseline, Outcome
from cloudpack_baseline.checks import entry_of
from cloudpack_baseline.whitepaper import controls

IDS = tuple(controls())
BOTH = (Outcome.PASS, Outcome.FAIL)
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((\.\./[^)#]+)\)")


def page(id_, language="en"):
    return control_pages()[f"{'ja/' * (language == 'ja')}reference/controls/{id_}.md"]


def headings(text):
    return re.findall(r"^(#+) ", FENCE.sub("", text), re.MULTILINE)


def test_each_control_has_a_page_in_each_language():
    names = {f"{folder}reference/controls/{id_}.md" for id_ in IDS for folder in ("", "ja/")}
    assert set(control_pages()) == names


@pytest.mark.parametrize("id_", IDS)
def test_the_pages_of_both_languages_have_the_same_headings(id_):
    assert headings(page(id_)) == headings(page(id_, "ja"))
    assert len(headings(page(id_))) >= 14
    assert [kind for kind, _ in FENCE.findall(page(id_))] == [
        kind for kind, _ in FENCE.findall(page(id_, "ja"))
    ]


@pytest.mark.parametrize("id_", IDS)
def test_each_state_has_the_outcome_that_it_is_printed_under(id_):
    example = examples()[id_]
    passing = {finding.outcome for finding in example.findings(Outcome.PASS)}
    failing = {finding.outcome for finding in example.findings(Outcome.FAIL)}
    assert Outcome.PASS in passing
    assert passing <= {Outcome.PASS, Outcome.NOT_APPLICABLE}
    assert Outcome.FAIL in failing
    assert Outcome.UNKNOWN not in failing


@pytest.mark.parametrize("id_", IDS)
def test_a_denied_operation_makes_it_unknown_or_the_example_says_why_not(id_):
    example = examples()[id_]
    denial = example.denial()
    assert (denial is None) == (example.never_unknown is not None)
    if denial is not None:
        causes = [
            cause.operation
            for finding in denial.findings
            for observation in finding.observations
            for cause in observation.causes
        ]
        assert denial.operation in causes


@pytest.mark.parametrize("id_", IDS)
@pytest.mark.parametrize("outcome", BOTH)
def test_the_code_on_the_page_does_what_it_asserts(id_, outcome, tmp_path, monkeypatch):
    example = examples()[id_]
    monkeypatch.chdir(tmp_path)
    Path("cloudpack-baseline.toml").write_text(example.baseline_of(outcome), encoding="utf-8")
    if example.files is not None:
        example.files(tmp_path)
    code = example_code(id_, outcome)
    assert code in page(id_)
    exec(compile(code, id_, "exec"), {})  # noqa: S102 - what the page shows


def terminal(id_, language):
    """The outputs that the page shows, as they are introduced."""
    return [text for kind, text in FENCE.findall(page(id_, language)) if kind == "text"]


@pytest.mark.parametrize("id_", IDS)
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("  pass  ", "  FAIL  ", "  UNKNOWN  ")),
        ("ja", ("  適合  ", "  不適合  ", "  判定不能  ")),
    ],
)
def test_each_output_is_in_the_language_of_the_page(id_, language, words):
    outputs = terminal(id_, language)
    assert len(outputs) == 3 - (examples()[id_].never_unknown is not None)
    title = controls()[id_].title[language]
    for output, word in zip(outputs, words, strict=False):
        assert word in output
        assert title in output


@pytest.mark.parametrize("id_", IDS)
def test_the_waiver_accepts_the_failure_of_the_page(id_):
    tables = [text for kind, text in FENCE.findall(page(id_)) if kind == "toml"]
    baseline = Baseline.from_mapping(tomllib.loads(tables[-1]))
    (waiver,) = baseline.waivers
    failed = [
        finding
        for finding in examples()[id_].findings(Outcome.FAIL)
        if finding.outcome is Outcome.FAIL
    ]
    assert waiver.control == id_
    assert waiver.resource == failed[0].resource.key
    assert f"  {failed[0].resource.label}\n" in terminal(id_, "en")[1]


@pytest.mark.parametrize("id_", IDS)
def test_our_commands_exist(id_):
    command = [text for kind, text in FENCE.findall(page(id_)) if kind == "sh"][-1]
    assert command == f"pytest --cloudpack-baseline --cloudpack-control {id_}\n"
    policy = f"cloudpack-baseline policy --control {id_}"
    assert f"`{policy}`" in page(id_) or not entry_of(id_).reads
    assert [*command_faults(command), *command_faults(policy)] == []


@pytest.mark.parametrize("id_", IDS)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_links_lead_to_pages(id_, language):
    for target in LINK.findall(page(id_, language)):
        assert (ROOT / "docs" / "reference" / "controls" / target).resolve().is_file(), target
