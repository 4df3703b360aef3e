"""The hooks of `.pre-commit-hooks.yaml`, run by pre-commit from a clone of this repository.

`nox -s ci` installs pre-commit, and pre-commit installs the package; elsewhere, these tests are
skipped.
"""

import copy
import os
import re
import shutil
import sys
from pathlib import Path

import pytest
import yaml

from ci.steps import ROOT, repository
from processes import run_program

pytest.importorskip("pre_commit")
if not (ROOT / ".git").exists():
    pytest.skip("pre-commit clones a repository", allow_module_level=True)

GUIDE = [
    yaml.safe_load(piece)
    for language in ("", "ja/")
    for piece in re.findall(
        r"^```yaml\n(.*?)^```$",
        (ROOT / f"docs/{language}how-to/pre-commit.md").read_text("utf-8"),
        re.MULTILINE | re.DOTALL,
    )
]
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))


def git(folder, *arguments):
    return run_program("git", "-C", str(folder), *arguments).stdout.strip()


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Where pre-commit keeps the environment that it installs once."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def work(tmp_path):
    """A repository with both hooks, and the example of a template."""
    folder = repository(tmp_path / "work", "template")
    revision = git(ROOT, "rev-parse", "HEAD")
    hooks = [{"id": hook["id"]} for hook in HOOKS]
    config = {"repos": [{"repo": str(ROOT), "rev": revision, "hooks": hooks}]}
    (folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config), "utf-8")
    (folder / "workflow.yml").write_text("on: push\n", "utf-8")
    git(folder, "init", "--quiet")
    return folder


@pytest.fixture
def commit(work, home):
    """Stage these files and run the hooks as a commit does: exit code, what is printed."""

    def run(*names):
        git(work, "add", ".pre-commit-config.yaml", *names)
        environment = {name: value for name, value in os.environ.items() if name[:4] != "GIT_"}
        done = run_program(
            *(sys.executable, "-m", "pre_commit", "run"),
            cwd=work,
            check=False,
            # pip would compile all that it installs; the hooks import a part of it.
            env=environment | {"PRE_COMMIT_HOME": str(home), "PIP_COMPILE": "0"},
        )
        return done.returncode, done.stdout + done.stderr

    return run


def test_good_files_pass(commit):
    code, printed = commit("cloudpack-baseline.toml", "shop.yaml", "workflow.yml")
    assert code == 0, printed
    assert printed.count("Passed") == len(HOOKS)


def test_a_bad_template_fails_with_file_and_line(commit):
    code, printed = commit("broken.yaml", "workflow.yml")
    assert code == 1
    assert "broken.yaml:200:7" in printed
    assert "(no files to check)Skipped" in printed


def test_yaml_that_is_no_template_is_silent(commit):
    code, printed = commit("workflow.yml")
    assert (code, printed.count("Passed")) == (0, 1)


def test_a_bad_baseline_file_fails(work, commit):
    (work / "cloudpack-baseline.toml").write_text('regions = ["tokyo"]\n', "utf-8")
    code, printed = commit("cloudpack-baseline.toml")
    assert code == 1
    assert "cloudpack-baseline.toml:1: regions[0]" in printed


def test_the_guide_names_every_hook():
    for configuration in GUIDE:
        (source,) = configuration["repos"]
        assert {hook["id"] for hook in source["hooks"]} == {hook["id"] for hook in HOOKS}


def test_a_whole_folder_as_the_guide_has_it(work, commit):
    whole = copy.deepcopy(GUIDE[1])
    whole["repos"][0] |= {"repo": str(ROOT), "rev": git(ROOT, "rev-parse", "HEAD")}
    (work / ".pre-commit-config.yaml").write_text(yaml.safe_dump(whole), "utf-8")
    (work / "infra").mkdir()
    shutil.move(work / "broken.yaml", work / "infra")
    (work / "infra/queue.yaml").write_text("Resources: {Q: {Type: AWS::SQS::Queue}}\n", "utf-8")
    assert commit("shop.yaml")[0] == 0
    code, printed = commit("infra/queue.yaml")
    assert code == 1
    assert "infra/broken.yaml:200:7" in printed


def test_the_manifest(tmp_path):
    manifest = ROOT / ".pre-commit-hooks.yaml"
    command = (sys.executable, "-m", "pre_commit", "validate-manifest")
    run_program(*command, str(manifest))
    broken = tmp_path / "hooks.yaml"
    shutil.copy(manifest, broken)
    broken.write_text(Path(broken).read_text("utf-8").replace("entry:", "enter:"), "utf-8")
    assert run_program(*command, str(broken), check=False).returncode == 1
