"""What a release consists of: extras, archives, licences, and the fragments of the changelog."""

import io
import itertools
import re
import tarfile
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

from processes import run_python

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = set(PROJECT["project"]["optional-dependencies"])
MODULES = {
    "moto": "moto",
    "templates": "yaml",
    "cfn-lint": "cfnlint",
    "html": "jinja2",
    "sign": "cryptography",
}
"""What each extra installs that the package imports."""


def normalized(name):
    return name.lower().replace("_", "-")


@pytest.fixture
def tool(monkeypatch):
    """A module of `tools` or `docs`."""
    monkeypatch.syspath_prepend(ROOT / "tools")
    monkeypatch.syspath_prepend(ROOT / "docs")
    return import_module


@pytest.mark.parametrize("extra", MODULES)
def test_the_message_of_a_missing_extra_names_it(extra):
    code = (
        f"import sys, tempfile; from pathlib import Path; sys.modules[{MODULES[extra]!r}] = None\n"
        f"sys.path.insert(0, {str(ROOT / 'tools')!r}); import features\n"
        "folder = Path(tempfile.mkdtemp())\n"
        f"print(features.extra_missing(features.FEATURES[{extra!r}], folder))"
    )
    assert run_python("-c", code).stdout.strip() == extra


def test_each_feature_works_where_its_extra_is_installed(tool, tmp_path):
    features = tool("features")
    assert set(features.FEATURES) == set(MODULES)
    for name in ("templates", "html", "sign", "cfn-lint"):
        (tmp_path / name).mkdir()
        assert features.extra_missing(features.FEATURES[name], tmp_path / name) is None


def test_all_brings_each_extra(tool):
    (everything,) = PROJECT["project"]["optional-dependencies"]["all"]
    assert set(re.split(r"[\[\],]", everything)[1:-1]) == set(MODULES)
    assert set(MODULES) | {"all", "cloudformation"} == EXTRAS
    assert set(tool("installs").EXTRAS) == EXTRAS | {""}


@pytest.mark.parametrize("page", ["docs/tutorial.md", "docs/ja/tutorial.md"])
def test_the_tutorial_says_what_each_extra_gives(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([\w-]+)` \|", text, re.MULTILINE)
    assert set(rows) == EXTRAS - {"cloudformation"}


class TestArchives:
    def archive(self, path, **files):
        with tarfile.open(path, "w:gz") as archive:
            for name, body in files.items():
                entry = tarfile.TarInfo(f"package/{name}")
                entry.size = len(body)
                archive.addfile(entry, io.BytesIO(body))
        return path

    def folders(self, tmp_path, first, second):
        for name, files in (("first", first), ("second", second)):
            (tmp_path / name).mkdir()
            self.archive(tmp_path / name / "package.tar.gz", **files)
        return tmp_path / "first", tmp_path / "second"

    def test_equal_builds_do_not_differ(self, tool, tmp_path):
        first, second = self.folders(tmp_path, {"a": b"1"}, {"a": b"1"})
        (second / "package.tar.gz").write_bytes((first / "package.tar.gz").read_bytes())
        assert list(tool("distributions").differences(first, second)) == []

    def test_a_byte_that_differs_is_told_by_file(self, tool, tmp_path):
        folders = self.folders(tmp_path, {"a": b"1", "b": b"1"}, {"a": b"1", "b": b"2"})
        (difference,) = tool("distributions").differences(*folders)
        assert difference == "package.tar.gz differs between two builds: package/b"

    def test_an_archive_that_only_one_build_has(self, tool, tmp_path):
        first, second = self.folders(tmp_path, {"a": b"1"}, {"a": b"1"})
        (second / "package.tar.gz").unlink()
        (difference,) = tool("distributions").differences(first, second)
        assert difference == "only one build has package.tar.gz"

    def test_an_sdist_has_what_git_has(self, tool, tmp_path, monkeypatch):
        distributions = tool("distributions")
        monkeypatch.setattr(distributions, "git", lambda *_: "a\0b\0")
        path = self.archive(tmp_path / "p.tar.gz", **{"a": b"", "c": b"", "PKG-INFO": b""})
        assert list(distributions.left_out(path)) == [
            "the sdist lacks b",
            "c is in the sdist, but not in git",
        ]

    def test_a_relative_link_on_the_page_of_an_index(self, tool, tmp_path):
        text = b"[a](https://b.example/c.html) ![d](docs/e.svg) [f](#g)"
        path = self.archive(tmp_path / "package.tar.gz", **{"PKG-INFO": text})
        (problem,) = tool("distributions").relative_links(path)
        assert problem == "the long description has a relative link: docs/e.svg"


class TestLicences:
    @pytest.mark.parametrize(
        ("licence", "permitted"),
        [
            ("MIT", True),
            ("Apache-2.0 OR BSD-3-Clause", True),
            ("Apache-2.0 AND CNRI-Python", True),
            ("GPL-3.0-only OR MIT", True),
            ("GPL-3.0-only AND MIT", False),
            ("GPL-3.0-only", False),
            ("unknown", False),
            ("", False),
        ],
    )
    def test_what_is_permitted(self, tool, licence, permitted):
        assert tool("licences").permitted(licence) is permitted

    def test_every_dependency_has_a_licence_that_is_permitted(self, tool):
        dependencies = tool("licences").dependencies()
        assert {"boto3", "moto", "cfn-lint"} <= {dependency.name for dependency in dependencies}
        assert [dependency for dependency in dependencies if not dependency.permitted] == []

    @pytest.mark.parametrize("folder", ["docs", "docs/ja"])
    def test_the_page_lists_what_the_package_requires(self, folder):
        page = (ROOT / folder / "reference" / "licences.md").read_text(encoding="utf-8")
        listed = {normalized(name) for name in re.findall(r"^\| ([\w.-]+) \|", page, re.MULTILINE)}
        extras = PROJECT["project"]["optional-dependencies"].values()
        required = [*PROJECT["project"]["dependencies"], *itertools.chain.from_iterable(extras)]
        names = {normalized(re.split(r"[\[>]", one)[0]) for one in required}
        assert names - listed == {"cloudpack-baseline"}


class TestFragments:
    @pytest.mark.parametrize(
        ("name", "text", "fault"),
        [
            ("13.added.md", "A site.\n", None),
            ("+html-report.fixed.md", "`report` writes it.\n", None),
            ("+html.improved.md", "Text.\n", "is not NAME.CATEGORY.md"),
            ("notes.md", "Text.\n", "is not NAME.CATEGORY.md"),
            ("html.added.md", "Text.\n", "is not NAME.CATEGORY.md"),
            ("13.added.md", " \n", "is empty"),
            ("13.added.md", "- Text.\n", None),  # the template removes it
            ("13.added.md", "- Text.\n- More.\n", "is a heading or a list"),
            ("13.added.md", "# Text\n", "is a heading or a list"),
        ],
    )
    def test_their_names_and_texts(self, tool, tmp_path, name, text, fault):
        (tmp_path / name).write_text(text, encoding="utf-8")
        found = list(tool("changelog").faults(tmp_path / name))
        assert [fault in one for one in found] == ([True] if fault else [])

    def test_those_of_the_repository(self, tool):
        changelog = tool("changelog")
        assert [
            fault for file in changelog.fragments(ROOT) for fault in changelog.faults(file)
        ] == []

    def test_no_entry_under_unreleased_is_lost(self, tool):
        changelog = tool("changelog")
        text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
        without, unreleased = changelog.split(text)
        assert text.count("\n- ") == without.count("\n- ") + sum(map(len, unreleased.values()))
        assert set(unreleased) <= changelog.categories()
        assert without.count(changelog.START) == (1 if "[Unreleased]" in text else 0)

    def test_an_entry_keeps_its_lines_and_its_order(self, tool):
        changelog = "# C\n\n## [Unreleased]\n\n### Added\n\n- a\n  more\n- b\n\n## 0.1.0\n\n- c\n"
        text, unreleased = tool("changelog").split(changelog)
        assert unreleased == {"added": ["a\n  more", "b"]}
        assert text == "# C\n\n<!-- releases -->\n\n## 0.1.0\n\n- c\n"
        assert [name for name, _ in tool("changelog").named(unreleased)] == [
            "1000000.added.md",
            "1000001.added.md",
        ]
