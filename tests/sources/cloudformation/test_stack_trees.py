"""A scenario of one template builds the stacks of the other templates once."""

import json

import pytest
from attrs import evolve

from cloudpack_baseline import gather_template
from cloudpack_baseline.sources.cloudformation.deployments import deployments_of
from cloudpack_baseline.sources.cloudformation.stack_trees import Root, StackPlace
from cloudpack_baseline.sources.cloudformation.stacks import StackRun
from cloudpack_baseline.sources.cloudformation.template_files import read_templates

CONDITIONS = {
    "Parameters": {"Size": {"Type": "String"}},
    "Conditions": {"IsLarge": {"Fn::Equals": [{"Ref": "Size"}, "large"]}},
}
NAME = {"Fn::If": ["IsLarge", "large", "small"]}


def bucket(name, **attributes):
    return {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name}} | attributes


def nesting(**parameters):
    properties = {"TemplateURL": "https://example.com/child.json", "Parameters": parameters}
    return {"Type": "AWS::CloudFormation::Stack", "Properties": properties}


EXPORTED = {"Outputs": {"Name": {"Value": NAME, "Export": {"Name": "name"}}}}
IMPORTED = bucket({"Fn::ImportValue": "name"})
REFERRED = bucket({"Fn::GetStackOutput": {"StackName": "a", "OutputName": "Name"}})
CHILD = {
    "Parameters": {"Name": {"Type": "String"}},
    "Resources": {"Inner": bucket({"Ref": "Name"})},
}
SHARED = {
    "nothing in common": ({}, {"B": bucket("b")}, {}, {"b"}),
    "a name in one scenario": (
        {"A": bucket("b", Condition="IsLarge")},
        {"B": bucket("b")},
        {},
        set(),
    ),
    "a name in both scenarios": ({"A": bucket("b")}, {"B": bucket("b")}, {}, {"b"}),
    "a name twice": ({}, {"B": bucket("b"), "C": bucket("b")}, {}, {"b"}),
    "a nested stack": ({}, {"B": nesting(Name="b")}, {}, {"b", "b.B"}),
    "an import": ({}, {"B": IMPORTED}, EXPORTED, set()),
    "an output": ({}, {"B": REFERRED}, EXPORTED, set()),
    "an import in a nested stack": (
        {},
        {"B": nesting(Name={"Fn::ImportValue": "name"})},
        EXPORTED,
        set(),
    ),
}


@pytest.fixture(params=SHARED)
def folder(request, tmp_path):
    """A folder, and its stacks that the condition of the first template does not concern."""
    resources, others, sections, shared = SHARED[request.param]
    own = {"Own": bucket(NAME)}
    files = {
        "a": CONDITIONS | {"Resources": own | resources} | sections,
        "b": {"Resources": others},
    }
    if others["B"]["Type"] == "AWS::CloudFormation::Stack":
        files["child"] = CHILD
    for name, described in files.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(described), encoding="utf-8")
    return tmp_path, shared


def deployed(path):
    files = read_templates(str(path))
    roots = [
        Root(
            template=file.template,
            place=StackPlace(account="", region="", partition="aws", stack=file.stack),
            parameters={},
        )
        for file in files.roots()
    ]
    return deployments_of(roots, files.templates).deployments


def test_stacks_that_a_scenario_does_not_concern_are_built_once(folder):
    path, expected = folder
    first, second = (dict(map(reversed, deployment.stacks)) for deployment in deployed(path))
    assert first.keys() == second.keys()
    assert {place.stack for place, stack in second.items() if stack is first[place]} == expected


def test_what_is_built_once_is_what_each_scenario_would_have(folder, monkeypatch):
    path, _ = folder
    shared = gather_template(path)
    monkeypatch.setattr(StackRun, "_take_over", lambda _: False)
    alone = gather_template(path)
    assert len(shared.alternatives) == 1
    for once, anew in ((shared, alone), *zip(shared.alternatives, alone.alternatives, strict=True)):
        times = {"taken_at": anew.taken_at, "alternatives": ()}
        assert evolve(once, **times) == evolve(anew, **times)
