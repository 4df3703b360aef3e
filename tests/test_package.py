"""What the package exports, and what importing it costs."""

import ast
import importlib.util
import inspect
import json
import pickle
import tomllib
from importlib.metadata import distribution, entry_points
from pathlib import Path

import pytest

import cloudpack_baseline
from cloudpack_baseline import api, errors
from cloudpack_baseline.whitepaper import controls
from processes import run_python

ROOT = Path(__file__).parents[1]
HEAVY = ("attrs", "boto3", "botocore", "moto", "cfnlint", "networkx", "yaml", "pytest")


def loaded_by(code: str) -> set[str]:
    """The heavy modules that a fresh interpreter holds after the code."""
    probe = f"{code}\nimport sys\nprint(*(one for one in {HEAVY!r} if one in sys.modules))"
    done = run_python("-c", probe)
    return set(done.stdout.split())


NAMES = {
    "Assessment",
    "Baseline",
    "CloudpackError",
    "CredentialsError",
    "MissingExtraError",
    "NotReadOnlyError",
    "OfflineError",
    "Problem",
    "SignatureError",
    "SnapshotError",
    "WrongAccountError",
    "Finding",
    "InputError",
    "Observation",
    "Outcome",
    "Resource",
    "Snapshot",
    "SourceError",
    "AllowedAccess",
    "FieldValue",
    "HopResource",
    "PassingTraffic",
    "PortRange",
    "Witness",
    "WitnessHop",
    "WitnessPacket",
    "WitnessRequest",
    "WitnessStatement",
    "__version__",
    "assess",
    "assess_period",
    "gather",
    "gather_plan",
    "gather_template",
    "read_snapshot",
    "sign",
    "verify",
    "write_snapshot",
}
"""What is public beside a function for each control."""


def test_every_documented_error_is_public():
    for name in errors.__all__:
        assert getattr(cloudpack_baseline, name) is getattr(errors, name)


def test_no_error_tells_the_password_of_a_url():
    error = errors.SourceError('at "http://me:pa:ss@127.0.0.1:5000/x@y", s3://bucket/a@b')
    assert str(error) == 'at "http://127.0.0.1:5000/x@y", s3://bucket/a@b'
    assert "geheim" not in str(errors.InputError("not a URL: 'https://u:geheim@host'"))
    assert str(pickle.loads(pickle.dumps(error))) == str(error)  # noqa: S301 - our own


def test_the_public_names():
    functions = {f"check_{id_.replace('-', '_')}" for id_ in controls()}
    assert set(cloudpack_baseline.__all__) == NAMES | functions
    assert len(cloudpack_baseline.__all__) == len(NAMES | functions)


@pytest.mark.parametrize("name", cloudpack_baseline.__all__)
def test_every_public_name_can_be_had(name):
    assert getattr(cloudpack_baseline, name) is not None
    assert name in dir(cloudpack_baseline)


@pytest.mark.parametrize("name", sorted(set(cloudpack_baseline.__all__) - {"__version__"}))
def test_every_public_name_is_documented(name):
    assert inspect.getdoc(getattr(cloudpack_baseline, name))


@pytest.mark.parametrize("name", ["nothing", "check_nothing", "texts_of"])
@pytest.mark.parametrize("module", [cloudpack_baseline, api])
def test_there_is_no_other_name(module, name):
    with pytest.raises(AttributeError, match=f"has no attribute '{name}'"):
        getattr(module, name)


class TestCheckFunctions:
    def test_they_are_those_of_the_api(self):
        assert cloudpack_baseline.check_root_mfa is api.check_root_mfa
        assert dir(api) == api.__all__

    def test_each_says_what_it_is(self):
        assert api.check_root_mfa.__name__ == "check_root_mfa"
        assert api.check_root_mfa.__module__ == "cloudpack_baseline.api"
        assert pickle.loads(pickle.dumps(api.check_root_mfa)) is api.check_root_mfa  # noqa: S301

    def test_each_has_the_title_of_the_catalogue_and_the_evidence_of_the_check(self):
        documentation = inspect.getdoc(api.check_root_mfa)
        assert documentation.startswith("The root user has MFA.\n\nJudges 5.3.2 (direct). Reads")
        assert "    SourceError:" in documentation

    def test_each_has_the_signature_that_the_stub_tells(self):
        stub = ast.parse(Path(api.__file__).with_suffix(".pyi").read_text(encoding="utf-8"))
        functions = {node.name: node for node in stub.body if isinstance(node, ast.FunctionDef)}
        assert sorted(functions) == api.__all__
        for name, node in functions.items():
            function = getattr(api, name)
            assert list(inspect.signature(function).parameters) == [
                *(argument.arg for argument in node.args.args),
                *(argument.arg for argument in node.args.kwonlyargs),
            ]
            assert ast.get_docstring(node) == inspect.getdoc(function)

    def test_the_stub_of_the_package_names_what_it_exports(self):
        path = Path(cloudpack_baseline.__file__).with_suffix(".pyi")
        stub = ast.parse(path.read_text(encoding="utf-8"))
        imported = [
            alias.name
            for node in stub.body
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        ]
        assert sorted(imported) == sorted(cloudpack_baseline.__all__)


@pytest.mark.skipif(not (ROOT / "docs").is_dir(), reason="needs the source tree")
def test_generated_files_are_up_to_date(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "docs")  # its neighbours
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    for path, expected in generate.FILES.items():
        assert path.read_text(encoding="utf-8") == expected(), f"python docs/generate.py: {path}"


def test_importing_the_package_loads_nothing_heavy():
    assert loaded_by("import cloudpack_baseline") == set()


def test_a_baseline_needs_no_aws():
    assert not loaded_by("from cloudpack_baseline import Baseline; Baseline()") & {
        "boto3",
        "botocore",
        "moto",
        "pytest",
    }


def test_a_snapshot_is_judged_without_aws():
    code = (
        "from datetime import UTC, datetime\n"
        "from cloudpack_baseline import Snapshot, check_root_mfa\n"
        "check_root_mfa(Snapshot(taken_at=datetime.now(UTC), source='aws', accounts=()))\n"
    )
    assert not loaded_by(code) & {"boto3", "botocore", "moto", "pytest"}


def test_the_command_line_loads_nothing_heavy_for_its_help():
    code = (
        "from cloudpack_baseline.cli import main\n"
        "import contextlib, io\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):\n"
        "    main(['--help'])\n"
    )
    assert loaded_by(code) == set()


def test_the_package_is_typed():
    assert (Path(cloudpack_baseline.__file__).parent / "py.typed").is_file()


def test_entry_points():
    (plugin,) = (
        entry_point
        for entry_point in entry_points(group="pytest11")
        if entry_point.name == "cloudpack-baseline"
    )
    assert plugin.value == "cloudpack_baseline.pytest_plugin"
    (script,) = (
        entry_point
        for entry_point in entry_points(group="console_scripts")
        if entry_point.name == "cloudpack-baseline"
    )
    assert script.value == "cloudpack_baseline.cli:main"


def test_the_version_is_told_once():
    assert distribution("cloudpack-baseline").version == cloudpack_baseline.__version__


@pytest.mark.skipif(not (ROOT / "pyproject.toml").is_file(), reason="needs the source tree")
def test_what_is_required_is_what_was_promised():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = sorted(dependency.partition(">")[0] for dependency in project["dependencies"])
    assert names == ["attrs", "boto3", "pytest", "typing-extensions"]
    assert set(project["optional-dependencies"]) == {
        "all",
        "cfn-lint",
        "cloudformation",
        "html",
        "moto",
        "sign",
        "templates",
    }


def test_the_browser_tests_name_no_place_to_download_from():
    lock = json.loads((ROOT / "tests/browser/package-lock.json").read_text("utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert len(packages) > 2
    assert not [name for name, entry in packages.items() if "resolved" in entry]
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())
