"""The reusable workflow: what it passes to the action, and the evidence that it keeps."""

import re

import yaml

from ci.steps import ACTION, ROOT, WORKFLOW, repository, run_action, run_keep

JOB = WORKFLOW["jobs"]["judge"]
# YAML reads the key `on` as true.
CALL = WORKFLOW[True]["workflow_call"]


def step(text):
    (found,) = (step for step in JOB["steps"] if text in step.get("uses", "") + step.get("id", ""))
    return found


def test_the_action_has_every_input_that_the_workflow_gives():
    given = step("./.cloudpack-baseline")["with"]
    assert given.keys() <= ACTION["inputs"].keys()
    assert {"source", "file", "record", "report", "role-to-assume"} <= given.keys()


def test_every_input_is_used():
    text = yaml.safe_dump(WORKFLOW["jobs"])
    for name in CALL["inputs"]:
        assert re.search(rf"inputs\.{name}\b", text), name


def test_templates_of_the_package_are_not_in_the_workspace():
    (checkout,) = (
        step for step in JOB["steps"] if "path" in step.get("with", {}) and "ref" in step["with"]
    )
    sparse = checkout["with"]["sparse-checkout"]
    folders = [ROOT / name for name in sparse.split()]
    assert all(folder.is_dir() for folder in folders)
    content = [file.read_text("utf-8") for folder in folders for file in folder.rglob("*.y*ml")]
    assert not [text for text in content if "AWSTemplateFormat" in text]


def test_no_script_contains_an_expression():
    assert not [step for step in JOB["steps"] if "${{" in step.get("run", "")]


def test_evidence_of_a_red_run_is_kept(tmp_path, evidence):
    work = repository(tmp_path / "work", "template")
    given = {
        name: value
        for name, value in step("./.cloudpack-baseline")["with"].items()
        if "${{" not in str(value)
    }
    inputs = {name.replace("-", "_"): value for name, value in given.items()}
    run = run_action(work, tmp_path, source="template:broken.yaml", **inputs)
    assert run.exit_code == 1
    variables = {"EVIDENCE": f"{evidence.url}/shop/"}
    variables |= {"GITHUB_RUN_ID": "12", "GITHUB_RUN_ATTEMPT": "2"}
    assert run_keep(work, variables | evidence.environment).exit_code == 0
    names = r"(report\.(sarif|json|html)|snapshot\.json\.gz)"
    keys = evidence.keys()
    assert len(keys) == 4
    assert all(re.fullmatch(rf"shop/\d{{4}}-\d\d-\d\d/12-2/{names}", key) for key in keys)


def test_evidence_is_kept_unless_the_run_was_cancelled():
    assert "!cancelled()" in step("keep")["if"]
    assert "!cancelled()" in step("upload-artifact@")["if"]
