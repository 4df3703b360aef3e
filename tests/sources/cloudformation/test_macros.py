"""A macro opens what it processes: the template, or the object that ``Fn::Transform`` is in."""

import pytest

from cloudpack_baseline import Baseline, assess

TEMPLATE = """
Resources:
  Logs: {Type: "AWS::S3::Bucket", Properties: {VersioningConfiguration: {Status: Enabled}}}
  Data: {Type: "AWS::RDS::DBInstance", Properties: {Engine: mysql, StorageEncrypted: true}}
"""
MACRO = "Fn::Transform: {Name: Ours, Parameters: {A: b}}"
INCLUDE = "Fn::Transform: {Name: AWS::Include, Parameters: {Location: s3://b/k}}"
VERSIONED = "VersioningConfiguration: {Status: Enabled}"
BUCKET = "{Type: 'AWS::S3::Bucket', Properties: {%s}}"


def outcomes(judge_template, text):
    """The outcomes of a control of buckets, and of one of databases."""
    controls = ("s3-versioning", "rds-encryption")
    return [set(judge_template(control, text).values()) for control in controls]


@pytest.mark.parametrize(
    "resource",
    [
        f"{{Type: 'AWS::S3::Bucket', {MACRO}}}",
        f"{{Type: 'AWS::S3::Bucket', {INCLUDE}, Properties: {{{VERSIONED}}}}}",
        BUCKET % f"{MACRO}",
        BUCKET % f"{VERSIONED}, {MACRO}",
        BUCKET % f"VersioningConfiguration: {{{INCLUDE}}}",
        BUCKET % f"VersioningConfiguration: {{Status: x, {MACRO}}}",
        BUCKET % "VersioningConfiguration: {Status: {Fn::Transform: Ours}}",
    ],
)
def test_a_macro_in_a_resource_opens_that_one_only(judge_template, resource):
    text = f"{TEMPLATE}  Own: {resource}\n"
    assert outcomes(judge_template, text) == [{"pass", "unknown"}, {"pass"}]


def test_a_macro_in_a_setting_that_a_control_does_not_read_opens_nothing(judge_template):
    resource = BUCKET % f"{VERSIONED}, CorsConfiguration: {{{MACRO}}}"
    assert outcomes(judge_template, f"{TEMPLATE}  Own: {resource}\n") == [{"pass"}, {"pass"}]


def test_what_a_macro_does_not_process_still_fails(judge_template):
    resource = BUCKET % f"CorsConfiguration: {{{MACRO}}}"
    assert outcomes(judge_template, f"{TEMPLATE}  Own: {resource}\n") == [
        {"pass", "fail"},
        {"pass"},
    ]


@pytest.mark.parametrize(
    "addition",
    [
        f"  Own: {{{INCLUDE}}}\n",  # of any type
        f"  {MACRO}\n",
        f"  {INCLUDE}\n",
        f"{MACRO}\n",
        "Transform: Ours\n",
        "Transform: [AWS::Serverless-2016-10-31, Ours]\n",
        "Transform: {Name: AWS::Include, Parameters: {Location: s3://b/k}}\n",
        "Transform: [{Name: Ours}]\n",
        "Transform: !Ref Name\n",
        f"Mappings: {{Sizes: {{a: {{b: c}}}}, {MACRO}}}\n",
        f"Conditions: {{{MACRO}}}\n",
    ],
)
def test_a_macro_beside_resources_opens_everything(judge_template, addition):
    assert outcomes(judge_template, TEMPLATE + addition) == [{"pass", "unknown"}] * 2


@pytest.mark.parametrize(
    "addition",
    [
        "Transform: AWS::CodeDeployBlueGreen\n",
        "Transform: AWS::LanguageExtensions\n",
        "Transform: AWS::SecretsManager-2020-07-23\n",
        "Transform: [AWS::SecretsManager-2024-09-16]\n",
        "Transform: [AWS::Serverless-2016-10-31, AWS::LanguageExtensions]\n",
        "Transform: AWS::ServiceCatalog\n",
        "Transform: [{Name: AWS::LanguageExtensions}]\n",
        f"Mappings: {{Sizes: {{a: {{b: c}}}}, {INCLUDE}}}\n",
        f"Outputs: {{{MACRO}}}\n",
        f"Metadata: {{{MACRO}}}\n",
    ],
)
def test_macros_that_add_no_resources(judge_template, addition):
    assert outcomes(judge_template, TEMPLATE + addition) == [{"pass"}, {"pass"}]


def test_a_mapping_that_is_included_is_not_known(judge_template):
    status = "!FindInMap [Settings, All, Status]"
    resource = BUCKET % f"VersioningConfiguration: {{Status: {status}}}"
    text = f"{TEMPLATE}  Own: {resource}\nMappings: {{{INCLUDE}}}\n"
    assert outcomes(judge_template, text) == [{"pass", "unknown"}, {"pass"}]


OWN = "  Own: {Type: 'AWS::S3::Bucket', Properties: {%s}}\n"


@pytest.mark.parametrize(
    ("addition", "texts"),
    [
        (
            "Transform: [AWS::Serverless-2016-10-31, Ours]\n",
            ["what the macro Ours adds to ", "template.yaml, or changes in it, is known only at "],
        ),
        (OWN % MACRO, ["what the macro Ours makes of Own (", "template.yaml:5) is known only at "]),
        (
            OWN % "VersioningConfiguration: {Fn::Transform: [Ours, {Name: Theirs}]}",
            ["what the macros Ours and Theirs make at line 5 is known only at deployment"],
        ),
        (OWN % "VersioningConfiguration: {Fn::Transform: []}", ["what a macro makes at line 5 is"]),
        (OWN % "Fn::Transform: null", ["what the macro whose name is not known makes of Own ("]),
        (OWN % "Fn::Transform: {Name: !Ref A}", ["macro whose name is not known makes of Own ("]),
    ],
)
def test_the_macro_is_named(gathered, addition, texts):
    snapshot = gathered(TEMPLATE + addition, controls=["s3-versioning"])
    judged = assess(snapshot, Baseline(), controls=["s3-versioning"]).text()
    assert [text for text in texts if text not in judged] == []


def test_buckets_of_one_name_whose_properties_a_macro_makes(judge_template):
    buckets = "".join(f"  B{n}: {BUCKET % f'BucketName: b, {MACRO}'}\n" for n in range(2))
    assert outcomes(judge_template, TEMPLATE + buckets) == [{"pass", "unknown"}, {"pass"}]
