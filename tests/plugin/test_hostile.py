"""What others wrote into names and policies is shown as text, and costs only its own bucket."""

from __future__ import annotations

import json

import pytest

from plugin.project import MAIN

pytest_plugins = ["pytester"]

ODD = "\x1b[31mred\x1b]0;pwn\x07\nPASS all fine \u202e"


def policy(name, sid="", key="*"):
    statement = {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{name}/{key}",
    }
    return {"Policy": json.dumps({"Version": "2012-10-17", "Statement": [statement]})}


def write(project, buckets):
    folder = project.path / "answers" / MAIN
    folder.mkdir(parents=True)
    none = {"Error": {"Code": "NoSuchPublicAccessBlockConfiguration"}}
    (folder / "s3control.get-public-access-block.json").write_text(json.dumps(none), "utf-8")
    files = {"list-buckets": {"Buckets": [{"Name": name} for name in buckets]}}
    for name, held in buckets.items():
        files[f"get-bucket-policy@{name}"] = held
        files[f"get-bucket-acl@{name}"] = {"Owner": {"ID": "me"}, "Grants": []}
        owner = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
        files[f"get-bucket-ownership-controls@{name}"] = {"OwnershipControls": owner}
        files[f"get-public-access-block@{name}"] = none
    for name, held in files.items():
        path = folder / f"s3api.{name}.json"
        path.write_text(json.dumps(held), "utf-8")


def run(project, *args):
    return project.run(*args, controls="s3-exposure", source="describe:answers")


@pytest.mark.parametrize("more", [(), ("-n1",)])
def test_nothing_that_others_wrote_acts_on_the_terminal(project, more):
    write(project, {"odd": policy("odd", ODD, f"{ODD}*")})
    result = run(project, "--cloudpack-report=report.json", *more)
    result.assert_outcomes(failed=1)
    held = result.stdout.str()
    assert r"\x1b[31mred\x1b]0;pwn\x07\nPASS all fine \u202e" in held
    assert all(line.isprintable() for line in held.splitlines())
    result.stdout.no_fnmatch_line("PASS all fine*")
    (finding,) = project.report()["findings"]
    assert finding["observations"][0]["witness"]["command"].isprintable()


@pytest.mark.parametrize("more", [(), ("-n1", "--junitxml=unit.xml")])
def test_half_a_surrogate_pair_costs_no_other_bucket_its_verdict(project, more):
    half = policy("half", "\ud800", "\ud800*")
    write(project, {"open": policy("open"), "half": half})
    listing = project.path / "answers" / MAIN / "s3api.list-buckets.json"
    named = [{"Name": name} for name in ("open", "half", "\ud800")]
    listing.write_text(json.dumps({"Buckets": named}), "utf-8")
    result = run(project, "--cloudpack-report=report.json", "--cloudpack-record=again.json", *more)
    result.assert_outcomes(failed=1)
    result.stdout.no_fnmatch_line("*UnicodeEncodeError*")
    outcomes = {
        finding["resource"]["name"]: finding["outcome"] for finding in project.report()["findings"]
    }
    assert (outcomes.pop("open"), outcomes.pop("half")) == ("fail", "fail")
    assert outcomes == {"\ud800": "unknown"}
    again = project.run(controls="s3-exposure", source="snapshot:again.json")
    again.assert_outcomes(failed=1)


@pytest.mark.parametrize("listing", [[None], ["x"], "x", 5])
def test_a_listing_of_a_wrong_shape_is_unknown_and_names_the_key(project, listing):
    write(project, {"fine": policy("fine")})
    path = project.path / "answers" / MAIN / "s3api.list-buckets.json"
    path.write_text(json.dumps({"Buckets": listing}), "utf-8")
    result = run(project)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*s3api.list-buckets.json: Buckets*: is not a*"])
    result.stdout.no_fnmatch_line("*INTERNALERROR*")


def test_a_folder_in_the_place_of_a_listing_is_unknown(project):
    (project.path / "answers" / MAIN / "s3api.list-buckets.json").mkdir(parents=True)
    result = run(project)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*s3api.list-buckets.json cannot be read: Is a directory*"])
