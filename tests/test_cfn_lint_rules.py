"""Controls as rules of cfn-lint, by its own command."""

import json

import pytest

from cloudpack_baseline import cfn_lint_rules
from cloudpack_baseline.whitepaper import controls
from processes import run_python

TEMPLATE = """\
Parameters:
  Status: {Type: String}
Resources:
  Open:
    Type: AWS::S3::Bucket
    Properties:
      VersioningConfiguration: {Status: Suspended}
  Depends:
    Type: AWS::S3::Bucket
    Properties:
      VersioningConfiguration: {Status: !Ref Status}
"""
NUMBER = cfn_lint_rules._numbers()["s3-versioning"]


@pytest.fixture
def lint(tmp_path, monkeypatch):
    """The matches of a rule's number in a template: (rule, line, column)."""
    monkeypatch.chdir(tmp_path)

    def lint(text, number=str(NUMBER)):
        (tmp_path / "site.yaml").write_text(text)
        arguments = ["site.yaml", "-a", "cloudpack_baseline.cfn_lint_rules", "-f", "json"]
        result = run_python("-m", "cfnlint.runner.cli", *arguments, check=False)
        return sorted(
            (
                match["Rule"]["Id"],
                match["Location"]["Start"]["LineNumber"],
                match["Location"]["Start"]["ColumnNumber"],
            )
            for match in json.loads(result.stdout)
            if match["Rule"]["Id"].endswith(number)
        )

    return lint


def test_a_failure_is_an_error_and_an_unknown_a_warning_at_their_lines(lint):
    assert lint(TEMPLATE) == [(f"E{NUMBER}", 7, 33), (f"W{NUMBER}", 11, 33)]


def test_metadata_suppresses_a_rule_in_its_resource_alone(lint):
    metadata = f"    Metadata: {{cfn-lint: {{config: {{ignore_checks: [E{NUMBER}]}}}}}}\n"
    text = TEMPLATE.replace("  Depends:\n", metadata + "  Depends:\n")
    assert lint(text) == [(f"W{NUMBER}", 12, 33)]


def test_every_control_has_two_rules_with_a_number_of_its_own():
    numbers = cfn_lint_rules._numbers()
    assert set(controls()) <= set(numbers)
    assert len(set(numbers.values())) == len(numbers)
    assert all(9801 <= number <= 9899 for number in numbers.values())
    rules = {name for name in dir(cfn_lint_rules) if name[1:].isdigit()}
    assert rules == {"E9800", *(f"{kind}{numbers[id_]}" for id_ in controls() for kind in "EW")}


def test_a_template_that_is_not_judged_says_so_once(lint, tmp_path):
    (tmp_path / "cloudpack-baseline.toml").write_text("[nonsense]\n")
    assert lint(TEMPLATE, "9800") == [("E9800", 3, 1)]


def test_a_template_that_is_judged_has_no_fault(lint):
    assert lint(TEMPLATE, "9800") == []
