"""Templates as AWS's own package cloudformation-validate reads them.

Compared are the values of intrinsic functions where it comes to one, the three of its security
rules that ask what a control asks, and which files it cannot read.
"""

import cloudformation_validate as peer
import pytest

from cloudpack_baseline.errors import InputError
from cloudpack_baseline.sources.cloudformation.template import read_template
from sources.cloudformation.test_intrinsics import HEAD, KNOWN, UNKNOWN, resolved

DIFFERS = {
    "!Ref AWS::Region": "the Region of the model is us-east-1",
    "!Sub '${Name}-${AWS::Region}'": "the same",
    "!FindInMap [Sizes, !Ref AWS::Region, small]": "the same",
    "!Ref AWS::StackName": "every stack has a name of its own",
    "!Ref Port": "a parameter of type Number is a number",
    "0123": "a scalar of YAML is what YAML takes it for",
    "yes": "a scalar of YAML is what YAML takes it for",
    "!If [IsWeb, yes, no]": "a scalar of YAML is what YAML takes it for",
    "!If [Never, a, b]": "it keeps both sides of a condition that does not exist",
    "!Ref Only": "it keeps all allowed values",
    "!Ref Ami": "it takes the name of an SSM parameter for its value",
    "!Ref Secret": "it resolves parameters with NoEcho",
    "!Select [0, !GetAZs '']": "it assumes the zones of us-east-1",
    "{'Fn::Length': !GetAZs ''}": "it assumes the zones of us-east-1",
    "!Equals [a, a]": "it evaluates a condition in place of a value, which CloudFormation rejects",
    "!Ref AWS::NoValue": "it is null, not left out",
    "'[[servicecatalog:provisionedproduct:Net:Id]]'": "it takes a reference for a text",
    "!Sub 'a-[[servicecatalog:provisionedproduct:Net:Id]]'": "it takes a reference for a text",
}
"""Where the two differ on purpose, and why."""
NOT_RESOLVED = object()


def peer_value(expression):
    """The value that the package comes to; `NOT_RESOLVED`: it comes to none."""
    model = peer.TemplateModel(peer.TemplateContent(HEAD % expression))
    value = model.resources()["Probe"].properties.get("Value")
    return NOT_RESOLVED if value is None else concrete(value)


def concrete(value):
    if hasattr(value, "value"):
        return plain(value.value)
    if hasattr(value, "items"):
        return sequence([concrete(item) for item in value.items])
    if hasattr(value, "if_true"):
        sides = (concrete(value.if_true), concrete(value.if_false))
        return NOT_RESOLVED if NOT_RESOLVED in sides else Either(sides)
    return NOT_RESOLVED


def sequence(items):
    is_open = any(item is NOT_RESOLVED or isinstance(item, Either) for item in items)
    return NOT_RESOLVED if is_open else items


def plain(value):
    """JSON of the package as Python has it."""
    if value.is_null():
        return None
    if value.is_array():
        return [plain(item) for item in value.items]
    return NOT_RESOLVED if value.is_object() else value.value


class Either:
    """Both sides of an ``Fn::If``, of which the package chooses none."""

    def __init__(self, sides):
        self.sides = sides

    def __eq__(self, other):
        return any(side == other or str(side) == str(other) for side in self.sides)

    __hash__ = None


def test_values_are_those_of_the_package():
    compared = 0
    for expression, value in KNOWN:
        theirs = peer_value(expression)
        if theirs is NOT_RESOLVED or expression in DIFFERS:
            continue
        assert theirs == value, expression
        assert resolved(expression) == value
        compared += 1
    assert compared >= 25


def test_what_is_not_known_is_not_known_to_the_package():
    known = {text for text, _ in UNKNOWN if peer_value(text) is not NOT_RESOLVED}
    assert known <= DIFFERS.keys()


def rules_of(text):
    """The IDs of the rules that complain of a template."""
    report = peer.CompositeEngine().validate_template(peer.TemplateContent(text))
    return {diagnostic.rule_id for diagnostic in report.diagnostics}


GROUP = """
Resources:
  Web:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: web
      SecurityGroupIngress:
        - {{IpProtocol: "{protocol}", FromPort: {first}, ToPort: {last}, {source}}}
"""


@pytest.mark.parametrize("source", ["CidrIp: 0.0.0.0/0", 'CidrIpv6: "::/0"', "CidrIp: 10.0.0.0/8"])
@pytest.mark.parametrize("ports", [(22, 22), (0, 65535), (3389, 3389), (3306, 3306)])
def test_open_ports_are_those_of_the_package(ports, source, judge_template):
    text = GROUP.format(protocol="tcp", first=ports[0], last=ports[1], source=source)
    outcome = judge_template("open-security-groups", text)["Web"]
    if "W2508" in rules_of(text):
        assert outcome == "fail"
    assert outcome == ("pass" if "10.0" in source else "fail")


DATABASE = """
Resources:
  Data:
    Type: AWS::RDS::DBInstance
    Properties: {{DBInstanceClass: db.m5.large, Engine: mysql, AllocatedStorage: "20", {setting}}}
"""


@pytest.mark.parametrize(
    ("control", "rule", "setting", "outcome"),
    [
        ("rds-encryption", "W9008", "StorageEncrypted: true", "pass"),
        ("rds-encryption", "W9008", "StorageEncrypted: false", "fail"),
        ("rds-encryption", "W9008", "StorageType: gp3", "fail"),
        ("rds-public-access", "W9011", "PubliclyAccessible: false", "pass"),
        ("rds-public-access", "W9011", "PubliclyAccessible: true", "fail"),
    ],
)
def test_databases_are_judged_as_the_package_does(control, rule, setting, outcome, judge_template):
    text = DATABASE.format(setting=setting)
    assert judge_template(control, text)["Data"] == outcome
    assert (rule in rules_of(text)) is (outcome == "fail")


@pytest.mark.parametrize(
    "text",
    [
        "Resources: {A: {Type: 'AWS::S3::Bucket'}",
        "Resources:\n\tA: {Type: 'AWS::S3::Bucket'}",
        "Resources: {A: &a [*a]}",
        "a: b\n---\nc: d",
        "[]",
        "text",
    ],
)
def test_files_that_neither_can_read(text):
    with pytest.raises(InputError):
        read_template(text.encode(), "template.yaml")
    report = peer.CompositeEngine().validate_template(peer.TemplateContent(text))
    assert any(diagnostic.severity.name in ("FATAL", "ERROR") for diagnostic in report.diagnostics)
