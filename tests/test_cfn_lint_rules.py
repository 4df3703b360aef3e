"""Controls as rules of cfn-lint, by its own command."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from cloudpack_baseline import cfn_lint_rules
from cloudpack_baseline.errors import InputError
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


def linted(folder, **templates):
    """The matches in templates by the name of each, of one run of cfn-lint in the folder."""
    for name, text in templates.items():
        (folder / f"{name}.yaml").write_text(text)
    files = [f"{name}.yaml" for name in templates]
    arguments = [*files, "-a", "cloudpack_baseline.cfn_lint_rules", "-f", "json"]
    result = run_python("-m", "cfnlint.runner.cli", *arguments, cwd=folder, check=False)
    matches = {name: [] for name in templates}
    for match in json.loads(result.stdout):
        start = match["Location"]["Start"]
        matches[match["Filename"].removesuffix(".yaml")].append(
            (match["Rule"]["Id"], start["LineNumber"], start["ColumnNumber"])
        )
    return matches


def of_rules(matches, *numbers):
    """Those of the rules with the numbers."""
    return sorted(match for match in matches if match[0].endswith(numbers or (str(NUMBER),)))


@pytest.fixture
def lint(tmp_path, monkeypatch):
    """The matches of the numbers of rules in a template: (rule, line, column)."""
    monkeypatch.chdir(tmp_path)
    return lambda text, *numbers: of_rules(linted(tmp_path, site=text)["site"], *numbers)


METADATA = f"    Metadata: {{cfn-lint: {{config: {{ignore_checks: [E{NUMBER}]}}}}}}\n"
NESTED = (
    "  Nested: {Type: AWS::CloudFormation::Stack, Properties: "
    "{TemplateURL: 'https://example.com/nested.yaml'}}\n"
)


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """The matches in three templates without a baseline file."""
    return linted(
        tmp_path_factory.mktemp("templates"),
        plain=TEMPLATE,
        suppressed=TEMPLATE.replace("  Depends:\n", METADATA + "  Depends:\n"),
        parent=TEMPLATE + NESTED,
    )


def test_a_failure_is_an_error_and_an_unknown_a_warning_at_their_lines(judged):
    # Nothing of 9800: the template is judged.
    assert of_rules(judged["plain"], str(NUMBER), "9800") == [
        (f"E{NUMBER}", 7, 33),
        (f"W{NUMBER}", 11, 33),
    ]


def test_metadata_suppresses_a_rule_in_its_resource_alone(judged):
    assert of_rules(judged["suppressed"]) == [(f"W{NUMBER}", 12, 33)]


def test_every_control_has_two_rules_with_a_number_of_its_own():
    numbers = cfn_lint_rules._numbers()
    assert set(controls()) <= set(numbers)
    assert len(set(numbers.values())) == len(numbers)
    assert all(9801 <= number <= 9899 for number in numbers.values())
    rules = {name for name in dir(cfn_lint_rules) if name[1:].isdigit()}
    of_controls = {f"{kind}{numbers[id_]}" for id_ in controls() for kind in "EW"}
    assert rules == {"E9800", "W9800", *of_controls}


def test_a_template_that_is_not_judged_says_so_once(lint, tmp_path):
    (tmp_path / "cloudpack-baseline.toml").write_text("[nonsense]\n")
    assert lint(TEMPLATE, "9800") == [("E9800", 3, 1)]


def test_a_nested_stack_that_is_not_read_is_a_warning(judged):
    ((rule, line, _),) = of_rules(judged["parent"], "9800")
    assert (rule, line) == ("W9800", TEMPLATE.count("\n") + 1)


def test_a_waived_failure_is_left_out_and_an_expired_waiver_hides_nothing(lint, tmp_path):
    waiver = """
schema = 1
[[waivers]]
control = "s3-versioning"
resource = "*"
reason = "logs"
approved_by = "ops"
approved_for = "customer"
approved_on = {approved}
expires = {expires}
ticket = "OPS-1"
"""
    today = datetime.now(UTC).date()
    file = tmp_path / "cloudpack-baseline.toml"
    file.write_text(waiver.format(approved=today, expires=today + timedelta(days=1)))
    assert lint(TEMPLATE) == [(f"W{NUMBER}", 11, 33)]
    last_year = today - timedelta(days=365)
    file.write_text(waiver.format(approved=last_year, expires=today - timedelta(days=1)))
    assert lint(TEMPLATE) == [(f"E{NUMBER}", 7, 33), (f"W{NUMBER}", 11, 33)]


# Controls of other packages, and of the user ---------------------------------------------------

HOUSE = """\
from cloudpack_baseline.authoring import Clause, bilingual, control, failed, passed, reads
from cloudpack_baseline.model.s3 import Bucket

NAMES = Clause(id="house.1", heading="命名規則", heading_en="Naming", kind="judged")


@control("bucket-name", NAMES, reads(Bucket), title=bilingual("Bucket names begin with acme-"))
def bucket_name(view):
    '''Reads the name of each bucket (ListBuckets).'''
    for bucket in view.all(Bucket):
        outcome = passed if bucket.name.startswith("acme-") else failed
        yield view.finding(bucket, outcome(bilingual("its name")))
"""
ENTRY_POINT = "[cloudpack_baseline.catalogues]\nhouse = house:{}\n"
OWN = cfn_lint_rules._further_numbers(["bucket-name"])["bucket-name"]


@pytest.fixture
def install(tmp_path):
    """A package with a control, as pip installs it."""

    def install(attribute):
        (tmp_path / "house.py").write_text(HOUSE, encoding="utf-8")
        folder = tmp_path / "house-1.0.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: house\nVersion: 1.0\n")
        (folder / "entry_points.txt").write_text(ENTRY_POINT.format(attribute))

    return install


def test_a_control_of_an_installed_package_has_rules(lint, install):
    install("bucket_name")
    assert lint(TEMPLATE, str(OWN), str(NUMBER)) == [
        *((f"E{NUMBER}", 7, 33), (f"E{OWN}", 4, 3), (f"E{OWN}", 8, 3)),
        (f"W{NUMBER}", 11, 33),
    ]


def test_a_package_that_cannot_be_loaded_is_no_pass(lint, install):
    install("nothing")
    assert lint(TEMPLATE, "9800", str(NUMBER)) == [("E9800", 3, 1)]


def test_a_module_of_the_user_has_rules_for_its_controls(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "site.yaml").write_text(TEMPLATE)
    (tmp_path / "house.py").write_text(HOUSE, encoding="utf-8")
    (tmp_path / "house_rules.py").write_text(
        "from cloudpack_baseline.cfn_lint_rules import rules_of\n"
        "from house import bucket_name\n"
        "globals().update(rules_of(bucket_name))\n"
    )
    arguments = ["site.yaml", "-a", "house_rules", "cloudpack_baseline.cfn_lint_rules"]
    result = run_python("-m", "cfnlint.runner.cli", *arguments, "-f", "json", check=False)
    ids = [match["Rule"]["Id"] for match in json.loads(result.stdout)]
    assert ids.count(f"E{OWN}") == 2
    assert ids.count(f"E{NUMBER}") == 1


def test_numbers_follow_from_the_ids_and_are_those_of_nobody_else():
    ids = [f"control-{number}" for number in range(100)]
    numbers = cfn_lint_rules._further_numbers(ids)
    assert sorted(numbers.values()) == list(range(9900, 10000))
    assert numbers == cfn_lint_rules._further_numbers(reversed(ids))
    assert cfn_lint_rules._further_numbers(["bucket-name"]) == {"bucket-name": OWN}


def test_a_control_of_the_user_does_not_move_those_of_packages():
    """One that is earlier in the alphabet has the same number by its ID."""
    (number,) = cfn_lint_rules._further_numbers(["site-1"]).values()
    same = next(
        f"house-{place}"
        for place in range(1000)
        if cfn_lint_rules._further_numbers([f"house-{place}"]) == {f"house-{place}": number}
    )
    together = cfn_lint_rules._further_numbers(["site-1"], [same])
    assert together == {"site-1": number, same: number + 1}


def test_more_controls_than_numbers_are_wrong_input():
    with pytest.raises(InputError, match="for 100 controls, not 101"):
        cfn_lint_rules._further_numbers(f"control-{number}" for number in range(101))
