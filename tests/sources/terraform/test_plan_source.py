"""Plans of Terraform: references, unknown and sensitive values, modules, and broken files."""

import json
from pathlib import Path

import pytest

from cloudpack_baseline import assess, gather_plan
from cloudpack_baseline.cli import main
from cloudpack_baseline.errors import InputError
from cloudpack_baseline.sources import parse_source
from sources.terraform.plans import PlanBuilder, judge, outcomes

BLOCK = {
    "block_public_acls": True,
    "block_public_policy": False,
    "ignore_public_acls": True,
    "restrict_public_buckets": False,
}
SITE = ["aws_s3_bucket.site.id"]


def bucket(**values):
    return PlanBuilder().add("aws_s3_bucket.site", {"bucket": "site"} | values, ["id", "arn"])


@pytest.mark.parametrize(("status", "outcome"), [("Enabled", "pass"), ("Suspended", "fail")])
def test_a_part_belongs_to_the_bucket_that_its_configuration_names(tmp_path, status, outcome):
    plan = bucket().add(
        "aws_s3_bucket_versioning.site",
        {"versioning_configuration": [{"status": status}]},
        ["bucket", "id"],
        {"bucket": SITE},
    )
    assert outcomes(tmp_path, plan, "s3-versioning") == {"aws_s3_bucket.site": outcome}


def test_a_part_whose_value_is_known_after_apply_is_unknown(tmp_path):
    plan = bucket().add(
        "aws_s3_bucket_versioning.site",
        {"bucket": "site", "versioning_configuration": [{}]},
        {"versioning_configuration": [{"status": True}]},
        {"versioning_configuration": [{"status": ["random_string.x.result"]}]},
    )
    assert outcomes(tmp_path, plan, "s3-versioning") == {"aws_s3_bucket.site": "unknown"}


def public(principals, unknown=None):
    """A bucket with a policy from a document that is read during apply."""
    block = {"effect": "Allow", "actions": ["s3:GetObject"], "principals": principals}
    return (
        bucket()
        .add("aws_s3_bucket_public_access_block.site", BLOCK, ["bucket"], {"bucket": SITE})
        .add(
            "aws_s3_bucket_policy.site",
            {},
            ["bucket", "policy"],
            {"bucket": SITE, "policy": ["data.aws_iam_policy_document.site.json"]},
        )
        .data(
            "site",
            {"statement": [block]},
            {"statement": [{"resources": [True]} | (unknown or {})]},
            {"statement": [{"resources": ["aws_s3_bucket.site.arn"]}]},
        )
    )


EVERYBODY = [{"type": "*", "identifiers": ["*"]}]
OWN = [{"type": "AWS", "identifiers": ["arn:aws:iam::000000009999:root"]}]


@pytest.mark.parametrize(("principals", "outcome"), [(EVERYBODY, "fail"), (OWN, "pass")])
def test_a_policy_document_is_evaluated(tmp_path, principals, outcome):
    plan = public(principals)
    assert outcomes(tmp_path, plan, "s3-exposure") == {"aws_s3_bucket.site": outcome}


def test_a_policy_document_with_an_unknown_principal_is_unknown(tmp_path):
    plan = public([{"type": "AWS"}], {"principals": [{"identifiers": [True]}]})
    assert outcomes(tmp_path, plan, "s3-exposure") == {"aws_s3_bucket.site": "unknown"}


def test_a_policy_that_is_known_after_apply_is_unknown(tmp_path):
    plan = (
        bucket()
        .add("aws_s3_bucket_public_access_block.site", BLOCK, ["bucket"], {"bucket": SITE})
        .add("aws_s3_bucket_policy.site", {"bucket": "site"}, ["policy"], {"policy": SITE})
    )
    assert outcomes(tmp_path, plan, "s3-exposure") == {"aws_s3_bucket.site": "unknown"}


def test_a_sensitive_value_is_neither_used_nor_shown(tmp_path):
    policy = json.dumps({"Statement": [{"Effect": "Allow", "Principal": "*", "Sid": "hunter2"}]})
    plan = bucket().add(
        "aws_s3_bucket_policy.site",
        {"bucket": "site", "policy": policy},
        sensitive={"policy": True},
    )
    plan.add("aws_s3_bucket_public_access_block.site", BLOCK | {"bucket": "site"})
    (finding,) = judge(tmp_path, plan, "s3-exposure").values()
    assert finding.outcome.value == "unknown"
    assert "hunter2" not in repr(finding)


def group(ingress, **fields):
    rule = {"from_port": 22, "to_port": 22, "protocol": "tcp", "self": False} | ingress
    return PlanBuilder().add(
        "aws_security_group.a", {"ingress": [rule]}, ["id", "egress"], **fields
    )


@pytest.mark.parametrize(
    ("ingress", "outcome"),
    [
        ({"cidr_blocks": ["0.0.0.0/0"]}, "fail"),
        ({"ipv6_cidr_blocks": ["::/0"]}, "fail"),
        ({"cidr_blocks": ["10.0.0.0/8"]}, "pass"),
        ({"self": True}, "pass"),
    ],
)
def test_rules_in_a_group_are_evaluated(tmp_path, ingress, outcome):
    assert (
        outcomes(tmp_path, group(ingress), "open-security-groups")["aws_security_group.a"]
        == outcome
    )


@pytest.mark.parametrize(
    ("address", "values"),
    [
        (
            "aws_security_group_rule.r",
            {"type": "ingress", "protocol": "tcp", "from_port": 22, "to_port": 22}
            | {"cidr_blocks": ["0.0.0.0/0"]},
        ),
        (
            "aws_vpc_security_group_ingress_rule.r",
            {"ip_protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_ipv4": "0.0.0.0/0"},
        ),
    ],
)
def test_rules_of_their_own_are_evaluated(tmp_path, address, values):
    plan = group({"cidr_blocks": ["10.0.0.0/8"]})
    plan.add(
        address, values, ["security_group_id"], {"security_group_id": ["aws_security_group.a.id"]}
    )
    assert outcomes(tmp_path, plan, "open-security-groups")["aws_security_group.a"] == "fail"


def test_instances_of_for_each_refer_to_those_of_the_same_key(tmp_path):
    plan = PlanBuilder()
    for key, status in (("a", "Enabled"), ("b", "Suspended")):
        plan.add(f'aws_s3_bucket.site["{key}"]', {"bucket": f"site-{key}"}, ["id"])
        plan.add(
            f'aws_s3_bucket_versioning.site["{key}"]',
            {"versioning_configuration": [{"status": status}]},
            ["bucket"],
            {"bucket": ["aws_s3_bucket.site", "each.key"]},
        )
    assert outcomes(tmp_path, plan, "s3-versioning") == {
        'aws_s3_bucket.site["a"]': "pass",
        'aws_s3_bucket.site["b"]': "fail",
    }


def test_references_pass_through_modules(tmp_path):
    inner = {"mode": "managed", "type": "aws_s3_bucket_versioning", "name": "v"}
    plan = bucket()
    plan.children.append(
        {
            "address": "module.m",
            "resources": [
                inner
                | {
                    "address": "module.m.aws_s3_bucket_versioning.v",
                    "values": {"versioning_configuration": [{"status": "Enabled"}]},
                }
            ],
        }
    )
    expressions = {"bucket": {"references": ["var.bucket"]}}
    plan.calls["m"] = {
        "expressions": {"bucket": {"references": ["aws_s3_bucket.site.id", "aws_s3_bucket.site"]}},
        "module": {"resources": [inner | {"expressions": expressions}]},
    }
    assert outcomes(tmp_path, plan, "s3-versioning") == {"aws_s3_bucket.site": "pass"}


def test_what_is_deleted_is_not_judged(tmp_path):
    plan = PlanBuilder()
    gone = {
        "address": "aws_s3_bucket.old",
        "mode": "managed",
        "type": "aws_s3_bucket",
        "name": "old",
    }
    plan.changes.append(gone | {"change": {"actions": ["delete"], "after": None}})
    findings = judge(tmp_path, plan, "s3-versioning")
    assert [finding.outcome.value for finding in findings.values()] == ["not applicable"]


def test_a_plan_that_is_not_complete_leaves_everything_open(tmp_path):
    findings = judge(tmp_path, bucket(), "s3-versioning", errored=True)
    assert {finding.outcome.value for finding in findings.values()} == {"fail", "unknown"}


DEFERRED = [{"reason": "resource_config_unknown", "resource_change": {"address": "a.b"}}]


@pytest.mark.parametrize(
    ("fields", "left_open"),
    [
        ({"deferred_changes": DEFERRED}, True),
        ({"deferred_changes": []}, False),
        ({"complete": True}, False),
        ({"applyable": False}, False),
    ],
)
def test_what_is_deferred_may_be_anything(tmp_path, fields, left_open):
    findings = judge(tmp_path, bucket(), "s3-versioning", **fields)
    outcomes = {finding.outcome.value for finding in findings.values()}
    assert ("unknown" in outcomes) is left_open


@pytest.mark.parametrize(
    ("actions", "left_open"),
    [
        (["create"], True),
        (["delete", "create"], True),
        (["no-op"], True),
        (None, True),
        (["delete"], False),
        (["forget"], False),
    ],
)
def test_a_change_without_its_resource_leaves_everything_open(tmp_path, actions, left_open):
    plan = bucket()
    change = {"address": "aws_s3_bucket.x", "mode": "managed", "type": "aws_s3_bucket", "name": "x"}
    plan.changes.append(change | {"change": {"actions": actions, "after": None}})
    findings = judge(tmp_path, plan, "s3-versioning")
    outcomes = {finding.outcome.value for finding in findings.values()}
    assert ("unknown" in outcomes) is left_open


def test_the_region_is_that_of_the_provider(tmp_path):
    (finding,) = judge(tmp_path, bucket(), "s3-versioning").values()
    assert finding.resource.region == "ap-northeast-1"


BROKEN = [
    ("PK\x03\x04...", "plan.json: is a plan file, which is not JSON; terraform show -json"),
    ('{"meta": {}, "encrypted_data": "x", "encryption_version": "v0"}', "is encrypted by OpenTofu"),
    ("", "plan.json:1: column 1: is not JSON"),
    ('{"a": }', "plan.json:1: column 7: is not JSON"),
    ("[]", "is not a plan in JSON"),
    ("{}", "terraform show -json PLANFILE writes one"),
    ('{"format_version": "2.0", "planned_values": {}}', "has the plan format 2.0"),
    ("[" * 100_000, "is nested too deeply"),
]


@pytest.mark.parametrize(("content", "message"), BROKEN)
def test_a_broken_plan_is_wrong_input(tmp_path, content, message):
    (tmp_path / "plan.json").write_text(content)
    with pytest.raises(InputError) as error:
        parse_source(f"plan:{tmp_path / 'plan.json'}").open().__enter__()
    assert message in str(error.value)


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2"])
def test_formats_are_read(tmp_path, version):
    plan = bucket()
    plan.version = version
    assert outcomes(tmp_path, plan, "s3-versioning") == {"aws_s3_bucket.site": "fail"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_plan_is_read_as_shells_write_it(tmp_path, encoding):
    plan = bucket()
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(plan.document()).replace("\n", "\r\n"), encoding=encoding)
    assert gather_plan(file, controls=["s3-versioning"]).accounts


def test_a_plan_in_another_encoding_is_wrong_input(tmp_path):
    (tmp_path / "plan.json").write_bytes('{"a": "\u8a2d\u5b9a"}'.encode("shift_jis"))
    with pytest.raises(InputError, match="neither UTF-8 nor UTF-16"):
        gather_plan(tmp_path / "plan.json")


@pytest.mark.parametrize("number", [25_000, 25_001])
def test_a_plan_has_a_bounded_number_of_resources(tmp_path, number):
    resources = [
        {"address": f"x.r{place}", "type": "x", "name": f"r{place}", "values": {"a": 1}}
        for place in range(number)
    ]
    path = tmp_path / "plan.json"
    planned = {"root_module": {"resources": resources}}
    path.write_text(json.dumps({"format_version": "1.2", "planned_values": planned}))
    if number == 25_000:
        assert not gather_plan(path, controls=["kms-key-rotation"]).records
    else:
        with pytest.raises(InputError, match=r"has 25,001 resources; at most 25,000 are read"):
            gather_plan(path, controls=["kms-key-rotation"])


def changed(action, **fields):
    """A bucket without versioning whose change is the action."""
    plan = bucket()
    plan.changes[-1]["change"] = {"actions": [action], "after_unknown": {}} | fields
    return plan


@pytest.mark.parametrize("action", ["delete", "forget"])
def test_what_is_no_longer_managed_is_not_judged(tmp_path, action):
    plan = changed(action, after=None)
    plan.planned.clear()
    assert set(outcomes(tmp_path, plan, "s3-versioning").values()) == {"not applicable"}


@pytest.mark.parametrize("action", ["no-op", "update", "create"])
def test_what_exists_or_will_exist_is_judged(tmp_path, action):
    plan = changed(action, importing={"id": "site"})
    plan.changes[-1]["previous_address"] = "aws_s3_bucket.old"
    assert outcomes(tmp_path, plan, "s3-versioning") == {"aws_s3_bucket.site": "fail"}


def test_drift_is_not_judged(tmp_path):
    drift = [{"address": "aws_s3_bucket.other", "change": {"after": {"bucket": "other"}}}]
    outcome_by_name = outcomes(tmp_path, bucket(), "s3-versioning", resource_drift=drift)
    assert outcome_by_name == {"aws_s3_bucket.site": "fail"}


def test_what_terraform_defers_leaves_everything_open(tmp_path):
    outcome_by_name = outcomes(tmp_path, bucket(), "s3-versioning", complete=False)
    assert outcome_by_name["*"] == "unknown"


def test_a_state_is_read_as_well(tmp_path):
    """``terraform show -json`` without a plan shows the state."""
    document = bucket().document()
    state = {"format_version": "1.0", "values": document["planned_values"]}
    file = tmp_path / "state.json"
    file.write_text(json.dumps(state), encoding="utf-8")
    findings = assess(gather_plan(file), controls=["s3-versioning"]).findings
    assert [finding.outcome.value for finding in findings] == ["fail"]


EXAMPLE = Path(__file__).parents[3] / "examples" / "plan"


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        (("explain", "flow", "internet", "balancer", "https"), "tcp/443: passes"),
        (("explain", "flow", "internet", "database", "mysql"), "does not pass"),
        (("matrix",), "! tcp/3306"),
    ],
)
def test_commands_explain_a_plan(command, shown, capsys, monkeypatch):
    monkeypatch.chdir(EXAMPLE)
    assert main([*command, "--source", "plan:plan.json", "--lang", "en"]) == 0
    assert shown in capsys.readouterr().out


def test_a_statement_of_a_policy_document_is_named(tmp_path):
    plan = public(EVERYBODY)
    (observation,) = judge(tmp_path, plan, "s3-exposure")["aws_s3_bucket.site"].observations
    assert observation.origin.path == "data.aws_iam_policy_document.site.statement[0]"
    steps = [step.in_language("en") for step in observation.witness.steps]
    assert "plan.json: data.aws_iam_policy_document.site.statement[0]" in steps[-1]


def trusted_by_anyone(**document):
    statement = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    return PlanBuilder().add(
        "aws_iam_role.r", {"name": "r", "assume_role_policy": trust}, ["arn"], **document
    )


def test_a_policy_in_a_text_is_named_by_its_attribute(tmp_path):
    finding = judge(tmp_path, trusted_by_anyone(), "role-trust")["aws_iam_role.r"]
    paths = {observation.origin.path for observation in finding.observations}
    assert paths == {"aws_iam_role.r.assume_role_policy"}


@pytest.mark.parametrize(
    ("blocks", "path"),
    [(1, "data.aws_iam_policy_document.d.statement[0]"), (2, "data.aws_iam_policy_document.d")],
)
def test_a_document_that_was_read_for_the_plan_is_named(tmp_path, blocks, path):
    references = {"assume_role_policy": ["data.aws_iam_policy_document.d.json"]}
    plan = trusted_by_anyone(references=references)
    block = {"effect": "Allow", "actions": ["sts:AssumeRole"]}
    plan.prior.append(
        {
            "address": "data.aws_iam_policy_document.d",
            "mode": "data",
            "type": "aws_iam_policy_document",
            "name": "d",
            "values": {"statement": [block] * blocks},
        }
    )
    finding = judge(tmp_path, plan, "role-trust")["aws_iam_role.r"]
    assert {observation.origin.path for observation in finding.observations} == {path}


def test_an_inline_policy_in_a_text_is_named_by_its_attribute(tmp_path):
    everything = json.dumps({"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
    plan = PlanBuilder().add("aws_iam_user.u", {"name": "u"}, ["arn"])
    plan.add("aws_iam_user_policy.p", {"name": "p", "user": "u", "policy": everything})
    (observation,) = judge(tmp_path, plan, "admin-privileges")["aws_iam_user.u"].observations
    assert observation.origin.path == "aws_iam_user_policy.p.policy"


def test_a_setting_of_the_account_is_named_by_its_resource(tmp_path):
    plan = PlanBuilder().add("aws_iam_account_password_policy.p", {"minimum_password_length": 6})
    (finding,) = judge(tmp_path, plan, "password-policy").values()
    assert finding.outcome.value == "fail"
    assert {observation.origin.path for observation in finding.observations} == {
        "aws_iam_account_password_policy.p"
    }


def paths_of(finding):
    return {observation.origin.path for observation in finding.observations}


def test_a_setting_is_named_by_its_attribute(tmp_path):
    database = {"identifier": "d", "engine": "mysql", "backup_retention_period": 1}
    plan = PlanBuilder().add("aws_db_instance.d", database, ["arn"])
    finding = judge(tmp_path, plan, "rds-backup")["aws_db_instance.d"]
    assert paths_of(finding) == {"aws_db_instance.d.backup_retention_period"}


def test_a_setting_that_is_left_out_is_named_by_its_resource(tmp_path):
    plan = PlanBuilder().add("aws_db_instance.d", {"identifier": "d", "engine": "mysql"}, ["arn"])
    finding = judge(tmp_path, plan, "rds-backup")["aws_db_instance.d"]
    assert paths_of(finding) == {"aws_db_instance.d"}


def test_a_setting_that_is_a_resource_is_named_by_that(tmp_path):
    plan = bucket().add(
        "aws_s3_bucket_versioning.v",
        {"bucket": "site", "versioning_configuration": [{"status": "Suspended"}]},
    )
    finding = judge(tmp_path, plan, "s3-versioning")["aws_s3_bucket.site"]
    assert paths_of(finding) == {"aws_s3_bucket_versioning.v"}
