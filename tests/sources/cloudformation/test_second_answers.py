"""Two resources that set the same: what both say is certain, and their order decides nothing."""

import ast
import json
from itertools import permutations
from pathlib import Path

import pytest
import yaml

import cloudpack_baseline
from cloudpack_baseline.model.reading import Misshapen
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.sources.cloudformation.stack_answers import (
    GivenAnswer,
    StackAnswers,
    extending,
)
from cloudpack_baseline.sources.located import AnswerList, AnswerObject


def given_answer(name, *, is_default=False, **members):
    return GivenAnswer(answer=AnswerObject(members), resources=(name,), is_default=is_default)


def joined(*answers, join=None):
    stack = StackAnswers()
    for answer in answers:
        stack.give("s3:GetBucketVersioning", "logs", answer, join)
    return stack.subjects["s3:GetBucketVersioning", "logs"]


def test_what_two_resources_set_alike_is_certain():
    answer = joined(given_answer("A", Status="Enabled"), given_answer("B", Status="Enabled"))
    assert answer == {"Status": "Enabled"}


@pytest.mark.parametrize("later", [{"Status": "Suspended"}, {}])
@pytest.mark.parametrize("turn", [1, -1])
def test_what_two_resources_set_differently_names_both(later, turn):
    answers = [given_answer("A", Status="Enabled", MFADelete="Enabled"), given_answer("B", **later)]
    answer = joined(*answers[::turn])
    with pytest.raises(Misshapen) as caught:
        answer["Status"]
    names = ("A and B", "B and A")[turn < 0]
    assert caught.value.unknown.causes[0].detail == f"Status (set by {names})"


def test_of_objects_and_lists_only_what_differs_is_unknown():
    first, second = (
        {"Rules": AnswerList([AnswerObject({"Id": "r", "Days": days})])} for days in (1, 2)
    )
    (rule,) = joined(given_answer("A", **first), given_answer("B", **second))["Rules"]
    assert rule["Id"] == "r"
    with pytest.raises(Misshapen):
        rule["Days"]


def test_lists_of_several_lengths_are_unknown():
    with pytest.raises(Misshapen):
        joined(given_answer("A", Rules=AnswerList()), given_answer("B", Rules=AnswerList([1])))[
            "Rules"
        ]


def test_a_resource_replaces_its_own_answer():
    assert joined(given_answer("A", Status="Enabled"), given_answer("A", Status="Suspended")) == {
        "Status": "Suspended"
    }


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_default_gives_way_to_any_other_answer(order):
    answers = [
        given_answer("Whole", is_default=True, Status="Suspended"),
        given_answer("Part", Status="Enabled"),
        given_answer("Other", Status="Enabled"),
    ]
    assert joined(*(answers[place] for place in order)) == {"Status": "Enabled"}


def test_a_list_is_extended():
    answers = [given_answer(name, Keys=AnswerList([name])) for name in ("A", "B")]
    assert joined(*answers, join=extending("Keys")) == {"Keys": ["A", "B"]}


@pytest.mark.parametrize("turn", [1, -1])
def test_a_list_stays_unknown_where_a_part_of_it_is(turn):
    unknown = Unknown.because(Why.UNDETERMINED, detail="keys")
    answers = [given_answer("A", Keys=unknown), given_answer("B", Keys=AnswerList([1]))][::turn]
    with pytest.raises(Misshapen):
        joined(*answers, join=extending("Keys"))["Keys"]


_SOURCES = Path(cloudpack_baseline.__file__).parent / "sources"
_EXTENDED = ("AnswerList", "with_statement", "undetermined", "_adopted_by")


def _is_of_another(node):
    """Whether an expression is an answer that some resource gave before."""
    text = ast.unparse(node)
    return "answers." in text and (".find" in text or ".get(" in text or ".items.get(" in text)


def _written(function):
    """The assignments to members of answers that a function looks up."""
    nodes = list(ast.walk(function))
    names = {
        target.id
        for node in nodes
        if isinstance(node, ast.Assign) and _is_of_another(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    names |= {
        node.target.id
        for node in nodes
        if isinstance(node, ast.For)
        and _is_of_another(node.iter)
        and isinstance(node.target, ast.Name)
    }
    return [
        ast.unparse(node.value)
        for node in nodes
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Subscript)
        and isinstance(target.value, ast.Name)
        and target.value.id in names
    ]


@pytest.mark.parametrize("folder", ["cloudformation/types", "terraform/types", "cloudformation"])
def test_a_type_sets_what_another_resource_answers_by_settle_only(folder):
    """It may extend a list of it, or say that it is not known."""
    written = [
        (path.name, function.name, value)
        for path in sorted((_SOURCES / folder).glob("*.py"))
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef)
        for value in _written(function)
    ]
    assert [entry for entry in written if not entry[2].startswith(_EXTENDED)] == []
    assert folder == "cloudformation" or written


def test_an_answer_is_taken_back_by_whoever_gave_it():
    stack = StackAnswers()
    stack.give("s3:GetBucketAcl", "logs", given_answer("A"))
    stack.withdraw("s3:GetBucketAcl", "logs", "B")
    assert ("s3:GetBucketAcl", "logs") in stack.subjects
    stack.withdraw("s3:GetBucketAcl", "logs", "A")
    stack.withdraw("s3:GetBucketAcl", "logs", "A")
    assert not stack.subjects


def test_no_answer_is_written_past_the_others():
    with pytest.raises(TypeError):
        StackAnswers().subjects["s3:GetBucketAcl", "logs"] = AnswerObject({})


def test_a_setting_of_another_answer_is_open_once_two_resources_set_it():
    stack, item = StackAnswers(), AnswerObject({"Status": "default"})
    stack.settle(item, "A", {"Status": "on"})
    stack.settle(item, "A", {"Status": "on"})
    assert item["Status"] == "on"
    stack.settle(item, "B", {"Status": "on"})
    assert item["Status"] == "on"
    stack.settle(item, "C", {"Status": "off"})
    with pytest.raises(Misshapen, match="Status"):
        item["Status"]


# Resources of templates ----------------------------------------------------------------------

FUNCTION = {"F": {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": "f"}}}
CALLED = {
    "P": {
        "Type": "AWS::Lambda::Permission",
        "Properties": {
            "FunctionName": {"Ref": "F"},
            "Action": "lambda:InvokeFunctionUrl",
            "Principal": "*",
            "FunctionUrlAuthType": "NONE",
        },
    }
}
ALIAS = {
    "Live": {"Type": "AWS::Lambda::Alias", "Properties": {"FunctionName": "f", "Name": "live"}}
}


def url(auth, **properties):
    target = {"TargetFunctionArn": {"Ref": "F"}, "AuthType": auth}
    return {"Type": "AWS::Lambda::Url", "Properties": {**target, **properties}}


WORST_FIRST = ("fail", "unknown", "pass")


def scanning(frequency):
    rule = {
        "ScanFrequency": frequency,
        "RepositoryFilters": [{"Filter": "*", "FilterType": "WILDCARD"}],
    }
    properties = {"ScanType": "BASIC", "Rules": [rule]}
    return {"Type": "AWS::ECR::RegistryScanningConfiguration", "Properties": properties}


SERVER = {"I": {"Type": "AWS::EC2::Instance", "Properties": {}}}
REPOSITORY = {"It": {"Type": "AWS::ECR::Repository", "Properties": {"RepositoryName": "app"}}}


def registry_policy(account):
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": account},
        "Action": "ecr:ReplicateImage",
        "Resource": "*",
    }
    properties = {"PolicyText": {"Statement": [statement]}}
    return {"Type": "AWS::ECR::RegistryPolicy", "Properties": properties}


STREAM = {"Jobs": {"Type": "AWS::Kinesis::Stream", "Properties": {"Name": "jobs"}}}


def stream_policy(**document):
    properties = {"ResourceArn": {"Fn::GetAtt": ["Jobs", "Arn"]}, **document}
    return {"Type": "AWS::Kinesis::ResourcePolicy", "Properties": properties}


SHARED = {
    "Effect": "Allow",
    "Principal": "*",
    "Action": "kinesis:GetRecords",
    "Resource": {"Fn::GetAtt": ["Jobs", "Arn"]},
}


def preferences(bucket):
    content = {
        "sessionType": "Standard_Stream",
        "inputs": {"s3BucketName": bucket, "cloudWatchLogGroupName": ""},
    }
    properties = {
        "Name": "SSM-SessionManagerRunShell",
        "DocumentType": "Session",
        "Content": content,
    }
    return {"Type": "AWS::SSM::Document", "Properties": properties}


OWN, ANY = registry_policy("000000009999"), registry_policy("*")


@pytest.mark.parametrize(
    ("control", "common", "several", "outcome"),
    [
        ("resource-sharing", FUNCTION | CALLED, [url("NONE"), url("NONE")], "fail"),
        ("resource-sharing", FUNCTION | CALLED, [url("AWS_IAM"), url("AWS_IAM")], "pass"),
        ("resource-sharing", FUNCTION | CALLED, [url("NONE"), url("AWS_IAM")], "unknown"),
        ("ecr-scan-on-push", REPOSITORY, [scanning("SCAN_ON_PUSH"), scanning("MANUAL")], "unknown"),
        ("ecr-scan-on-push", REPOSITORY, [scanning("MANUAL"), scanning("MANUAL")], "fail"),
        ("ecr-scan-on-push", REPOSITORY, 2 * [scanning("SCAN_ON_PUSH")], "pass"),
        ("resource-sharing", {}, [ANY, OWN], "fail"),
        ("resource-sharing", {}, [OWN, OWN], "pass"),
        (
            "resource-sharing",
            STREAM,
            [stream_policy(ResourcePolicy={"Statement": SHARED}), stream_policy()],
            "fail",
        ),
        ("session-recording", SERVER, [preferences("b"), preferences("")], "unknown"),
        ("session-recording", SERVER, [preferences(""), preferences("")], "fail"),
    ],
)
def test_the_order_of_two_resources_decides_nothing(
    judge_template, control, common, several, outcome
):
    first, second = ({name: it} for name, it in zip(("First", "Second"), several, strict=True))
    for text in (
        json.dumps({"Resources": common | first | second}),
        yaml.safe_dump({"Resources": second | first | common}, sort_keys=False),
    ):
        judged = judge_template(control, text)
        assert next(worst for worst in WORST_FIRST if worst in judged.values()) == outcome
