"""``cloudpack-baseline validate``: every problem at once, in little time, and nothing is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from cloudpack_baseline.baseline import FILE_NAME
from cloudpack_baseline.cli import main
from processes import run_python

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted(ROOT.glob(f"examples/*/{FILE_NAME}"))

VALID = """\
[networks]
office = ["203.0.113.0/28"]

[[segments]]
name = "web"
names = ["web-*"]

[[flows]]
from = ["office"]
to = ["web"]
services = ["https"]
"""

BROKEN = """\
regions = ["tokyo"]

[[segments]]
name = "web"
names = ["web-*"]

[[flows]]
from = ["internet"]
to = ["wbe"]
services = ["htps"]

[[waivers]]
control = "rds-backups"
resource = "*"
reason = "rebuilt every night"
approved_by = "ops"
approved_on = 2026-10-01
expires = 2028-10-01

[[attestations]]
promise = "4.1.4.nothing"
evidence = "evidence/a.pdf"
attested_by = "ops"
attested_on = 2026-10-01
"""

PROBLEMS = [
    ":1: regions[0]: 'tokyo' is not a region such as 'ap-northeast-1'",
    ":9: flows[0].to[0]: there is no segment or network 'wbe'; did you mean web?",
    (
        ":10: flows[0].services[0]: there is no service or protocol 'htps'; "
        "did you mean https or http?"
    ),
    ":13: waivers[0].control: there is no control 'rds-backups'; did you mean rds-backup or ",
    ":18: waivers[0].expires: at most a year after approved_on: 2027-10-01 at the latest",
    ":21: attestations[0].promise: there is no attested promise '4.1.4.nothing'",
]

OWN_CONTROL = """\
from cloudpack_baseline.authoring import bilingual, control, passed, reads
from cloudpack_baseline.model.s3 import Bucket


@control("own-buckets", "4.1.2", reads(Bucket), title=bilingual("Buckets are named"))
def own_buckets(view):
    '''Reads the name of each bucket.'''
    for bucket in view.all(Bucket):
        yield view.finding(bucket, passed(bilingual("named")))


def pytest_cloudpack_catalogue():
    return own_buckets
"""


@pytest.fixture
def validate(capsys):
    """Run the command: exit code, standard output, standard error."""

    def call(*arguments: str | Path) -> tuple[int, str, str]:
        code = main(["validate", *map(str, arguments)])
        return code, *capsys.readouterr()

    return call


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_the_examples_are_valid(validate, path):
    code, out, err = validate(path)
    assert (code, err) == (0, "")
    assert out.startswith(f"{path}: valid: ")


def test_every_problem_of_every_kind_at_once(validate, tmp_path):
    path = tmp_path / FILE_NAME
    path.write_text(BROKEN, encoding="utf-8")
    code, out, err = validate(path)
    assert (code, err) == (2, "")
    lines = out.splitlines()
    assert len(lines) == len(PROBLEMS)
    for line, expected in zip(lines, PROBLEMS, strict=True):
        assert line.startswith(f"{path}{expected}")


def test_each_of_several_files(validate, tmp_path):
    paths = [tmp_path / name for name in ("a.toml", "b.toml", "c.toml", "none.toml")]
    for path, text in zip(paths, (BROKEN, VALID, "[scope", None), strict=True):
        if text is not None:
            path.write_text(text, encoding="utf-8")
    code, out, _ = validate(*paths)
    assert code == 2
    assert out.count(f"{paths[0]}:") == len(PROBLEMS)
    assert f"{paths[1]}: valid: 0 accounts, 1 segment, 1 flow, 0 buckets, 0 waivers\n" in out
    assert f"{paths[2]}: is not TOML: " in out
    assert f"{paths[3]}: cannot be read: No such file or directory\n" in out


def test_the_nearest_one(validate, tmp_path, monkeypatch):
    (tmp_path / FILE_NAME).write_text(VALID, encoding="utf-8")
    below = tmp_path / "below"
    below.mkdir()
    monkeypatch.chdir(tmp_path)
    assert validate()[1].startswith(f"{FILE_NAME}: valid: ")
    monkeypatch.chdir(below)
    assert validate()[1].startswith(f"{tmp_path / FILE_NAME}: valid: ")


def test_no_file_at_all(validate, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, err = validate()
    assert (code, out) == (2, "")
    assert "cloudpack-baseline init" in err


def test_the_table_of_pyproject(validate, tmp_path):
    path = tmp_path / "pyproject.toml"
    path.write_text('[tool.cloudpack-baseline]\nregions = ["tokyo"]\n', encoding="utf-8")
    assert validate(path)[1].startswith(f"{path}:2: tool.cloudpack-baseline.regions[0]: ")


def test_a_control_of_your_own(validate, tmp_path):
    path, conftest = tmp_path / FILE_NAME, tmp_path / "conftest.py"
    path.write_text('[scope]\ncontrols = ["own-buckets"]\n', encoding="utf-8")
    conftest.write_text(OWN_CONTROL, encoding="utf-8")
    assert validate(path)[0] == 2
    assert validate(path, "--catalogue", conftest)[0] == 0


def test_no_control_characters_reach_the_terminal(validate, tmp_path):
    path = tmp_path / "a\x1b[2J.toml"
    path.write_text(VALID, encoding="utf-8")
    assert "\x1b" not in validate(path)[1]


def test_it_loads_no_aws_and_no_pytest():
    code = (
        "import sys\n"
        "from cloudpack_baseline.cli import main\n"
        f"main(['validate', {str(EXAMPLES[0])!r}])\n"
        "heavy = {'boto3', 'botocore', 'moto', 'pytest', 'yaml', 'jsonschema'}\n"
        "print(*sorted(heavy & set(sys.modules)), 'loaded')\n"
    )
    assert run_python("-c", code).stdout.splitlines()[-1] == "loaded"
