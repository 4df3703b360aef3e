"""Parameters without a value whose allowed values choose a property: each value is a scenario."""

import pytest

from cloudpack_baseline import Baseline, assess

DATABASE = """
Parameters:
  Env: {Type: String, AllowedValues: [%s]}
  Encrypted: {Type: String, AllowedValues: ["true", "false"]}
  Vague: {Type: String}
Mappings:
  Days: {dev: {kept: 35}, test: {kept: 35}, prod: {kept: %s}}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
Resources:
  Orders:
    Type: AWS::RDS::DBInstance
    Properties:
      Engine: mysql
      DBInstanceIdentifier: !Sub "${Env}-orders"
      StorageEncrypted: %s
      BackupRetentionPeriod: %s
"""
LOOKUP = "!FindInMap [Days, !Ref Env, kept]"


def judged(gathered, control, *, kept=35, encrypted="true", days=LOOKUP, allowed="dev, prod"):
    text = DATABASE % (allowed, kept, encrypted, days)
    snapshot = gathered(text, controls=[control])
    return assess(snapshot, Baseline(), controls=[control]).findings, snapshot


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({"kept": 35}, "pass"),
        ({"kept": 1}, "fail"),
        ({"kept": 1, "allowed": "dev, test"}, "pass"),
        ({"days": "!Ref Vague", "kept": 1}, "unknown"),
        ({"days": "!Select [0, [!FindInMap [Days, !Ref Env, kept]]]"}, "pass"),
    ],
)
def test_an_outcome_that_every_value_has_is_decided(gathered, fields, outcome):
    (finding,), _ = judged(gathered, "rds-backup", **fields)
    assert finding.outcome.value == outcome


@pytest.mark.parametrize(
    "encrypted", ["!Ref Encrypted", "!If [IsProd, true, !Ref Encrypted]"], ids=["ref", "if"]
)
def test_the_value_that_fails_is_named(gathered, encrypted):
    (finding,), _ = judged(gathered, "rds-encryption", encrypted=encrypted)
    (note,) = finding.notes
    assert finding.outcome.value == "fail"
    assert "Encrypted=false" in note.in_language("en")


def test_a_resource_whose_name_depends_on_the_value_is_one(gathered):
    (finding,), snapshot = judged(gathered, "rds-backup", kept=1)
    assert finding.resource.name == "prod-orders"
    assert len(snapshot.alternatives) == 1


def test_a_value_that_a_condition_tells_is_not_named_beside_it(gathered):
    (finding,), _ = judged(gathered, "rds-backup", kept=1)
    (note,) = finding.notes
    assert note.in_language("en") == "with the conditions IsProd=true"


def test_a_part_of_a_name_chooses_nothing(gathered):
    _, snapshot = judged(gathered, "rds-backup", days=35, allowed="dev, test")
    assert snapshot.alternatives == ()


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("AWS::S3::Bucket", "{BucketName: !Ref P}"),
        ("AWS::S3::Bucket", "{Tags: [{Key: env, Value: !Ref P}]}"),
        (
            "AWS::S3::Bucket",
            '{LoggingConfiguration: {LogFilePrefix: x, DestinationBucketName: !Sub "${P}-logs"}}',
        ),
        ("AWS::EC2::SecurityGroup", '{GroupDescription: !Sub "of ${P}"}'),
        ("AWS::Lambda::Function", '{Environment: {Variables: {STAGE: !Join ["", [!Ref P]]}}}'),
        ("AWS::Unread::Type", "{AccessControl: !Ref P}"),
        ("AWS::S3::Bucket", "!Ref P"),
    ],
)
def test_names_tags_and_types_that_are_not_read_make_no_scenario(gathered, kind, properties):
    text = f"""
    Parameters: {{P: {{Type: String, AllowedValues: [a, b]}}}}
    Resources:
      B: {{Type: AWS::S3::Bucket}}
      R: {{Type: {kind}, Properties: {properties}}}
    """
    assert gathered(text, controls=["s3-exposure"]).alternatives == ()


BUCKET = """
Parameters: {P: {Type: %s, AllowedValues: [%s]}%s}
Resources:
  B: {Type: AWS::S3::Bucket, Properties: {AccessControl: !Ref P}}
"""


@pytest.mark.parametrize(
    ("type_", "number", "scenarios"),
    [("String", 16, 16), ("String", 17, 1), ("CommaDelimitedList", 2, 1)],
)
def test_few_values_are_tried(gathered, type_, number, scenarios):
    values = ", ".join(f"v{place}" for place in range(number))
    snapshot = gathered(BUCKET % (type_, values, ""), controls=["s3-exposure"])
    assert 1 + len(snapshot.alternatives) == scenarios


GROUP = """
    Parameters: {Office: {Type: String, AllowedValues: [%s]}}
    Resources:
      G:
        Type: AWS::EC2::SecurityGroup
        Properties:
          GroupDescription: of an office
          SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: %s}]
    """


@pytest.mark.parametrize(
    "block",
    [
        '!Sub "${Office}0"',
        '!Sub ["${Address}0", {Address: !Ref Office}]',
        '!Join ["", [!Ref Office, "0"]]',
    ],
)
@pytest.mark.parametrize(
    ("values", "outcome"), [("10.0.0.0/1, 10.1.0.0/2", "pass"), ("10.0.0.0/1, 0.0.0.0/", "fail")]
)
def test_a_part_of_a_text_chooses_as_well(gathered, block, values, outcome):
    snapshot = gathered(GROUP % (values, block), controls=["open-security-groups"])
    findings = assess(snapshot, controls=["open-security-groups"]).findings
    (finding,) = (finding for finding in findings if finding.resource.name == "G")
    assert finding.outcome.value == outcome
    notes = [note.in_language("en") for note in finding.notes]
    assert notes == ([] if outcome == "pass" else ["with the conditions Office=0.0.0.0/"])


def test_what_is_a_property_as_a_whole_is_tried_before_parts_of_texts(gathered):
    text = """
    Parameters:
      Whole: {Type: String, AllowedValues: [a, b, c, d, e, f, g, h, i]}
      Part: {Type: String, AllowedValues: [x, y]}
    Resources:
      B: {Type: AWS::S3::Bucket, Properties: {AccessControl: !Ref Whole}}
      C: {Type: AWS::S3::Bucket, Properties: {AccessControl: !Sub "${Part}"}}
    """
    snapshot = gathered(text, controls=["s3-exposure"])
    assert {name for name, _ in snapshot.scenario} == {"Whole"}


@pytest.mark.parametrize(("number", "scenarios"), [(1000, 3), (1001, 1)])
def test_of_many_resources_fewer_values_are_tried(gathered, number, scenarios):
    further = "".join(f"  T{place}: {{Type: AWS::SNS::Topic}}\n" for place in range(number - 1))
    text = BUCKET % ("String", "Private, PublicRead, LogDeliveryWrite", "") + further
    snapshot = gathered(text, controls=["s3-exposure"])
    assert 1 + len(snapshot.alternatives) == scenarios


def test_the_parameters_with_the_fewest_values_are_tried_first(gathered):
    text = """
    Parameters:
      Many: {Type: String, AllowedValues: [a, b, c, d, e, f, g, h, i]}
      Few: {Type: String, AllowedValues: [Private, PublicRead]}
    Resources:
      B: {Type: AWS::S3::Bucket, Properties: {AccessControl: !Ref Many}}
      C: {Type: AWS::S3::Bucket, Properties: {AccessControl: !Ref Few}}
    """
    snapshot = gathered(text, controls=["s3-exposure"])
    assert {scenario for scenario, _ in snapshot.scenario} == {"Few"}
    assert len(snapshot.alternatives) == 1


def test_a_stored_parameter_has_none_of_its_allowed_values(gathered):
    text = """
    Parameters:
      P: {Type: "AWS::SSM::Parameter::Value<String>", AllowedValues: [/acl/a, /acl/b]}
    Conditions: {IsA: !Equals [!Ref P, Private]}
    Resources:
      B: {Type: AWS::S3::Bucket, Properties: {AccessControl: !If [IsA, Private, !Ref P]}}
    """
    snapshot = gathered(text, controls=["s3-exposure"])
    assert len(snapshot.alternatives) == 1


def test_rules_leave_out_values_that_they_forbid(gathered):
    text = """
    Parameters: {P: {Type: String, AllowedValues: [Private, PublicRead]}}
    Rules:
      Closed: {Assertions: [{Assert: !Equals [!Ref P, Private]}]}
    Resources:
      B: {Type: AWS::S3::Bucket, Properties: {AccessControl: !Ref P}}
    """
    assert gathered(text, controls=["s3-exposure"]).alternatives == ()


def test_too_many_scenarios_are_those_of_the_conditions(gathered):
    names = [f"P{number}" for number in range(6)]
    parameters = ", ".join(f"{name}: {{Type: String}}" for name in names)
    conditions = "".join(f"  C{name}: !Equals [!Ref {name}, x]\n" for name in names)
    buckets = "".join(
        f"  B{name}: {{Type: AWS::S3::Bucket, Condition: C{name}}}\n" for name in names
    )
    text = BUCKET % ("String", "Private, PublicRead", f", {parameters}")
    text = text.replace("Resources:", f"Conditions:\n{conditions}Resources:") + buckets
    snapshot = gathered(text, controls=["s3-exposure"])
    assert len(snapshot.alternatives) == 63
    assert all(name.startswith("C") for name, _ in snapshot.scenario)


SERVER = """
Parameters:
  Size: {Type: String, AllowedValues: [small, large]}
  Encrypted: {Type: String, AllowedValues: ["true", "false"]}
Resources:
  Orders:
    Type: AWS::RDS::DBInstance
    Properties: {Engine: mysql, DBInstanceClass: !Ref Size, StorageEncrypted: !Ref Encrypted}
"""


def test_a_parameter_that_chooses_a_size_only_is_no_scenario(gathered):
    snapshot = gathered(SERVER, controls=["rds-encryption"])
    names = {name for each in (snapshot, *snapshot.alternatives) for name, _ in each.scenario}
    assert names == {"Encrypted"}
    assert len(snapshot.alternatives) == 1
