"""Runs the shell steps of `action.yml` and `ci/gitlab.yml`, as a runner does."""

import json
import os
import re
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from processes import run_program

ROOT = Path(__file__).parents[2]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/cloudpack-baseline.yml").read_text("utf-8"))
GITLAB = yaml.safe_load((ROOT / "ci/gitlab.yml").read_text("utf-8"))
FAILING = (
    *("database-isolation", "rds-backup", "root-mfa"),
    *("s3-exposure", "s3-public-access-block", "segmentation"),
)
"""The controls that fail in examples/three-tier-broken; examples/check.py judges it by all."""
_EXPRESSION = re.compile(r"\$\{\{ *(.*?) *\}\}")


@dataclass
class ActionRun:
    """A run of the action.

    Attributes:
        exit_code: of the last step that ran.
        printed: what all of them printed.
        outputs: of the step `judge`.
        summary: of the job.
    """

    exit_code: int = 0
    printed: str = ""
    outputs: dict[str, str] = field(default_factory=dict)
    summary: str = ""


def repository(folder: Path, example: str) -> Path:
    """A repository that is a copy of an example."""
    shutil.copytree(
        ROOT / "examples" / example, folder, ignore=shutil.ignore_patterns("__pycache__")
    )
    return folder


def red_repository(folder: Path) -> Path:
    """A repository with the broken example on moto, whose scope is what fails in it."""
    repository(folder, "three-tier-broken")
    file = folder / "cloudpack-baseline.toml"
    text, scope = file.read_text("utf-8"), f"[scope]\ncontrols = {json.dumps(FAILING)}\n"
    assert "[scope]\n" in text
    file.write_text(text.replace("[scope]\n", scope), "utf-8")
    return folder


def run_action(workspace: Path, scratch: Path, /, **inputs: str) -> ActionRun:
    """Run the steps `judge` and `result` with the inputs; hyphens are written as underscores."""
    values = {name: str(option["default"]) for name, option in ACTION["inputs"].items()}
    given = {name.replace("_", "-"): value for name, value in inputs.items()}
    assert given.keys() <= values.keys()
    context = {f"inputs.{name}": value for name, value in (values | given).items()}
    run = ActionRun()
    for name in ("judge", "result"):
        step = next(step for step in ACTION["runs"]["steps"] if step.get("id") == name)
        outputs = scratch / f"{name}.outputs"
        environment = _environment() | {
            "GITHUB_ACTIONS": "true",
            "GITHUB_OUTPUT": str(outputs),
            "GITHUB_STEP_SUMMARY": str(scratch / "summary.md"),
            "GITHUB_WORKSPACE": str(workspace),
        }
        environment |= {key: expand(value, context) for key, value in step["env"].items()}
        outputs.touch()
        _bash(step["run"], workspace, environment, run)
        written = _outputs(outputs.read_text("utf-8"))
        context |= {f"steps.{name}.outputs.{key}": value for key, value in written.items()}
        run.outputs |= written
        if run.exit_code:
            break
    summary = scratch / "summary.md"
    run.summary = summary.read_text("utf-8") if summary.exists() else ""
    return run


def run_gitlab(workspace: Path, environment: dict[str, str]) -> ActionRun:
    """Run the script of the GitLab job with its variables, and these instead of its own."""
    job = GITLAB["cloudpack-baseline"]
    run = ActionRun()
    variables = _environment() | job["variables"] | {"CI_PROJECT_ID": "1", "CI_JOB_ID": "2"}
    _bash("\n".join(job["script"]), workspace, variables | environment, run)
    return run


def run_keep(workspace: Path, environment: dict[str, str]) -> ActionRun:
    """Run the step of the reusable workflow that copies the evidence."""
    step = next(step for step in WORKFLOW["jobs"]["judge"]["steps"] if step.get("id") == "keep")
    run = ActionRun()
    _bash(step["run"], workspace, _environment() | environment, run)
    return run


def expand(text: str, context: dict[str, str]) -> str:
    """The value of a text with expressions."""
    return _EXPRESSION.sub(lambda one: context[one[1]], text)


def _environment() -> dict[str, str]:
    visible = {
        key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "PYTEST"))
    }
    return visible | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}


def _bash(script: str, folder: Path, environment: dict[str, str], run: ActionRun) -> None:
    # What GitHub runs for `shell: bash`; GitLab stops at the first failing line too.
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    done = run_program(*command, cwd=folder, env=environment, check=False)
    run.exit_code = done.returncode
    run.printed += done.stdout + done.stderr


def _outputs(text: str) -> dict[str, str]:
    """The outputs in the file of `GITHUB_OUTPUT`: NAME=VALUE, or NAME<<DELIMITER and lines."""
    found = {}
    lines = iter(text.splitlines())
    for line in lines:
        if match := re.fullmatch(r"([\w-]+)<<(.+)", line):
            found[match[1]] = "\n".join(iter(lambda end=match[2]: _line(lines, end), None))
        else:
            name, _, value = line.partition("=")
            found[name] = value
    return found


def _line(lines, delimiter: str) -> str | None:
    line = next(lines)
    return None if line == delimiter else line
