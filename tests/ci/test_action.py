"""The steps of `action.yml`, run as GitHub runs them."""

import json
import re

import pytest
import yaml

from ci.steps import ACTION, FAILING, ROOT, expand, red_repository, run_action
from cloudpack_baseline.cli import main
from processes import run_program

TEMPLATE = "template:broken.yaml"


def test_red_example_on_moto(tmp_path):
    work = red_repository(tmp_path / "work")
    # A test of the repository itself, which the action leaves alone.
    (work / "test_other.py").write_text("def test_other(): raise AssertionError\n", "utf-8")
    run = run_action(
        work,
        tmp_path,
        report="out/r.sarif\nout/r.json\n",
        record="out/snapshot.json.gz",
        language="ja",
    )
    assert run.exit_code == 1
    assert run.outputs == {
        "exit-code": "1",
        "reports": "out/r.sarif\nout/r.json",
        "sarif": "out/r.sarif",
        "snapshot": "out/snapshot.json.gz",
    }
    sarif = json.loads((work / "out/r.sarif").read_text("utf-8"))
    rules = {result["ruleId"] for result in sarif["runs"][0]["results"]}
    report = json.loads((work / "out/r.json").read_text("utf-8"))
    failing = {finding["control"] for finding in report["findings"] if finding["outcome"] == "fail"}
    assert rules == failing
    assert failing == set(FAILING)
    assert all(control in run.summary for control in failing)
    assert "::error " in run.printed
    assert "不適合" in run.printed
    assert "test_other" not in run.printed


def test_green_example_of_a_template(template, tmp_path):
    run = run_action(template, tmp_path, source="template:shop.yaml")
    assert (run.exit_code, run.outputs["sarif"]) == (0, "cloudpack-baseline.sarif")
    assert "snapshot" not in run.outputs


def test_the_workflow_that_init_writes(tmp_path, monkeypatch):
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    run_program("git", "init", "--quiet")
    run_program("git", "remote", "add", "origin", "https://github.com/octo/infrastructure")
    assert main(["init", "--pytest"]) == 0
    workflow = yaml.safe_load(
        (work / ".github/workflows/cloudpack-baseline.yml").read_text("utf-8")
    )
    inputs = workflow["jobs"]["baseline"]["steps"][-1]["with"]
    # Two controls: tests/plugin/test_tutorial.py has a small account judged by every one.
    file = work / "cloudpack-baseline.toml"
    scope = '[scope]\ncontrols = ["guardduty", "s3-exposure"]\n'
    file.write_text(file.read_text("utf-8").replace("[scope]\n", scope), "utf-8")
    run = run_action(work, tmp_path, **inputs)
    # The hook builds nothing yet, and an account without a detector fails.
    assert (run.exit_code, run.outputs["sarif"]) == (1, "cloudpack-baseline.sarif")
    assert "guardduty" in run.summary


def test_a_baseline_file_below_the_workspace_and_further_arguments(template, tmp_path):
    run = run_action(
        template.parent,
        tmp_path,
        file="work/cloudpack-baseline.toml",
        source=f"template:work/{TEMPLATE.partition(':')[2]}",
        args="--cloudpack-control=rds-backup\n-q\n",
    )
    assert run.exit_code == 1
    assert "segmentation" not in run.printed
    # Code scanning and annotations need paths from the root of the repository.
    (result,) = json.loads((tmp_path / run.outputs["sarif"]).read_text("utf-8"))["runs"][0][
        "results"
    ]
    places = [
        location["physicalLocation"]["artifactLocation"]["uri"] for location in result["locations"]
    ]
    assert places == ["work/broken.yaml"]
    assert "file=work/broken.yaml,line=200" in run.printed


def test_wrong_input(template, tmp_path):
    run = run_action(template, tmp_path, source="template:none.yaml")
    assert (run.exit_code, run.outputs["exit-code"]) == (4, "4")


def test_only_a_run_to_its_end_is_uploaded():
    (step,) = (step for step in ACTION["runs"]["steps"] if "upload-sarif@" in step.get("uses", ""))
    for code in ("0", "1"):
        assert f"steps.judge.outputs.exit-code == '{code}'" in step["if"]


def test_missing_baseline_file(template, tmp_path):
    run = run_action(template, tmp_path, source=TEMPLATE, file="none.toml")
    assert run.exit_code == 4
    assert "none.toml" in run.printed


@pytest.mark.parametrize("name", ["source", "file", "report", "record", "language", "args"])
def test_no_input_is_run_as_a_script(template, tmp_path, name):
    hostile = "x'\"; touch pwned #$(touch pwned)`touch pwned`"
    values = {"source": TEMPLATE, name: hostile}
    run_action(template, tmp_path, **values)
    assert not [*template.rglob("pwned"), *tmp_path.glob("pwned")]


def test_outputs_cannot_be_forged(template, tmp_path):
    run = run_action(
        template, tmp_path, source="template:shop.yaml", report="a.sarif\nexit-code=1.json"
    )
    assert run.outputs["exit-code"] == "0"
    assert run.outputs["reports"] == "a.sarif\nexit-code=1.json"


def test_no_script_contains_an_expression():
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", "")


def test_every_input_is_used_and_every_output_is_written():
    text = (ROOT / "action.yml").read_text("utf-8").partition("\nruns:")[2]
    for name in ACTION["inputs"]:
        assert re.search(rf"inputs\.{name}\b", text), name
    for name, output in ACTION["outputs"].items():
        assert expand(output["value"], {f"steps.judge.outputs.{name}": name}) == name
        assert re.search(rf"{name}(=|<<)", text), name


def test_the_package_is_installed_from_the_checkout_of_the_action(tmp_path):
    (step,) = (step for step in ACTION["runs"]["steps"] if step.get("id") == "install")
    stub = tmp_path / "python"
    stub.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n', "utf-8")
    stub.chmod(0o755)
    for extras, requirement in (("moto", "/a b[moto]"), ("", "/a b")):
        environment = {"PATH": f"{tmp_path}:/bin:/usr/bin"}
        environment |= {"GITHUB_ACTION_PATH": "/a b", "EXTRAS": extras}
        command = ["bash", "-e", "-c", step["run"]]
        done = run_program(*command, env=environment)
        assert done.stdout.splitlines()[-1] == requirement


def test_actions_of_others_are_pinned():
    pin = re.compile(r"uses: (?!\./)\S+?@[0-9a-f]{40} # v\d+\.\d+\.\d+$")
    for file in (ROOT / "action.yml", *(ROOT / ".github/workflows").glob("*.yml")):
        used = [line for line in file.read_text("utf-8").splitlines() if "uses: " in line]
        assert used
        assert all(pin.search(one) or "uses: ./" in one for one in used)
