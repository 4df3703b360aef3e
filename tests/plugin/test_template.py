"""The source ``template:PATH`` under pytest: what is shown, parameters, and broken files."""

import json

import pytest

pytest_plugins = ["pytester"]

TEMPLATE = """\
Parameters:
  Status: {Type: String, Default: Suspended, AllowedValues: [Enabled, Suspended]}
Resources:
  Site:
    Type: AWS::S3::Bucket
    Properties:
      VersioningConfiguration:
        Status: !Ref Status
"""


@pytest.fixture
def run(project):
    """Runs one control over a template, without declared accounts."""
    pytester = project.pytester
    pytester.makefile(".toml", **{"cloudpack-baseline": "schema = 1\npaper = '1.5.6'\n"})

    def run(text=TEMPLATE, *options, name="site.yaml"):
        (pytester.path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return pytester.runpytest_subprocess(
            "--cloudpack-baseline",
            "--cloudpack-control=s3-versioning",
            f"--cloudpack-source=template:{name}",
            "-p",
            "no:cacheprovider",
            *options,
        )

    return run


def test_a_failure_shows_the_line_with_a_caret(run):
    result = run()
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "  FAIL  arn:aws:s3:::Site",
            "        read:     Status=Suspended",
            "        at:       site.yaml:8:9: Resources.Site.Status",
            "          8 |         Status: !Ref Status",
            "            |         ^",
        ]
    )


@pytest.mark.parametrize(
    "content",
    ['[{"ParameterKey": "Status", "ParameterValue": "Enabled"}]', "Status=Enabled\n"],
)
def test_given_parameters_replace_defaults(run, pytester, content):
    (pytester.path / "given").write_text(content)
    assert run(TEMPLATE, "--cloudpack-parameters=given").ret == 0


CHILD = """\
  Child:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: https://bucket.s3.amazonaws.com/child.yaml}
"""


@pytest.mark.parametrize("text", [TEMPLATE, "Resources:\n"])
def test_a_template_that_is_not_read_makes_a_green_run_red_and_is_said_once(run, pytester, text):
    text = text.replace("Default: Suspended", "Default: Enabled") + CHILD
    result = run(text, "--cloudpack-report=report.json", "-n0")
    assert result.ret == 1
    message = "*the template of Child (site.yaml:*) is not among the files*"
    result.stdout.fnmatch_lines([message])
    assert str(result.stdout).count("is not among the files") == 1
    report = json.loads((pytester.path / "report.json").read_text())
    assert [finding["control"] for finding in report["findings"] if finding["clauses"] == {}] == [
        "unread-templates"
    ]
    assert report["outcome"] == "unknown"


def test_the_totals_count_a_template_that_is_not_read(run):
    text = TEMPLATE.replace("Default: Suspended", "Default: Enabled") + CHILD
    run(text).stdout.fnmatch_lines(["1 of 1 controls*1 UNKNOWN, 1 pass", "unread-templates *"])


def test_templates_beyond_those_that_are_named_are_counted(run):
    children = "".join(CHILD.replace("hild", f"hild{number}") for number in range(22))
    text = TEMPLATE.replace("Default: Suspended", "Default: Enabled") + children
    result = run(text)
    assert str(result.stdout).count("is not among the files") == 20
    result.stdout.fnmatch_lines(["cloudpack-baseline: 2 more template(s) were not read;*"])


WRONG = [
    ("Statu=Enabled", "parameters: there is no parameter 'Statu'; did you mean Status?"),
    ("Status=On", "site.yaml: parameter Status: 'On' is not one of the allowed Enabled, Suspended"),
    ("Status", "given:1: expected Key=Value, got 'Status'"),
    ("[1]", "given: expected a list of ParameterKey and ParameterValue, or Key=Value"),
]


@pytest.mark.parametrize(("content", "message"), WRONG)
def test_wrong_parameters_are_wrong_input(run, pytester, content, message):
    (pytester.path / "given").write_text(content)
    result = run(TEMPLATE, "--cloudpack-parameters=given")
    assert result.ret == 4
    result.stderr.fnmatch_lines([f"ERROR: cloudpack-baseline: {message.replace('[', '[[]')}"])


def test_parameters_of_another_source_are_wrong_input(run, pytester):
    (pytester.path / "given").write_text("A=b")
    result = run(TEMPLATE, "--cloudpack-parameters=given", "--cloudpack-source=moto")
    assert result.ret == 4
    result.stderr.fnmatch_lines(["*parameters apply to the source template:PATH, not to 'moto'"])


BROKEN = [
    (
        b"Resources:\n  A:\n\tType: x\n",
        "3: column 1: a tab is here; YAML takes spaces only, to indent lines",
    ),
    (b"Resources:\n  A: {Type: T}\n  A: {Type: T}\n", "3: column 3: the key 'A' occurs twice"),
    (b"Resources:\n  A: @x\n", "2: column 6: found character*"),
    (b"Resources: [1]\n", "1: column 12: the section Resources is not an object"),
    (b"Rules: {}\n", "1: column 1: there is no section Resources, which a template requires"),
    (b"Resources: {A: {}}\n", "1: column 16: the resource 'A' has no Type"),
    (b"\xff\xfeR\x00", "1: column 1: the file is not UTF-8"),
    (b"", "1: column 1: the file is empty"),
    (b"a: &a [*a]\n", "1: column 4: an alias contains itself"),
    (
        b"Resources: {A: {Type: T, Properties: {X: !Ref A}}}\n",
        "1: column 13: resources depend on each other in a circle: A -> A",
    ),
]


@pytest.mark.parametrize(("content", "message"), BROKEN)
def test_a_broken_template_is_wrong_input(run, content, message):
    result = run(content)
    assert result.ret == 4
    result.stderr.fnmatch_lines([f"ERROR: cloudpack-baseline: site.yaml:{message}"])
    assert "Traceback" not in result.stderr.str() + result.stdout.str()


@pytest.mark.parametrize("text", ["\ufeff" + TEMPLATE, TEMPLATE.replace("\n", "\r\n")])
def test_marks_and_line_ends_of_windows_are_read(run, text):
    assert run(text).ret == 1


def test_a_template_that_is_not_there_is_wrong_input(run):
    result = run(TEMPLATE, "--cloudpack-source=template:nothing/*.yaml")
    assert result.ret == 4
    result.stderr.fnmatch_lines(["ERROR: cloudpack-baseline: there is no template in *nothing*"])
