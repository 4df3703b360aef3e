"""``cloudpack-baseline init --pytest``: files that work on the first day, and none overwritten."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from cloudpack_baseline import Baseline
from cloudpack_baseline._cli import _scaffold
from cloudpack_baseline.baseline import FILE_NAME
from cloudpack_baseline.baseline.schema import SCHEMA_NAME, baseline_schema
from cloudpack_baseline.cli import main
from cloudpack_baseline.whitepaper import builtin
from processes import run_python

ROOT = Path(__file__).parents[1]
WORKFLOW = Path(".github/workflows/cloudpack-baseline.yml")
PIPELINE = Path(".gitlab-ci.yml")
ALWAYS = {FILE_NAME, SCHEMA_NAME, "pytest.ini", "conftest.py"}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """An empty repository, in which the command runs; nothing above it counts."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def init(capsys):
    """Run the command: the lines that it prints."""

    def call(*arguments: str) -> list[str]:
        assert main(["init", "--pytest", *arguments]) == 0
        out, err = capsys.readouterr()
        assert err == ""
        return out.splitlines()

    return call


def remote(folder: Path, url: str) -> None:
    text = f'[core]\n\tbare = false\n[remote "origin"]\n\turl = {url}\n'
    (folder / ".git" / "config").write_text(text, encoding="utf-8")


def installed_from(monkeypatch, url: str, commit: str) -> None:
    """As if pip had installed this package from the repository (PEP 610)."""

    class Installed:
        def read_text(self, name):
            assert name == "direct_url.json"
            return json.dumps({"url": url, "vcs_info": {"vcs": "git", "commit_id": commit}})

    monkeypatch.setattr(_scaffold, "distribution", lambda _: Installed())


def written(folder: Path) -> set[str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix() for path in files if ".git" not in path.parts}


class TestFiles:
    def test_without_a_platform(self, init, folder):
        lines = init()
        assert written(folder) == ALWAYS
        assert [line for line in lines if line.startswith("no file for CI: ")]
        assert lines[-1].endswith("then run: pytest --cloudpack-baseline")

    def test_the_baseline_is_valid_and_refers_to_the_schema(self, init, folder):
        init()
        text = (folder / FILE_NAME).read_text(encoding="utf-8")
        assert text.startswith("#:schema ./cloudpack-baseline.schema.json\n")
        schema = json.loads((folder / SCHEMA_NAME).read_text(encoding="utf-8"))
        assert schema == baseline_schema(builtin())
        assert Baseline.load(folder / FILE_NAME).regions == ("ap-northeast-1",)

    @pytest.mark.parametrize(
        "url",
        [
            "git@github.com:acme/infra.git",
            "https://github.com/acme/infra",
            "https://user:token@github.example.com/acme/infra.git",
            "ssh://git@github.com/acme/infra.git",
        ],
    )
    def test_a_remote_on_github(self, init, folder, url):
        remote(folder, url)
        lines = init()
        assert written(folder) == ALWAYS | {WORKFLOW.as_posix()}
        assert f"wrote {WORKFLOW}" in lines
        workflow = yaml.safe_load((folder / WORKFLOW).read_text(encoding="utf-8"))
        _, step = workflow["jobs"]["baseline"]["steps"]
        assert step["with"] == {"source": "moto", "file": FILE_NAME}
        assert workflow["permissions"] == {"contents": "read"}

    def test_the_default_branch(self, init, folder):
        remote(folder, "git@github.com:acme/infra.git")
        head = folder / ".git" / "refs" / "remotes" / "origin" / "HEAD"
        head.parent.mkdir(parents=True)
        head.write_text("ref: refs/remotes/origin/release/1\n", encoding="utf-8")
        init()
        assert "branches: [release/1]" in (folder / WORKFLOW).read_text(encoding="utf-8")

    @pytest.mark.parametrize(
        "url", ["git@gitlab.com:acme/infra.git", "https://gitlab.example.com/a/b/infra.git"]
    )
    def test_a_remote_on_gitlab(self, init, folder, url):
        remote(folder, url)
        init()
        assert written(folder) == ALWAYS | {PIPELINE.as_posix()}
        pipeline = yaml.safe_load((folder / PIPELINE).read_text(encoding="utf-8"))
        assert pipeline["include"][0]["file"] == "/ci/gitlab.yml"
        variables = pipeline["cloudpack-baseline"]["variables"]
        assert variables["CLOUDPACK_SOURCE"] == "moto"
        assert variables["CLOUDPACK_FILE"] == FILE_NAME

    @pytest.mark.parametrize(
        "url", ["https://example.com/github/infra", "git@example.com:gitlab/infra.git", "../github"]
    )
    def test_a_path_is_no_platform(self, init, folder, url):
        remote(folder, url)
        init()
        assert written(folder) == ALWAYS

    def test_files_of_both_platforms(self, init, folder):
        (folder / ".github").mkdir()
        (folder / PIPELINE).write_text("stages: [test]\n", encoding="utf-8")
        lines = init()
        assert (folder / WORKFLOW).exists()
        assert f"kept {PIPELINE}; add:" in lines
        assert "    include:" in lines
        assert (folder / PIPELINE).read_text(encoding="utf-8") == "stages: [test]\n"

    def test_a_linked_worktree(self, init, folder):
        remote(folder, "git@github.com:acme/infra.git")
        linked = folder / ".git" / "worktrees" / "w"
        linked.mkdir(parents=True)
        (linked / "commondir").write_text("../..\n", encoding="utf-8")
        worktree = folder / "w"
        worktree.mkdir()
        (worktree / ".git").write_text(f"gitdir: {linked}\n", encoding="utf-8")
        os.chdir(worktree)
        init()
        assert (worktree / WORKFLOW).exists()

    def test_a_folder_of_the_repository(self, init, folder):
        """CI files stand at its root, and name the baseline file from there."""
        (folder / ".github").mkdir()
        below = folder / "infra stack"
        below.mkdir()
        os.chdir(below)
        lines = init()
        assert f"wrote {folder / WORKFLOW}" in lines
        workflow = yaml.safe_load((folder / WORKFLOW).read_text(encoding="utf-8"))
        step = workflow["jobs"]["baseline"]["steps"][1]
        assert step["with"]["file"] == f"infra stack/{FILE_NAME}"
        assert (below / "conftest.py").exists()


class TestOrigin:
    def test_a_commit_on_github(self, init, folder, monkeypatch):
        installed_from(monkeypatch, "https://github.com/acme/baseline.git", "0" * 40)
        remote(folder, "git@github.com:acme/infra.git")
        lines = init()
        text = (folder / WORKFLOW).read_text(encoding="utf-8")
        assert f"uses: acme/baseline@{'0' * 40}\n" in text
        assert not [line for line in lines if line.startswith("name the repository")]

    def test_a_commit_on_gitlab(self, init, folder, monkeypatch):
        installed_from(monkeypatch, "https://gitlab.example.com/a/b/baseline", "f" * 40)
        remote(folder, "https://gitlab.example.com/a/infra")
        init()
        pipeline = yaml.safe_load((folder / PIPELINE).read_text(encoding="utf-8"))
        assert pipeline["include"] == [
            {"project": "a/b/baseline", "ref": "f" * 40, "file": "/ci/gitlab.yml"}
        ]
        package = pipeline["cloudpack-baseline"]["variables"]["CLOUDPACK_PACKAGE"]
        assert package.endswith(f" @ git+https://gitlab.example.com/a/b/baseline@{'f' * 40}")

    def test_nowhere(self, init, folder):
        remote(folder, "git@github.com:acme/infra.git")
        assert f"name the repository of cloudpack-baseline, and a tag, in {WORKFLOW}" in init()


class TestExistingFiles:
    def test_nothing_is_overwritten(self, init, folder):
        names = [FILE_NAME, SCHEMA_NAME, "pytest.ini", "conftest.py", str(WORKFLOW), str(PIPELINE)]
        (folder / WORKFLOW.parent).mkdir(parents=True)
        for name in names:
            (folder / name).write_text("# mine\n", encoding="utf-8")
        lines = init()
        for name in names:
            assert (folder / name).read_text(encoding="utf-8") == "# mine\n"
            assert any(line.startswith(f"kept {name}") for line in lines)
        assert "    #:schema ./cloudpack-baseline.schema.json" in lines
        assert "    cloudpack_source = moto" in lines
        assert "    def pytest_cloudpack_provision(account):" in lines
        assert "          source: moto" in "\n".join(lines)
        assert "    include:" in lines

    def test_a_second_time_nothing_is_left_to_add(self, init, folder):
        remote(folder, "git@github.com:acme/infra.git")
        init()
        kept = [line for line in init() if line.startswith("kept ")]
        assert len(kept) == 5
        assert not [line for line in kept if line.endswith("add:")]

    @pytest.mark.parametrize(
        ("name", "content", "addition"),
        [
            (
                "pyproject.toml",
                "[tool.pytest.ini_options]\naddopts = '-ra'\n",
                ["    [tool.pytest.ini_options]", '    cloudpack_source = "moto"'],
            ),
            ("tox.ini", "[pytest]\n", ["    [pytest]", "    cloudpack_source = moto"]),
            ("setup.cfg", "[tool:pytest]\n", ["    [tool:pytest]", "    cloudpack_source = moto"]),
            ("pytest.ini", "", ["    [pytest]", "    cloudpack_source = moto"]),
        ],
    )
    def test_the_configuration_of_pytest(self, init, folder, name, content, addition):
        (folder / name).write_text(content, encoding="utf-8")
        below = folder / "below"
        below.mkdir()
        os.chdir(below)
        lines = init()
        start = lines.index(f"kept {folder / name}; add:")
        assert lines[start + 1 : start + 3] == addition
        assert not (below / "pytest.ini").exists()

    def test_a_project_without_pytest(self, init, folder):
        (folder / "pyproject.toml").write_text("[project]\nname = 'a'\n", encoding="utf-8")
        init()
        assert (folder / "pytest.ini").exists()

    def test_a_baseline_in_pyproject_is_not_joined_by_another(self, init, folder, capsys):
        text = '[tool.cloudpack-baseline]\nregions = ["ap-northeast-1"]\n'
        (folder / "pyproject.toml").write_text(text, encoding="utf-8")
        remote(folder, "git@github.com:acme/infra.git")
        assert main(["init"]) == 2
        assert "pyproject.toml: already exists" in capsys.readouterr().err
        assert "kept pyproject.toml" in init()
        assert not (folder / FILE_NAME).exists()
        assert "file: pyproject.toml" in (folder / WORKFLOW).read_text(encoding="utf-8")

    def test_a_baseline_that_cannot_be_read(self, folder, capsys):
        (folder / FILE_NAME).mkdir()
        (folder / "binary.toml").write_bytes(b"\xff\xfe")
        for name, problem in ((FILE_NAME, "cannot be read: "), ("binary.toml", "is not TOML: ")):
            assert main(["init", "--pytest", "--file", name]) == 2
            assert capsys.readouterr().err.startswith(f"cloudpack-baseline: {name}: {problem}")
        assert not (folder / "conftest.py").exists()

    def test_without_the_option_an_existing_file_is_an_error(self, folder, capsys):
        (folder / FILE_NAME).write_text("# mine\n", encoding="utf-8")
        assert main(["init"]) == 2
        assert "already exists" in capsys.readouterr().err
        assert written(folder) == {FILE_NAME}


class TestRun:
    """What was written, run as a user runs it: on a pipe, without credentials."""

    def pytest(self, *arguments):
        kept = ("PATH", "HOME", "MOTO_AMIS_PATH")
        environment = {key: os.environ[key] for key in kept if key in os.environ}
        controls = "--cloudpack-control=default-security-group,s3-exposure,root-mfa"
        command = ("-m", "pytest", "-p", "no:cacheprovider", "--cloudpack-baseline", controls)
        return run_python(
            *command, *arguments, env=environment, check=False, stdin=subprocess.DEVNULL
        )

    def init(self, folder):
        remote(folder, "git@github.com:acme/infra.git")
        command = ("-m", "cloudpack_baseline", "init", "--pytest")
        assert run_python(*command, stdin=subprocess.DEVNULL).returncode == 0

    def test_the_stub_says_that_nothing_is_built(self, folder):
        self.init(folder)
        done = self.pytest()
        assert done.returncode == 1  # the default security group of AWS lets everything out
        assert "source moto" in done.stdout
        assert "the mocked account is empty: no conftest.py creates resources in" in done.stdout
        assert "root-mfa" in done.stdout

    def test_something_is_built(self, folder):
        self.init(folder)
        conftest = folder / "conftest.py"
        stub = "    return NotImplemented  # remove this line as soon as something is built\n"
        text = conftest.read_text(encoding="utf-8")
        assert stub in text
        call = 'account.session.client("s3", region_name="us-east-1").create_bucket(Bucket="shop")'
        build = f"    {call}\n"
        conftest.write_text(text.replace(stub, build), encoding="utf-8")
        done = self.pytest()
        assert "the mocked account is empty" not in done.stdout
        assert "skipped" not in done.stdout.splitlines()[-1]  # the bucket is judged

    def test_in_a_suite_without_the_plugin(self, folder):
        """The hook is optional: the user's other tests run where the plugin is turned off."""
        self.init(folder)
        (folder / "test_a.py").write_text("def test_a():\n    pass\n", encoding="utf-8")
        command = ("-m", "pytest", "-q", "-p", "no:cloudpack-baseline", "-p", "no:cacheprovider")
        done = run_python(*command, "-W", "ignore::pytest.PytestConfigWarning", check=False)
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("name", "page"), [("github.yml", "github-actions.md"), ("gitlab.yml", "gitlab.md")]
)
def test_the_pages_show_what_is_written(name, page):
    text = (Path(_scaffold.__file__).parent / "scaffold" / name).read_text(encoding="utf-8")
    for language in ("", "ja"):
        shown = (ROOT / "docs" / language / "how-to" / page).read_text(encoding="utf-8")
        assert f"```yaml\n{text}```\n" in shown


def test_the_stub_is_python():
    text = (Path(_scaffold.__file__).parent / "scaffold" / "conftest.txt").read_text("utf-8")
    compile(text, "conftest.py", "exec")
    assert sys.version_info >= (3, 11)
