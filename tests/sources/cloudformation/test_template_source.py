"""Templates as a source: what they describe, what they cannot tell, and their scenarios."""

import pytest

from cloudpack_baseline import assess, gather_template
from cloudpack_baseline.errors import InputError
from cloudpack_baseline.model.rds import DBInstance
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources import parse_source

BUCKET = """
Resources:
  Site:
    Type: AWS::S3::Bucket
    Properties:
      VersioningConfiguration: {Status: %s}
"""


@pytest.mark.parametrize(("status", "outcome"), [("Enabled", "pass"), ("Suspended", "fail")])
def test_a_setting_of_a_template_is_judged(judge_template, status, outcome):
    assert judge_template("s3-versioning", BUCKET % status) == {"Site": outcome}


def test_a_setting_that_depends_on_a_parameter_is_unknown(judge_template):
    template = BUCKET % "!Ref Status" + "Parameters: {Status: {Type: String}}\n"
    assert judge_template("s3-versioning", template) == {"Site": "unknown"}


def test_a_setting_names_its_line_and_column(gathered):
    snapshot = gathered(BUCKET % "Suspended", controls=["s3-versioning"])
    (finding,) = assess(snapshot, controls=["s3-versioning"]).findings
    (observation,) = finding.observations
    assert (observation.origin.line, observation.origin.column) == (6, 33)
    assert finding.resource.origin.line == 3
    assert finding.resource.origin.path == "Resources.Site"


CONDITIONAL = """
Parameters: {Stage: {Type: String}}
Conditions:
  Production: !Equals [!Ref Stage, production]
Resources:
  Site:
    Type: AWS::S3::Bucket
    Properties:
      VersioningConfiguration:
        Status: !If [Production, Enabled, Suspended]
"""


def test_a_resource_fails_if_it_fails_in_one_scenario(gathered):
    snapshot = gathered(CONDITIONAL, controls=["s3-versioning"])
    (finding,) = assess(snapshot, controls=["s3-versioning"]).findings
    assert finding.outcome.value == "fail"
    assert [note.in_language("en") for note in finding.notes] == [
        "with the conditions Production=false"
    ]


def test_a_resource_without_a_scenario_that_differs_names_none(gathered):
    snapshot = gathered(CONDITIONAL, controls=["s3-acl-disabled"])
    (finding,) = assess(snapshot, controls=["s3-acl-disabled"]).findings
    assert finding.notes == ()


def test_what_no_template_can_tell_is_not_applicable(judge_template):
    assert list(judge_template("root-mfa", BUCKET % "Enabled").values()) == ["not applicable"]


def test_a_broken_template_names_file_line_and_column(tmp_path):
    file = tmp_path / "broken.yaml"
    file.write_text("Resources:\n  A: {Type: AWS::S3::Bucket\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"broken\.yaml:3: column 1:"):
        parse_source(f"template:{file}").open().__enter__()


def test_a_broken_template_among_others_leaves_their_kinds_open(judge_template):
    judged = judge_template("s3-versioning", BUCKET % "Enabled", "Resources: {A: {Type: AWS::\n")
    assert judged["Site"] == "pass"
    assert judged["*"] == "unknown"


def test_python_reads_a_template_with_parameters(tmp_path):
    file = tmp_path / "template.yaml"
    parameter = "Parameters: {Status: {Type: String}}\n"
    file.write_text(BUCKET % "!Ref Status" + parameter, encoding="utf-8")
    snapshot = gather_template(file, parameters={"Status": "Enabled"}, controls=["s3-versioning"])
    assert assess(snapshot, controls=["s3-versioning"])
    with pytest.raises(InputError, match="did you mean Status"):
        gather_template(file, parameters={"Statu": "x"})


def test_a_text_that_names_nothing_is_unknown_if_a_part_of_it_is(gathered):
    template = """
        Parameters: {Engine: {Type: String}}
        Resources:
          Db:
            Type: AWS::RDS::DBInstance
            Properties: {Engine: !Sub "${Engine}-x", DBInstanceIdentifier: !Sub "${Engine}-db"}
        """
    (database,) = gathered(template, controls=["rds-encryption"]).all(DBInstance, "000000009999")
    assert isinstance(database.engine, Unknown)
    assert database.name == "<parameter Engine>-db"


def test_a_macro_may_add_anything(judge_template):
    judged = judge_template("s3-versioning", "Transform: Mine\n" + BUCKET % "Enabled")
    assert judged == {"Site": "pass", "*": "unknown"}


def test_a_loop_over_what_is_not_known_may_add_anything(judge_template):
    loop = "[Name, !Ref Names, {'Bucket${Name}': {Type: AWS::S3::Bucket}}]"
    text = "Parameters: {Names: {Type: CommaDelimitedList}}\n" + BUCKET % "Enabled"
    text += f"  Fn::ForEach::Loop: {loop}\n"
    assert judge_template("s3-versioning", text) == {"Site": "pass", "*": "unknown"}


INCLUDE = "Fn::Transform: {Name: AWS::Include, Parameters: {Location: s3://b/k}}"


def test_an_include_in_a_resource_may_add_anything(judge_template):
    text = BUCKET % "Enabled" + f"  Included: {{{INCLUDE}}}\n"
    assert judge_template("s3-versioning", text) == {"Site": "pass", "*": "unknown"}


def test_an_include_in_properties_may_add_any_property(judge_template):
    included = f"  Included: {{Type: AWS::S3::Bucket, Properties: {{BucketName: b, {INCLUDE}}}}}\n"
    judged = judge_template("s3-versioning", BUCKET % "Enabled" + included)
    assert judged == {"Site": "pass", "*": "unknown"}


def test_transforms_of_aws_add_nothing(judge_template):
    judged = judge_template(
        "s3-versioning", "Transform: AWS::Serverless-2016-10-31" + BUCKET % "Enabled"
    )
    assert judged == {"Site": "pass"}
