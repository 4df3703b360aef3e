"""The files for CI and those that the pages quote, by the schemas and linters of each platform.

`nox -s ci` installs the tools; elsewhere these tests are skipped.
"""

import re
import shutil
import sys
from pathlib import Path

import pytest
import yaml

from ci.steps import ACTION, GITLAB, ROOT
from processes import run_program

pytest.importorskip("check_jsonschema")

ACTION_FILE = ROOT / "action.yml"
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
SCAFFOLD = ROOT / "src/cloudpack_baseline/_cli/scaffold"
SCHEMAS = {
    SCAFFOLD / "github.yml": "vendor.github-workflows",
    SCAFFOLD / "gitlab.yml": "vendor.gitlab-ci",
    ACTION_FILE: "vendor.github-actions",
    ROOT / "ci/gitlab.yml": "vendor.gitlab-ci",
    **dict.fromkeys(WORKFLOWS, "vendor.github-workflows"),
}
PAGES = {"github-actions.md": "vendor.github-workflows", "gitlab.md": "vendor.gitlab-ci"}
_FENCE = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def quoted(name: str) -> list[str]:
    """The pieces of YAML of a page, in both languages."""
    pages = (ROOT / "docs/how-to" / name, ROOT / "docs/ja/how-to" / name)
    return [piece for page in pages for piece in _FENCE.findall(page.read_text("utf-8"))]


def tool(name: str, *arguments: str, text: str | None = None) -> tuple[int, str]:
    """The exit code and what a tool of this environment prints."""
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    program = shutil.which(name, path=path)
    assert program, f"{name} is not installed"
    options = {"check": False, "input": text, "cwd": ROOT, "env": {"PATH": path}}
    done = run_program(program, *arguments, **options)
    return done.returncode, done.stdout + done.stderr


def valid(schema: str, file: Path) -> tuple[int, str]:
    return tool("check-jsonschema", "--builtin-schema", schema, str(file))


@pytest.mark.parametrize("file", SCHEMAS, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_schema(file):
    code, printed = valid(SCHEMAS[file], file)
    assert code == 0, printed


@pytest.mark.parametrize("file", SCHEMAS, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_schema_rejects_a_misspelt_key(file, tmp_path):
    # A key without which the file means nothing.
    broken = tmp_path / file.name
    text = file.read_text("utf-8")
    broken.write_text(re.sub(r"\b(steps|script|project):", r"\1x:", text), "utf-8")
    assert valid(SCHEMAS[file], broken)[0] == 1


@pytest.mark.parametrize("page", PAGES)
def test_quoted_files(page, tmp_path):
    pieces = quoted(page)
    assert pieces
    for piece in pieces:
        file = tmp_path / "piece.yml"
        file.write_text(piece, "utf-8")
        code, printed = valid(PAGES[page], file)
        assert code == 0, f"{printed}\n{piece}"


def as_workflow(action):
    """The steps of an action as a job: actionlint reads workflows only."""
    loaded = yaml.safe_load(action)
    inputs = {name: {"type": "string"} for name in loaded["inputs"]}
    jobs = {"action": {"runs-on": "ubuntu-latest", "steps": loaded["runs"]["steps"]}}
    return yaml.safe_dump({"on": {"workflow_call": {"inputs": inputs}}, "jobs": jobs})


def by_version(text):
    """The text with actions of others by their versions, which actionlint knows, unlike pins."""
    return re.sub(r"@[0-9a-f]{40} # (v\d+)\.\S+", r"@\1", text)


TEXTS = {
    "action.yml": as_workflow(by_version(ACTION_FILE.read_text("utf-8"))),
    **{
        f"{file.parent.name}/{file.name}": by_version(file.read_text("utf-8"))
        for file in (*WORKFLOWS, SCAFFOLD / "github.yml")
    },
}


@pytest.mark.parametrize("name", TEXTS)
def test_actionlint(name):
    # Also of actions whose version of Node.js GitHub has removed.
    code, printed = tool("actionlint", "-no-color", "-", text=TEXTS[name])
    assert code == 0, printed


def test_actionlint_of_the_guide():
    for piece in quoted("github-actions.md"):
        code, printed = tool("actionlint", "-no-color", "-", text=by_version(piece))
        assert code == 0, f"{printed}\n{piece}"


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("action.yml", "python-version"),
        ("action.yml", "role-to-assume"),
        ("workflows/cloudpack-baseline.yml", "retention-days"),
        ("workflows/cloudpack-baseline.yml", "sparse-checkout"),
    ],
)
def test_actionlint_knows_the_inputs_of_actions(name, known):
    broken = TEXTS[name].replace(f"{known}: ", f"{known}x: ")
    code, printed = tool("actionlint", "-no-color", "-", text=broken)
    assert code == 1
    assert f"{known}x" in printed


@pytest.mark.parametrize(
    "script",
    [
        *(step["run"] for step in ACTION["runs"]["steps"] if "run" in step),
        "\n".join(GITLAB["cloudpack-baseline"]["before_script"]),
        "\n".join(GITLAB["cloudpack-baseline"]["script"]),
    ],
)
def test_shellcheck(script):
    # The variables come from `env` and `variables`, in capitals.
    options = ("--shell=bash", "--exclude=SC2153,SC2154", "--enable=quote-safe-variables", "-")
    code, printed = tool("shellcheck", *options, text=script)
    assert code == 0, printed
