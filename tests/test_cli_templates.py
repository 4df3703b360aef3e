"""``cloudpack-baseline templates``: files that a hook names, templates or not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cloudpack_baseline.cli import main
from cloudpack_baseline.sources.cloudformation.template_files import read_templates

EXAMPLE = Path(__file__).parents[1] / "examples/template"
QUEUE = """\
Resources:
  Queue:
    Type: AWS::SQS::Queue
"""
DATABASE = """\
Parameters:
  Days:
    Type: Number
Resources:
  Database:
    Type: AWS::RDS::DBInstance
    Properties:
      BackupRetentionPeriod: !Ref Days
"""
BACKUP = "--control=rds-backup"


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Run the command in a copy of the example: exit code, standard output, standard error."""
    folder = tmp_path / "work"
    shutil.copytree(EXAMPLE, folder)
    (folder / "queue.yaml").write_text(QUEUE, "utf-8")
    (folder / "database.yaml").write_text(DATABASE, "utf-8")
    (folder / "workflow.yml").write_text("on: push\n", "utf-8")
    (folder / "broken.json").write_text('{"Resources": [}', "utf-8")
    monkeypatch.chdir(folder)

    def call(*arguments: str) -> tuple[int, str, str]:
        return main(["templates", *arguments]), *capsys.readouterr()

    return call


def test_a_good_template(run):
    code, out, err = run("shop.yaml")
    assert (code, err) == (0, "")
    assert out.startswith("findings: ")


def test_a_bad_template_with_file_and_line(run):
    code, out, _ = run("shop.yaml", "broken.yaml")
    assert code == 1
    assert "at:       broken.yaml:200:7: Resources.Database.BackupRetentionPeriod" in out


def test_in_japanese(run):
    code, out, _ = run("broken.yaml", "--lang", "ja")
    assert code == 1
    assert "不適合" in out


def test_files_that_are_no_templates_are_skipped_in_silence(run):
    assert run("workflow.yml", "cloudpack-baseline.toml") == (0, "", "")
    # Not even the baseline file is read.
    Path("cloudpack-baseline.toml").write_text("x", "utf-8")
    assert run("workflow.yml") == (0, "", "")


def test_a_template_with_nothing_to_judge(run):
    assert run("queue.yaml", BACKUP)[0] == 0


def test_unknown_is_as_bad_as_a_failure_unless_it_is_allowed(run):
    code, out, _ = run("database.yaml", BACKUP)
    assert code == 1
    assert "UNKNOWN" in out
    code, out, _ = run("database.yaml", BACKUP, "--allow-unknown")
    assert code == 0
    assert "UNKNOWN" in out
    assert run("database.yaml", "broken.yaml", BACKUP, "--allow-unknown")[0] == 1


def test_parameters_of_templates_that_did_not_change_are_left_out(run):
    Path("given").write_text("Days=7\nOther=1\n", "utf-8")
    assert run("database.yaml", BACKUP, "--parameters", "given")[0] == 0
    Path("given").write_text("Days=1\nOther=1\n", "utf-8")
    assert run("database.yaml", BACKUP, "--parameters", "given")[0] == 1


def test_every_broken_template_is_told(run):
    Path("second.yaml").write_text(QUEUE + "  Other: 1\n", "utf-8")
    Path("first.yaml").write_text("Resources: {A: {Type: AWS::SQS::Queue}\n", "utf-8")
    code, out, err = run("shop.yaml", "first.yaml", "second.yaml")
    assert (code, out) == (2, "")
    assert [line.split(":")[1].strip() for line in err.splitlines()] == [
        "first.yaml",
        "second.yaml",
    ]


SERVERLESS = """\
service: shop
resources:
  Resources:
    Queue:
      Type: AWS::SQS::Queue
"""


def test_documents_that_only_name_types_of_resources(run):
    Path("serverless.yml").write_text(SERVERLESS, "utf-8")
    Path("notes.yaml").write_text("# Resources such as AWS::S3::Bucket\n- 1\n", "utf-8")
    assert run("serverless.yml", "notes.yaml") == (0, "", "")
    Path("folder").mkdir()
    for name in ("serverless.yml", "notes.yaml", "queue.yaml"):
        shutil.copy(name, "folder")
    read = read_templates("folder")
    assert ([file.stack for file in read.files], read.faults) == (["queue"], ())


@pytest.mark.parametrize(
    "text",
    [
        "AWSTemplateFormatVersion: '2010-09-09'\nresources: {}\n# Resources\n",
        "Resources: [AWS::SQS::Queue]\n",
        "x: AWS::\nResources: {{ jinja }\n",
    ],
)
def test_broken_templates_are_not_taken_for_other_documents(run, text):
    Path("broken.yml").write_text(text, "utf-8")
    code, _, err = run("broken.yml")
    assert code == 2
    assert "broken.yml" in err


def test_a_broken_file_that_is_no_template(run):
    assert run("broken.json") == (0, "", "")


def test_a_file_that_is_not_there(run):
    code, _, err = run("shop.yaml", "none.yaml", "gone.yaml")
    assert code == 2
    assert err.splitlines() == [
        "cloudpack-baseline: none.yaml: no such file",
        "cloudpack-baseline: gone.yaml: no such file",
    ]


def test_a_folder(run):
    code, _, err = run("shop.yaml", "folder-of-templates")
    assert (code, err) == (2, "cloudpack-baseline: folder-of-templates: no such file\n")
    Path("folder-of-templates").mkdir()
    code, _, err = run("shop.yaml", "folder-of-templates")
    assert (code, err) == (
        2,
        "cloudpack-baseline: folder-of-templates: is a folder; name its templates\n",
    )


def test_another_baseline_file(run):
    Path("other.toml").write_text("[controls.rds-backup]\ngenerations = 1\n", "utf-8")
    assert run("broken.yaml", BACKUP)[0] == 1
    assert run("broken.yaml", BACKUP, "--file", "other.toml")[0] == 0
    Path("other.toml").write_text("x", "utf-8")
    assert run("broken.yaml", BACKUP, "--file", "other.toml")[0] == 2


def test_a_waiver_counts(run):
    with Path("cloudpack-baseline.toml").open("a", encoding="utf-8") as file:
        file.write(
            '[[waivers]]\ncontrol = "rds-backup"\nresource = "*"\nreason = "x"\n'
            'approved_by = "a@example.jp"\napproved_on = 2026-11-01\nexpires = 2027-03-01\n'
        )
    assert run("broken.yaml", BACKUP)[0] == 0
