"""Broken and hostile template files: one message with file, line and column, or a verdict."""

import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cloudpack_baseline import Baseline, assess
from cloudpack_baseline.errors import InputError
from cloudpack_baseline.judging import reads_of
from cloudpack_baseline.sources import parse_source
from cloudpack_baseline.whitepaper import select

READS = reads_of(select(None))
BUCKET = "Resources:\n  B:\n    Type: AWS::S3::Bucket\n"
PLACE = re.compile(r"template\.yaml(:\d+: column \d+)?: \S")
NAMED = re.compile(r"template\.yaml:\d+: column \d+: \S")


def judged(folder, content):
    """What is said about the template: nothing, or why it is not judged."""
    file = folder / "template.yaml"
    if isinstance(content, str):
        content = content.encode("utf-8", "surrogatepass")
    file.write_bytes(content)
    try:
        with parse_source(f"template:{file}").open() as opened:
            assess(opened.gather(READS), Baseline())
    except InputError as error:
        return str(error)
    return ""


def property_of(kind, value, name="BucketName"):
    return json.dumps({"Resources": {"R": {"Type": kind, "Properties": {name: value}}}})


BOMB = "a: &a0 [x, x, x]\n" + "".join(
    f"b{n}: &a{n + 1} [{', '.join([f'*a{n}'] * 9)}]\n" for n in range(9)
)
BROKEN = {
    "nothing": b"",
    "no object": b"- a\n",
    "tabs": BUCKET.replace("  ", "\t"),
    "a null byte": BUCKET + "\x00",
    "a control character": BUCKET + "# \x07\n",
    "UTF-16": BUCKET.encode("utf-16"),
    "UTF-16 without a mark": BUCKET.encode("utf-16-le"),
    "Latin-1": "Description: é\n".encode("latin-1") + BUCKET.encode(),
    "half a surrogate pair": b"Resources: {B: {Type: '\xed\xa0\x80'}}",
    "parameters in a list": f"Parameters: [a]\n{BUCKET}",
    "conditions as a text": f"Conditions: a\n{BUCKET}",
    "a type that is null": "Resources: {B: {Type: null}}",
    "a type that is a number": "Resources: {B: {Type: 5}}",
    "two documents": f"---\n{BUCKET}---\n{BUCKET}",
    "a key twice": BUCKET + "  B:\n    Type: X\n",
    "an alias in itself": "Resources: &a\n  B: *a\n",
    "aliases that multiply": BOMB + BUCKET,
    "levels": "Resources: " + "[" * 10_000 + "]" * 10_000,
    "levels of JSON": '{"Resources": ' + '{"a": ' * 10_000 + "1" + "}" * 10_000 + "}",
    "levels of functions": property_of("AWS::S3::Bucket", 0).replace(
        "0", '{"Fn::Join": ["", [' * 10_000 + '"x"' + "]]}" * 10_000
    ),
    "no number": property_of("AWS::RDS::DBInstance", 0).replace(": 0", ": NaN"),
    "values": f"Resources: {{B: {{Type: X, Properties: {{T: [{'1,' * 2_000_000}1]}}}}}}",
    "values of JSON": property_of("X", [1] * 300_000),
    "conditions in a circle": f"Conditions: {{A: !Condition B, B: !Condition A}}\n{BUCKET}",
    "resources in a circle": (
        "Resources:\n"
        "  A: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref B}}\n"
        "  B: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref A}}\n"
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_named_with_line_and_column(tmp_path, name):
    assert NAMED.search(judged(tmp_path, BROKEN[name]))


def test_an_empty_section_is_as_good_as_none(tmp_path):
    assert judged(tmp_path, f"Parameters:\n{BUCKET}") == ""


def test_a_file_that_is_too_large_is_named(tmp_path):
    message = judged(tmp_path, "#" * 10_000_001)
    assert PLACE.search(message)
    assert "at most 10,000,000 are read" in message


DOUBLING = "".join(
    f"  R{number}: {{Type: AWS::S3::Bucket, Properties: "
    f"{{BucketName: !Sub '${{R{number + 1}}}${{R{number + 1}}}'}}}}\n"
    for number in range(50)
)
EXPORTS = "".join(
    f"  O{number}: {{Value: !Join ['', [!ImportValue e{number + 1}, !ImportValue e{number + 1}]], "
    f"Export: {{Name: e{number}}}}}\n"
    for number in range(50)
)
HOSTILE = {
    "a byte order mark": "\ufeff" + BUCKET,
    "carriage returns": BUCKET.replace("\n", "\r\n"),
    "infinity": property_of("AWS::RDS::DBInstance", "1e400", "BackupRetentionPeriod"),
    "a long number": property_of("AWS::RDS::DBInstance", "9" * 5000, "BackupRetentionPeriod"),
    "a long number of YAML": (
        "Resources: {R: {Type: AWS::RDS::DBInstance, Properties: "
        f"{{BackupRetentionPeriod: {'9' * 5000}}}}}}}"
    ),
    "a surrogate": property_of("AWS::S3::Bucket", "\ud800x"),
    "blocks": property_of(
        "AWS::EC2::Subnet", {"Fn::Select": [0, {"Fn::Cidr": ["::/0", 10**9, 100]}]}, "CidrBlock"
    ),
    "levels in a policy": property_of("AWS::S3::BucketPolicy", "b", "Bucket").replace(
        '"b"', '"b", "PolicyDocument": "' + "[" * 10_000 + "]" * 10_000 + '"'
    ),
    "texts that double": f"Resources:\n{DOUBLING}  R50: {{Type: AWS::S3::Bucket}}\n",
    "exports that double": f"{BUCKET}Outputs:\n{EXPORTS}",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_judged(tmp_path, name):
    assert judged(tmp_path, HOSTILE[name]) == ""


SEED = b"""\
Parameters: {P: {Type: String}, N: {Type: Number, Default: 1}}
Mappings: {M: {a: {b: c}}}
Conditions: {K: !Equals [!Ref P, x], L: !And [!Condition K, !Not [!Equals [!Ref N, 2]]]}
Resources:
  B:
    Type: AWS::S3::Bucket
    Condition: K
    Properties: {BucketName: !Sub "${P}-b", Tags: [{Key: k, Value: !FindInMap [M, a, b]}]}
  R:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Principal: {AWS: !If [L, "*", !Ref P]}, Action: "sts:*"}]
Outputs: {O: {Value: !GetAtt B.Arn, Export: {Name: !Join ["-", [a, !Ref P]]}}}
"""


@st.composite
def mutations(draw):
    """The template with bytes removed, repeated, moved or replaced."""
    content = SEED
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.integers(0, 40)))
        inserted = draw(
            st.sampled_from(
                (b"", b"\t", b"\x00", b"\xff", b"!Ref ", b"{", b"]", b"&a *a", b"\r", b"- ", b": ")
            )
            | st.binary(max_size=4)
            | st.just(content[start:end] * 2)
        )
        content = content[:start] + inserted + content[end:]
    return content


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(mutations())
def test_any_file_is_judged_or_named(tmp_path, content):
    message = judged(tmp_path, content)
    assert message == "" or PLACE.search(message), message


@pytest.mark.parametrize(
    ("number", "said"), [(5_000, ""), (5_001, "5,001 resources; CloudFormation accepts 500")]
)
def test_a_template_of_far_more_resources_than_cloudformation_accepts_is_named(
    tmp_path, number, said
):
    resources = {f"R{place}": {"Type": "AWS::SSM::Association"} for place in range(number)}
    assert said in judged(tmp_path, json.dumps({"Resources": resources}))


def test_a_policy_that_is_no_json_is_not_a_response_of_aws(gathered):
    broken = '{"Statement": [{"Effect": "Allow"'
    text = f"""
    Resources:
      Role: {{Type: "AWS::IAM::Role", Properties: {{AssumeRolePolicyDocument: '{broken}'}}}}
    """
    snapshot = gathered(text, controls=["role-trust"])
    judged = assess(snapshot, Baseline(), controls=["role-trust"])
    assert [finding.outcome.value for finding in judged.findings] == ["unknown"]
    assert "the value is malformed: arn:" in judged.text()
    assert "is not JSON" in judged.text()
    assert "response" not in judged.text()


def test_properties_that_are_malformed_name_their_resource(gathered):
    text = """
    Resources:
      Data: {Type: "AWS::RDS::DBInstance", Properties: !If [Nowhere, {}, {}]}
    """
    snapshot = gathered(text, controls=["rds-encryption"])
    judged = assess(snapshot, Baseline(), controls=["rds-encryption"]).text()
    assert "the value is malformed: AWS::RDS::DBInstance Data (" in judged
    assert "template.yaml:3): Fn::If at line 3: there is no condition 'Nowhere'" in judged
