"""With the flag, pytest's import hook compiles no module of this package anew."""

from __future__ import annotations

import sys

from cloudpack_baseline._pytest.finder import PackageFinder

pytest_plugins = ["pytester"]

LOADERS = (
    "import sys\n"
    "def pytest_unconfigure():\n"
    "    with open('loaders.txt', 'w') as file:\n"
    "        for name, module in sorted(sys.modules.items()):\n"
    "            spec = getattr(module, '__spec__', None)\n"
    "            if spec is not None and spec.loader is not None:\n"
    "                print(name, type(spec.loader).__name__, file=file)\n"
)


def loaders(project, *arguments):
    """The class of the loader of each module, at the end of a run in a process of its own."""
    project.pytester.makeconftest(LOADERS)
    project.pytester.makepyfile(test_rewritten="def test_rewritten():\n    assert 1\n")
    project.run_apart(*arguments)
    lines = (project.path / "loaders.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split() for line in lines)


def test_modules_of_the_package_are_loaded_by_python_and_tests_by_pytest(project):
    by_module = loaders(
        project,
        "--cloudpack-baseline",
        "--cloudpack-source=snapshot:recorded.json",
        ".",
    )
    assert by_module["cloudpack_baseline.checks.account.root_mfa"] == "SourceFileLoader"
    assert by_module["cloudpack_baseline._pytest.plugin"] == "SourceFileLoader"
    assert by_module["test_rewritten"] == "AssertionRewritingHook"


def test_the_finder_leaves_modules_of_others_to_others():
    finder = PackageFinder()
    assert finder.find_spec("json.decoder", None) is None
    assert finder.find_spec("cloudpack_baseline_of_others", None) is None


def test_a_removed_finder_is_asked_no_longer():
    before = list(sys.meta_path)
    finder = PackageFinder()
    finder.install()
    assert sys.meta_path[0] is finder
    finder.remove()
    finder.remove()
    assert sys.meta_path == before
