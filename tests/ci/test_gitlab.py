"""The job of `ci/gitlab.yml`, run as a runner of GitLab runs it."""

import gzip
import json
import re
from pathlib import Path

import pytest

from ci.steps import FAILING, GITLAB, ROOT, red_repository, run_gitlab
from processes import run_program

JOB = GITLAB["cloudpack-baseline"]


def test_red_example_on_moto(tmp_path):
    work = red_repository(tmp_path / "work")
    (work / "test_other.py").write_text("def test_other(): raise AssertionError\n", "utf-8")
    run = run_gitlab(work, {"CLOUDPACK_LANGUAGE": "ja"})
    assert run.exit_code == 1
    assert "不適合" in run.printed
    assert "test_other" not in run.printed
    issues = json.loads((work / JOB["artifacts"]["reports"]["codequality"]).read_text("utf-8"))
    assert {issue["check_name"] for issue in issues} == set(FAILING)
    assert 'failures="6"' in (work / JOB["artifacts"]["reports"]["junit"]).read_text("utf-8")
    snapshot = work / "cloudpack-baseline/snapshot.json.gz"
    assert "snapshot" in json.loads(gzip.decompress(snapshot.read_bytes()))


def test_green_example_of_a_template(template):
    run = run_gitlab(template, {"CLOUDPACK_SOURCE": "template:shop.yaml"})
    assert run.exit_code == 0


def test_wrong_input(template):
    assert run_gitlab(template, {"CLOUDPACK_SOURCE": "template:none.yaml"}).exit_code == 4


def test_role_is_assumed_with_the_token_of_the_job(template):
    role = "arn:aws:iam::123456789012:role/Audit"
    (template / "conftest.py").write_text(
        "import os, pathlib\n"
        "token = pathlib.Path(os.environ['AWS_WEB_IDENTITY_TOKEN_FILE'])\n"
        "pathlib.Path('credentials.txt').write_text('\\n'.join([\n"
        "    os.environ['AWS_ROLE_ARN'], os.environ['AWS_ROLE_SESSION_NAME'],\n"
        "    token.read_text(), oct(token.stat().st_mode & 0o777)]))\n",
        "utf-8",
    )
    given = {"CLOUDPACK_ROLE_ARN": role, "CLOUDPACK_ID_TOKEN": "a.b.c"}
    run_gitlab(template, {"CLOUDPACK_SOURCE": "template:shop.yaml"} | given)
    seen = (template / "credentials.txt").read_text("utf-8").splitlines()
    assert seen == [role, "gitlab-1-2", "a.b.c", "0o600"]


@pytest.mark.parametrize("name", ["SOURCE", "FILE", "LANGUAGE", "ROLE_ARN"])
def test_no_variable_is_run_as_a_script(template, tmp_path, name):
    hostile = "x'\"; touch pwned #$(touch pwned)`touch pwned`"
    given = {"CLOUDPACK_SOURCE": "template:shop.yaml", "CLOUDPACK_ID_TOKEN": hostile}
    run_gitlab(template, given | {f"CLOUDPACK_{name}": hostile})
    assert not [*template.rglob("pwned"), *tmp_path.glob("pwned")]


def test_evidence_of_a_red_run_is_kept(template, evidence):
    variables = {"CLOUDPACK_SOURCE": "template:broken.yaml"}
    variables["CLOUDPACK_EVIDENCE"] = f"{evidence.url}/shop/"
    run = run_gitlab(template, variables | evidence.environment)
    assert run.exit_code == 1
    keys = evidence.keys()
    assert {Path(key).name for key in keys} == {
        "snapshot.json.gz",
        "report.codequality.json",
        "report.json",
        "report.html",
        "junit.xml",
    }
    assert all(re.fullmatch(r"shop/\d{4}-\d\d-\d\d/2/[\w.]+", key) for key in keys)


def test_evidence_that_cannot_be_kept_fails_the_job(template):
    variables = {
        "CLOUDPACK_SOURCE": "template:shop.yaml",
        "CLOUDPACK_EVIDENCE": "s3://evidence/shop",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
    }
    assert run_gitlab(template, variables).exit_code == 1


def test_package_is_one_requirement(tmp_path):
    stub = tmp_path / "python"
    stub.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n', "utf-8")
    stub.chmod(0o755)
    for evidence, last in (("", ["a[b] @ git+https://c/d"]), ("s3://e", ["awscli"])):
        environment = {"PATH": f"{tmp_path}:/bin:/usr/bin", "CLOUDPACK_EVIDENCE": evidence}
        environment |= {"CLOUDPACK_PACKAGE": "a[b] @ git+https://c/d"}
        command = ["bash", "-e", "-c", *JOB["before_script"]]
        done = run_program(*command, env=environment)
        assert done.stdout.splitlines()[-1:] == last


def test_every_variable_is_used():
    text = (ROOT / "ci/gitlab.yml").read_text("utf-8")
    for name in JOB["variables"]:
        assert name == "AWS_DEFAULT_REGION" or re.search(rf"\${{?{name}\b", text), name
