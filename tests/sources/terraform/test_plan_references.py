"""What attributes of a plan refer to, and where its resources are."""

import json
import shutil

import pytest

from cloudpack_baseline import Baseline, assess, gather_plan
from cloudpack_baseline.errors import InputError
from cloudpack_baseline.model.ec2 import NetworkInterface
from cloudpack_baseline.model.lambda_functions import LambdaFunction
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.sources import parse_source
from processes import run_program
from sources.terraform.plans import PlanBuilder, judge, outcomes

VERSIONED = {"versioning_configuration": [{"status": "Enabled"}]}
PART = "aws_s3_bucket_versioning"
BUCKET = {"mode": "managed", "type": "aws_s3_bucket", "name": "b"}
VERSIONING = {"mode": "managed", "type": PART, "name": "b"}


def buckets(plan, *keys):
    """A bucket for each key."""
    for key in keys:
        plan.add(f"aws_s3_bucket.b[{json.dumps(key)}]", {"bucket": f"b-{key}"}, ["id"])
    return plan


def part(plan, key, references, **fields):
    """Versioning that refers to a bucket."""
    name = f"{PART}.v" if key is None else f"{PART}.v[{json.dumps(key)}]"
    plan.add(name, VERSIONED, ["bucket", "id"], {"bucket": references})
    plan.configured[-1] |= fields
    return plan


def versioned(folder, plan, **fields):
    """The addresses of buckets that have versioning."""
    outcome_by_name = outcomes(folder, plan, "s3-versioning", **fields)
    return {address for address, outcome in outcome_by_name.items() if outcome == "pass"}


def test_an_index_names_one_of_several(tmp_path):
    plan = part(buckets(PlanBuilder(), 0, 1), None, ["aws_s3_bucket.b[1].id", "aws_s3_bucket.b[1]"])
    assert versioned(tmp_path, plan) == {"aws_s3_bucket.b[1]"}


def test_a_condition_mentions_a_resource_twice(tmp_path):
    """``length(aws_s3_bucket.b) > 0 ? aws_s3_bucket.b[0].id : null``."""
    names = ["aws_s3_bucket.b", "aws_s3_bucket.b[0].id", "aws_s3_bucket.b[0]", "aws_s3_bucket.b"]
    plan = part(buckets(PlanBuilder(), 0), None, names)
    assert versioned(tmp_path, plan) == {"aws_s3_bucket.b[0]"}


def test_count_index_means_the_same_index(tmp_path):
    plan = buckets(PlanBuilder(), 0, 1)
    part(plan, 0, ["aws_s3_bucket.b", "count.index"])
    assert versioned(tmp_path, plan) == {"aws_s3_bucket.b[0]"}


def test_each_value_is_what_for_each_iterates(tmp_path):
    plan = buckets(PlanBuilder(), "x", "y")
    iterated = {"references": ["aws_s3_bucket.b"]}
    part(plan, "y", ["each.value.id", "each.value"], for_each_expression=iterated)
    assert versioned(tmp_path, plan) == {'aws_s3_bucket.b["y"]'}


def test_one_of_several_is_not_known_without_an_index(tmp_path):
    plan = part(buckets(PlanBuilder(), 0, 1), None, ["aws_s3_bucket.b"])
    assert outcomes(tmp_path, plan, "s3-versioning") == {
        "aws_s3_bucket.b[0]": "unknown",
        "aws_s3_bucket.b[1]": "unknown",
    }


def module_of_buckets(plan, *keys, output="aws_s3_bucket.b"):
    """Modules with one bucket each, by key, and an output that names it."""
    for key in keys:
        address = f"module.m[{json.dumps(key)}]"
        values = {"bucket": f"b-{key}"}
        resource = BUCKET | {"address": f"{address}.aws_s3_bucket.b", "values": values}
        plan.children.append({"address": address, "resources": [resource]})
        change = {"after_unknown": {"id": True}}
        plan.changes.append(BUCKET | {"address": resource["address"], "change": change})
    outputs = {"name": {"expression": {"references": [f"{output}.id", output]}}}
    configured = BUCKET | {"expressions": {"bucket": {"references": ["each.key"]}}}
    plan.calls["m"] = {"module": {"resources": [configured], "outputs": outputs}}
    return plan


def test_an_output_of_a_module_with_for_each(tmp_path):
    plan = module_of_buckets(PlanBuilder(), "x", "y")
    part(plan, None, ['module.m["y"].name', 'module.m["y"]', "module.m"])
    assert versioned(tmp_path, plan) == {'module.m["y"].aws_s3_bucket.b'}


def test_an_output_of_the_module_with_the_same_key(tmp_path):
    plan = module_of_buckets(PlanBuilder(), "x", "y")
    part(plan, "x", ["module.m", "each.key"])
    part(plan, "y", ["module.m", "each.key"])
    plan.configured[-1]["expressions"]["bucket"] = {"references": ["module.m", "each.key"]}
    assert versioned(tmp_path, plan) == set()
    plan.configured[-1]["expressions"]["bucket"] = {"references": ["module.m.name", "each.key"]}
    assert versioned(tmp_path, plan) == {
        'module.m["x"].aws_s3_bucket.b',
        'module.m["y"].aws_s3_bucket.b',
    }


def test_an_argument_of_nested_modules(tmp_path):
    """The bucket of the root is passed down twice, the second time as an object."""
    plan = PlanBuilder().add("aws_s3_bucket.b", {"bucket": "b"}, ["id"])
    address = "module.outer.module.inner"
    resource = VERSIONING | {"address": f"{address}.{PART}.b", "values": VERSIONED}
    inner = {"address": address, "resources": [resource]}
    plan.children.append({"address": "module.outer", "child_modules": [inner]})
    expressions = {"bucket": {"references": ["var.bucket.id", "var.bucket"]}}
    plan.calls["outer"] = {
        "expressions": {"given": {"references": ["aws_s3_bucket.b"]}},
        "module": {
            "module_calls": {
                "inner": {
                    "expressions": {"bucket": {"references": ["var.given"]}},
                    "module": {"resources": [VERSIONING | {"expressions": expressions}]},
                }
            }
        },
    }
    assert versioned(tmp_path, plan) == {"aws_s3_bucket.b"}


@pytest.mark.parametrize("reference", ["local.bucket", "module.x.y", "var.z", "each.value", "?"])
def test_what_a_plan_does_not_name_may_be_any_bucket(tmp_path, reference):
    plan = part(PlanBuilder().add("aws_s3_bucket.b", {"bucket": "b"}, ["id"]), None, [reference])
    assert outcomes(tmp_path, plan, "s3-versioning") == {"aws_s3_bucket.b": "unknown"}


def test_variables_that_refer_to_each_other_end(tmp_path):
    plan = PlanBuilder().add("aws_s3_bucket.b", {"bucket": "b"}, ["id"])
    resource = VERSIONING | {"address": f"module.m.{PART}.b", "values": VERSIONED}
    plan.children.append({"address": "module.m", "resources": [resource]})
    plan.changes.append(resource | {"change": {"after_unknown": {"bucket": True}}})
    outputs = {"name": {"expression": {"references": ["var.bucket"]}}}
    expressions = {"bucket": {"references": ["var.bucket"]}}
    plan.calls["m"] = {
        "expressions": {"bucket": {"references": ["module.m.name"]}},
        "module": {"resources": [VERSIONING | {"expressions": expressions}], "outputs": outputs},
    }
    assert outcomes(tmp_path, plan, "s3-versioning") == {"aws_s3_bucket.b": "unknown"}


def test_references_that_fork_at_each_module_end(tmp_path):
    """Two paths at each of 40 levels: each name is followed once."""
    plan = PlanBuilder().add("aws_s3_bucket.b", {"bucket": "b"}, ["id"])
    address = ".".join(f"module.m{level}" for level in range(40))
    resource = VERSIONING | {"address": f"{address}.{PART}.b", "values": VERSIONED}
    plan.children.append({"address": address, "resources": [resource]})
    plan.changes.append(resource | {"change": {"after_unknown": {"bucket": True}}})
    both = {"references": ["var.one", "var.two"]}
    module = {"resources": [VERSIONING | {"expressions": {"bucket": both}}]}
    for level in reversed(range(40)):
        origin = {"references": ["aws_s3_bucket.b.id"]} if level == 0 else both
        call = {"expressions": {"one": origin, "two": origin}, "module": module}
        module = {"module_calls": {f"m{level}": call}}
    plan.calls |= module["module_calls"]
    assert versioned(tmp_path, plan) == {"aws_s3_bucket.b"}


def test_an_object_that_is_replaced_before_it_is_destroyed(tmp_path):
    """A deposed object has the address of its replacement, and comes after it."""
    plan = PlanBuilder().add("aws_s3_bucket.b", {"bucket": "b"}, ["id"])
    part(plan, None, ["aws_s3_bucket.b.id"])
    gone = {"actions": ["delete"], "after": None, "after_unknown": {}}
    plan.changes.append(plan.changes[-1] | {"deposed": "1234", "change": gone})
    assert versioned(tmp_path, plan) == {"aws_s3_bucket.b"}


def test_resources_that_exist_have_the_ids_that_they_have(tmp_path):
    plan = PlanBuilder().add("aws_s3_bucket.b", {"bucket": "b", "id": "b"})
    plan.add(f"{PART}.v", VERSIONED | {"bucket": "b", "id": "b"})
    assert versioned(tmp_path, plan) == {"aws_s3_bucket.b"}


def provider(plan, alias, **expressions):
    """A second provider, with a bucket."""
    plan.add(f"aws_s3_bucket.{alias}", {"bucket": alias}, ["id"])
    plan.configured[-1]["provider_config_key"] = f"aws.{alias}"
    return {f"aws.{alias}": {"name": "aws", "alias": alias, "expressions": expressions}}


def places(folder, plan, providers, baseline=None, **fields):
    """The account and Region of each bucket."""
    document = plan.document(**fields)
    document["configuration"]["provider_config"] |= providers
    plan.document = lambda **_: document
    findings = judge(folder, plan, "s3-versioning", baseline).values()
    return {
        finding.resource.name: (finding.resource.account, finding.resource.region)
        for finding in findings
    }


ROLE = "arn:aws:iam::111111111111:role/deploy"


def test_providers_have_accounts_and_regions(tmp_path):
    plan = PlanBuilder().add("aws_s3_bucket.own", {"bucket": "own"}, ["id"])
    plan.add("aws_s3_bucket.argument", {"bucket": "argument", "region": "eu-west-1"}, ["id"])
    providers = provider(
        plan,
        "other",
        region={"references": ["var.region"]},
        assume_role=[{"role_arn": {"constant_value": ROLE}}],
    )
    providers |= provider(plan, "allowed", allowed_account_ids={"constant_value": ["2" * 12]})
    variables = {"region": {"value": "us-west-2"}}
    assert places(tmp_path, plan, providers, variables=variables) == {
        "own": ("000000009999", "ap-northeast-1"),
        "argument": ("000000009999", "eu-west-1"),
        "other": ("111111111111", "us-west-2"),
        "allowed": ("222222222222", ""),
    }


def test_the_account_is_that_of_the_caller(tmp_path):
    plan = PlanBuilder().add("aws_s3_bucket.own", {"bucket": "own"}, ["id"])
    caller = {"mode": "data", "type": "aws_caller_identity", "name": "current"}
    values = {"account_id": "333333333333"}
    plan.prior.append(caller | {"address": "data.aws_caller_identity.current", "values": values})
    assert places(tmp_path, plan, {}) == {"own": ("333333333333", "ap-northeast-1")}


def test_the_account_is_that_of_arns(tmp_path):
    plan = PlanBuilder().add("aws_s3_bucket.own", {"bucket": "own"}, ["id"])
    plan.add("aws_iam_role.r", {"arn": ROLE, "name": "deploy"})
    assert places(tmp_path, plan, {}) == {"own": ("111111111111", "ap-northeast-1")}


def test_each_declared_account_has_its_own_resources(tmp_path):
    plan = PlanBuilder().add("aws_s3_bucket.own", {"bucket": "own"}, ["id"])
    plan.add("aws_iam_role.r", {"arn": ROLE, "name": "deploy"})
    role = [{"role_arn": {"constant_value": ROLE.replace("1" * 12, "2" * 12)}}]
    providers = provider(plan, "other", assume_role=role)
    accounts = {"one": {"id": "1" * 12}, "two": {"id": "2" * 12}}
    baseline = Baseline.from_mapping({"accounts": accounts})
    document = plan.document()
    document["configuration"]["provider_config"] |= providers
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    snapshot = gather_plan(file, baseline=baseline, controls=["s3-versioning"])
    findings = assess(snapshot, baseline, controls=["s3-versioning"]).findings
    assert {(finding.resource.name, finding.resource.account) for finding in findings} == {
        ("own", "1" * 12),
        ("other", "2" * 12),
    }


def test_a_plan_is_gathered_in_python(tmp_path):
    plan = PlanBuilder().add("aws_s3_bucket.b", {"bucket": "b"}, ["id"])
    plan.add(f"{PART}.v", VERSIONED | {"bucket": "b"})
    assert assess(gather_plan(plan.write(tmp_path)), controls=["s3-versioning"])
    with pytest.raises(InputError, match="cannot be read"):
        gather_plan(tmp_path / "plan.bin")


SOURCES = [
    ({"source_policy_documents": ["PUBLIC"]}, "fail"),
    ({"override_policy_documents": ["PUBLIC"]}, "fail"),
    ({"source_policy_documents": ["PUBLIC"], "statement": ["DENIED"]}, "pass"),
    ({"override_policy_documents": ["DENIED"], "statement": ["PUBLIC"]}, "pass"),
    ({"source_policy_documents": ["not JSON"]}, "unknown"),
]
EVERYBODY = {"type": "*", "identifiers": ["*"]}
BLOCK = {
    "sid": "Read",
    "actions": ["s3:GetObject"],
    "resources": ["arn:aws:s3:::b/*"],
    "principals": [EVERYBODY],
}
BLOCKS = {"PUBLIC": BLOCK | {"effect": "Allow"}, "DENIED": BLOCK | {"effect": "Deny"}}
STATEMENT = {
    "Sid": "Read",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::b/*",
    "Principal": "*",
}
TEXTS = {
    "PUBLIC": json.dumps({"Statement": [STATEMENT | {"Effect": "Allow"}]}),
    "DENIED": json.dumps({"Statement": STATEMENT | {"Effect": "Deny"}}),
    "not JSON": "{",
}


@pytest.mark.parametrize(("values", "outcome"), SOURCES)
def test_policy_documents_are_combined(tmp_path, values, outcome):
    combined = {
        name: [(BLOCKS if name == "statement" else TEXTS)[key] for key in keys]
        for name, keys in values.items()
    }
    plan = PlanBuilder().add("aws_s3_bucket.b", {"bucket": "b"}, ["id"])
    plan.add(
        "aws_s3_bucket_policy.p",
        {"bucket": "b"},
        ["policy"],
        {"policy": ["data.aws_iam_policy_document.d.json"]},
    )
    off = dict.fromkeys(("block_public_policy", "restrict_public_buckets"), False)
    plan.add("aws_s3_bucket_public_access_block.p", off | {"bucket": "b"})
    plan.data("d", combined, {}, {})
    assert outcomes(tmp_path, plan, "s3-exposure") == {"aws_s3_bucket.b": outcome}


CONFIGURATION = """
resource "terraform_data" "example" {
  input = "known"
}
"""


def terraform(folder, *arguments):
    """What terraform writes to its standard output."""
    return run_program(shutil.which("terraform"), *arguments, cwd=folder).stdout


@pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not installed")
def test_a_plan_of_terraform_itself_is_read(tmp_path):
    (tmp_path / "main.tf").write_text(CONFIGURATION, encoding="utf-8")
    terraform(tmp_path, "init", "-backend=false")
    terraform(tmp_path, "plan", "-out", "plan.bin")
    shown = terraform(tmp_path, "show", "-json", "plan.bin")
    (tmp_path / "plan.json").write_text(shown, encoding="utf-8")
    assert gather_plan(tmp_path / "plan.json").accounts


OPEN = {"Effect": "Allow", "Principal": "*", "Action": "sns:Publish", "Resource": "*"}


@pytest.mark.parametrize("is_planned", [True, False])
def test_a_policy_that_mentions_an_arn_is_not_known(tmp_path, is_planned):
    """``jsonencode`` with the ARN of a topic: the plan contains neither text nor ARN."""
    plan = PlanBuilder()
    if is_planned:
        plan.add("aws_sns_topic.t", {"name": "t"}, ["id", "arn"])
    references = {"arn": ["aws_sns_topic.t.arn"], "policy": ["aws_sns_topic.t.arn"]}
    plan.add("aws_sns_topic_policy.p", {}, ["id", "arn", "policy"], references)
    assert set(outcomes(tmp_path, plan, "resource-sharing").values()) == {"unknown"}


def test_a_policy_is_that_of_another_resource(tmp_path):
    plan = PlanBuilder()
    policy = json.dumps({"Version": "2012-10-17", "Statement": [OPEN]})
    plan.add("aws_sns_topic.t", {"name": "t", "policy": policy}, ["id", "arn"])
    plan.add("aws_sns_topic.u", {"name": "u"}, ["id", "arn"])
    references = {"arn": ["aws_sns_topic.u.arn"], "policy": ["aws_sns_topic.t.policy"]}
    plan.add("aws_sns_topic_policy.p", {}, ["id", "arn", "policy"], references)
    judged = outcomes(tmp_path, plan, "resource-sharing")
    assert judged["aws_sns_topic.u"] == "fail"


@pytest.mark.parametrize(
    ("grantee", "outcome"),
    [("data.aws_canonical_user_id.own.id", "pass"), ("52b113e7a2f25102679df27bb", "fail")],
)
def test_the_account_owns_what_its_canonical_user_owns(tmp_path, grantee, outcome):
    """A grant to the owner opens nothing."""
    plan = PlanBuilder().add("aws_s3_bucket.b", {"bucket": "b"}, ["id", "arn"])
    own = ["data.aws_canonical_user_id.own.id"]
    is_own = grantee == own[0]
    known = {"type": "CanonicalUser"} | ({} if is_own else {"id": grantee})
    grant = {"permission": "READ", "grantee": [known]}
    unknown = {"owner": [{"id": True}]}
    references = {"owner": [{"id": own}]}
    if is_own:
        unknown["grant"] = [{"grantee": [{"id": True}]}]
        references["grant"] = [{"grantee": [{"id": own}]}]
    plan.add(
        "aws_s3_bucket_acl.b",
        {"access_control_policy": [{"grant": [grant], "owner": [{}]}]},
        {"id": True, "bucket": True, "access_control_policy": [unknown]},
        {"bucket": ["aws_s3_bucket.b.id"], "access_control_policy": [references]},
    )
    assert outcomes(tmp_path, plan, "s3-exposure")["aws_s3_bucket.b"] == outcome


DENYING = [
    ("aws_sqs_queue", "aws_sqs_queue_policy", "queue_url", "id", "sqs:*"),
    ("aws_sns_topic", "aws_sns_topic_policy", "arn", "arn", "sns:Publish"),
    (
        "aws_efs_file_system",
        "aws_efs_file_system_policy",
        "file_system_id",
        "id",
        "elasticfilesystem:ClientMount",
    ),
]


@pytest.mark.parametrize(("denied", "outcome"), [("it", "pass"), ("another", "unknown")])
@pytest.mark.parametrize("row", DENYING, ids=[row[0] for row in DENYING])
def test_a_deny_refers_to_the_resource_of_the_policy(tmp_path, row, denied, outcome):
    kind, policy, attribute, identifier, action = row
    plan = PlanBuilder()
    for name in ("it", "another"):
        plan.add(f"{kind}.{name}", {"name": name}, ["id", "arn", "url"])
    references = {
        attribute: [f"{kind}.it.{identifier}"],
        "policy": ["data.aws_iam_policy_document.d.json"],
    }
    plan.add(f"{policy}.p", {}, ["id", attribute, "policy"], references)
    everybody = {"actions": [action], "principals": [EVERYBODY]}
    statements = [everybody | {"effect": effect} for effect in ("Allow", "Deny")]
    plan.data("d", {"statement": statements}, {"statement": [{"resources": True}] * 2}, {})
    plan.configured[-1]["expressions"]["statement"] = [
        {"resources": {"references": [f"{kind}.{name}.arn", f"{kind}.{name}"]}}
        for name in ("it", denied)
    ]
    assert outcomes(tmp_path, plan, "resource-sharing")[f"{kind}.it"] == outcome


ARN = ["aws_s3_bucket.b.arn", "aws_s3_bucket.b"]
NAME = ["aws_s3_bucket.b.id", "aws_s3_bucket.b"]
OF_KEY = ["aws_s3_bucket.b", "each.key"]


def tls_only(resources, key="", effect="Deny", named="resources"):
    """A bucket whose policy is about plain HTTP, and mentions these objects as resources."""
    index = f'["{key}"]' if key else ""
    bucket = f"aws_s3_bucket.b{index}"
    plan = PlanBuilder().add(bucket, {"bucket_prefix": "b"}, ["id", "arn", "bucket"])
    references = {
        "bucket": OF_KEY if key else NAME,
        "policy": (
            ["data.aws_iam_policy_document.d", "each.key"]
            if key
            else ["data.aws_iam_policy_document.d.json"]
        ),
    }
    plan.add(f"aws_s3_bucket_policy.p{index}", {}, ["id", "bucket", "policy"], references)
    plain = {"test": "Bool", "variable": "aws:SecureTransport", "values": ["false"]}
    statement = {"effect": effect, "actions": ["s3:*"], "principals": [EVERYBODY]}
    if effect == "Deny":
        statement["condition"] = [plain]
    plan.data("d", {"statement": [statement]}, {"statement": [{named: True}]}, {})
    if key:
        plan.changes[-1] |= {"index": key, "address": f"data.aws_iam_policy_document.d{index}"}
    plan.configured[-1]["expressions"]["statement"] = [{named: {"references": resources}}]
    return bucket, plan


@pytest.mark.parametrize(
    ("resources", "key", "outcome"),
    [
        (ARN * 2, "", "pass"),
        (NAME * 2, "", "pass"),
        (ARN + NAME, "", "pass"),
        (OF_KEY * 2, "a", "pass"),
        # One of the bucket and its objects: the other one accepts plain HTTP.
        (ARN, "", "unknown"),
        (NAME, "", "unknown"),
        (OF_KEY, "a", "unknown"),
        (["aws_s3_bucket.b.tags", "aws_s3_bucket.b"] * 2, "", "unknown"),
        # Folders of the bucket, for example.
        (ARN * 3, "", "unknown"),
    ],
)
def test_a_deny_covers_a_bucket_and_its_objects_if_it_mentions_the_bucket_twice(
    tmp_path, resources, key, outcome
):
    bucket, plan = tls_only(resources, key)
    assert outcomes(tmp_path, plan, "s3-tls-only")[bucket] == outcome


@pytest.mark.parametrize("kind", ["aws_kms_key", "aws_kms_key_policy"])
@pytest.mark.parametrize(("bypass", "outcome"), [(False, "pass"), (True, "fail")])
def test_a_key_policy_shows_the_account_if_aws_checks_it(tmp_path, kind, bypass, outcome):
    plan = PlanBuilder().add("aws_kms_key.k", {}, ["id", "arn", "key_id", "policy"])
    document = {"policy": ["data.aws_iam_policy_document.d.json"]}
    checked = {"bypass_policy_lockout_safety_check": bypass}
    if kind == "aws_kms_key":
        plan = PlanBuilder().add("aws_kms_key.k", checked, ["id", "arn", "policy"], document)
    else:
        key = {"key_id": ["aws_kms_key.k.key_id"]}
        plan.add("aws_kms_key_policy.p", checked, ["id", "key_id", "policy"], key | document)
    root = {"type": "AWS", "identifiers": ["arn:aws:iam::222233334444:root"]}
    statement = {"effect": "Allow", "actions": ["kms:*"], "principals": [root]}
    plan.data("d", {"statement": [statement]}, {"statement": [{"resources": True}]}, {})
    plan.configured[-1]["expressions"]["statement"] = [
        {"resources": {"references": ["aws_kms_key.k.arn", "aws_kms_key.k"]}}
    ]
    assert outcomes(tmp_path, plan, "resource-sharing")["aws_kms_key.k"] == outcome


@pytest.mark.parametrize(("times", "assumed"), [(1, False), (2, True), (3, False)])
def test_what_is_assumed_of_two_mentions_is_named(tmp_path, times, assumed):
    _, plan = tls_only(ARN * times)
    file = plan.write(tmp_path)
    snapshot = gather_plan(file, controls=["s3-tls-only"])
    assert ("bucket-and-objects" in snapshot.assumptions) is assumed
    assert "bucket-and-objects" not in gather_plan(file, controls=["s3-versioning"]).assumptions


@pytest.mark.parametrize(
    ("resources", "named", "outcome"),
    [(ARN, "resources", "fail"), (ARN * 2, "resources", "fail"), (ARN, "not_resources", "unknown")],
)
def test_what_an_allow_covers_counts_in_full(tmp_path, resources, named, outcome):
    bucket, plan = tls_only(resources, effect="Allow", named=named)
    assert outcomes(tmp_path, plan, "s3-exposure")[bucket] == outcome


@pytest.mark.parametrize("rules", ["rule", "rules"])
def test_the_destination_of_a_replication_is_an_arn(tmp_path, rules):
    """``aws_s3_bucket.copy[each.key].arn``: the plan does not say which attribute."""
    plan = PlanBuilder().add('aws_s3_bucket.copy["a"]', {"bucket": "copy"}, ["id", "arn"])
    replication = {rules: [{"status": "Enabled", "destination": [{}]}]}
    unknown = {rules: [{"destination": [{"bucket": True}]}]}
    references = {rules: [{"destination": [{"bucket": ["aws_s3_bucket.copy", "each.key"]}]}]}
    if rules == "rules":  # in the bucket, as until version 3 of the provider
        plan.add(
            'aws_s3_bucket.b["a"]',
            {"bucket": "b", "replication_configuration": [replication]},
            {"id": True, "arn": True, "replication_configuration": [unknown]},
            {"replication_configuration": [references]},
        )
    else:
        plan.add('aws_s3_bucket.b["a"]', {"bucket": "b"}, ["id", "arn"])
        plan.add(
            'aws_s3_bucket_replication_configuration.b["a"]',
            {"bucket": "b"} | replication,
            {"id": True} | unknown,
            references,
        )
    judged = outcomes(tmp_path, plan, "s3-replication-destination")
    assert judged['aws_s3_bucket.b["a"]'] == "pass"


@pytest.mark.parametrize("names", [["aws_iam_role.r.arn", "aws_iam_role.r"], ["aws_iam_role.r"]])
def test_the_role_of_a_function_is_an_arn(tmp_path, names):
    plan = PlanBuilder().add("aws_iam_role.r", {"name": "worker"}, ["id", "arn"])
    plan.add("aws_lambda_function.f", {"function_name": "f"}, ["arn", "role"], {"role": names})
    with parse_source(f"plan:{plan.write(tmp_path)}").open() as opened:
        records = opened.gather((reads(LambdaFunction),)).records
    (function,) = (record for record in records if isinstance(record, LambdaFunction))
    assert function.role.endswith(":role/worker")


def test_the_role_of_an_attachment_is_a_name(tmp_path):
    plan = PlanBuilder().add("aws_iam_role.r", {"name": "worker"}, ["id", "arn"])
    administrator = {"policy_arn": "arn:aws:iam::aws:policy/AdministratorAccess"}
    plan.add(
        "aws_iam_role_policy_attachment.p",
        administrator,
        ["id", "role"],
        {"role": ["aws_iam_role.r"]},
    )
    assert outcomes(tmp_path, plan, "admin-privileges")["aws_iam_role.r"] == "fail"


EVERYONE = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*"}]}


@pytest.mark.parametrize(
    ("setting", "action", "holder", "attributes"),
    [
        ("aws_sqs_queue_policy.queue_url", "sqs:SendMessage", "aws_sqs_queue", ["id", "url"]),
        (
            "aws_ses_identity_policy.identity",
            "ses:SendEmail",
            "aws_ses_domain_identity",
            ["id", "arn", "domain"],
        ),
        (
            "aws_sesv2_email_identity_policy.email_identity",
            "ses:SendEmail",
            "aws_sesv2_email_identity",
            ["id", "email_identity"],
        ),
        (
            "aws_schemas_registry_policy.registry_name",
            "schemas:*",
            "aws_schemas_registry",
            ["id", "name"],
        ),
    ],
)
def test_a_policy_names_its_resource_by_any_attribute(
    tmp_path, setting, action, holder, attributes
):
    type_, subject = setting.split(".")
    statement = EVERYONE["Statement"][0] | {"Action": action, "Resource": "*"}
    policy = json.dumps(EVERYONE | {"Statement": [statement]})
    for attribute in attributes:
        plan = PlanBuilder().add(f"{holder}.h", {}, ["id", attribute])
        plan.add(
            f"{type_}.p",
            {"policy": policy},
            ["id", subject],
            {subject: [f"{holder}.h.{attribute}", f"{holder}.h"]},
        )
        assert outcomes(tmp_path, plan, "resource-sharing") == {f"{holder}.h": "fail"}


@pytest.mark.parametrize(
    ("template", "values", "attribute", "reference"),
    [
        ("aws_launch_template", {"name_prefix": "x"}, "name", "launch_template"),
        ("aws_launch_template", {}, "id", "launch_template"),
        ("aws_launch_configuration", {}, "name", "launch_configuration"),
        ("aws_launch_configuration", {}, "id", "launch_configuration"),
    ],
)
def test_a_name_that_the_provider_generates_names_the_resource(
    tmp_path, template, values, attribute, reference
):
    options = {"image_id": "ami-1", "metadata_options": [{"http_tokens": "required"}]}
    plan = PlanBuilder().add(f"{template}.t", options | values, ["id", "arn", "name"])
    names = [f"{template}.t.{attribute}", f"{template}.t"]
    is_block = reference == "launch_template"
    plan.add(
        "aws_autoscaling_group.g",
        {reference: [{"version": "$Latest"}]} if is_block else {},
        {"id": True, reference: [{attribute: True}] if is_block else True},
        {reference: [{attribute: names}] if is_block else names},
    )
    assert outcomes(tmp_path, plan, "imdsv2")["aws_autoscaling_group.g"] == "pass"


def test_a_copy_may_go_to_a_vault_of_the_plan(tmp_path):
    rule = {"rule_name": "daily", "target_vault_name": "here", "copy_action": [{}]}
    destination = ["aws_backup_vault.v.arn", "aws_backup_vault.v"]
    plan = PlanBuilder().add("aws_backup_vault.v", {"name": "there"}, ["id", "arn"])
    plan.add(
        "aws_backup_plan.p",
        {"name": "p", "rule": [rule]},
        {"id": True, "rule": [{"copy_action": [{"destination_vault_arn": True}]}]},
        {"rule": [{"copy_action": [{"destination_vault_arn": destination}]}]},
    )
    judged = outcomes(tmp_path, plan, "backup-copy-destination")
    assert judged["aws_backup_plan.p"] == "pass"


OWNERSHIP = {"rule": [{"object_ownership": "BucketOwnerEnforced"}]}


@pytest.mark.parametrize(
    ("attribute", "found"), [("bucket", True), ("id", True), ("expected_bucket_owner", False)]
)
def test_an_argument_of_another_resource_stands_for_what_it_refers_to(tmp_path, attribute, found):
    """``bucket = aws_s3_bucket_ownership_controls.o.bucket``, and the ID of such a part."""
    plan = PlanBuilder().add("aws_s3_bucket.b", {"bucket": "b"}, ["id"])
    references = {"bucket": ["aws_s3_bucket.b.id"]}
    plan.add("aws_s3_bucket_ownership_controls.o", OWNERSHIP, ["bucket", "id"], references)
    part(plan, None, [f"aws_s3_bucket_ownership_controls.o.{attribute}"])
    assert versioned(tmp_path, plan) == ({"aws_s3_bucket.b"} if found else set())


def test_parts_that_refer_to_each_other_end(tmp_path):
    """Terraform refuses such a circle; it is read no further."""
    plan = PlanBuilder().add("aws_s3_bucket.b", {"bucket": "b"}, ["id"])
    references = {"bucket": [f"{PART}.v.bucket"]}
    plan.add("aws_s3_bucket_ownership_controls.o", OWNERSHIP, ["bucket", "id"], references)
    part(plan, None, ["aws_s3_bucket_ownership_controls.o.id"])
    assert versioned(tmp_path, plan) == set()


def test_a_zone_is_signed_through_its_key(tmp_path):
    """``hosted_zone_id = aws_route53_key_signing_key.k.hosted_zone_id``, as the provider says."""
    plan = PlanBuilder().add("aws_route53_zone.z", {"name": "example.com"}, ["id", "zone_id"])
    zone = {"hosted_zone_id": ["aws_route53_zone.z.id"]}
    plan.add("aws_route53_key_signing_key.k", {"name": "k"}, ["hosted_zone_id", "id"], zone)
    key = {"hosted_zone_id": ["aws_route53_key_signing_key.k.hosted_zone_id"]}
    plan.add("aws_route53_hosted_zone_dnssec.d", {}, ["hosted_zone_id", "id"], key)
    declared = Baseline.from_mapping({"controls": {"route53-dnssec": {"zones": ["*"]}}})
    assert outcomes(tmp_path, plan, "route53-dnssec", declared) == {"aws_route53_zone.z": "pass"}


def test_a_route_is_in_the_table_of_an_association(tmp_path):
    """The subnet faces the internet, though only arguments of other resources say so."""
    plan = PlanBuilder().add("aws_vpc.v", {"cidr_block": "10.0.0.0/16"}, ["id"])
    vpc, subnet = {"vpc_id": ["aws_vpc.v.id"]}, {"subnet_id": ["aws_subnet.s.id"]}
    plan.add("aws_internet_gateway.g", {}, ["id", "vpc_id"], vpc)
    gateway = {"vpc_id": ["aws_internet_gateway.g.vpc_id"]}
    public = {"cidr_block": "10.0.0.0/24", "map_public_ip_on_launch": True}
    plan.add("aws_subnet.s", public, ["id", "vpc_id"], gateway)
    plan.add("aws_route_table.t", {}, ["id", "vpc_id"], gateway)
    table = {"route_table_id": ["aws_route_table.t.id"]}
    plan.add("aws_route_table_association.a", {}, ["id", "route_table_id"], table | subnet)
    route = {
        "route_table_id": ["aws_route_table_association.a.route_table_id"],
        "gateway_id": ["aws_internet_gateway.g.id"],
    }
    plan.add("aws_route.r", {"destination_cidr_block": "0.0.0.0/0"}, [*route], route)
    assert outcomes(tmp_path, plan, "public-ip-assignment")["aws_subnet.s"] == "fail"


def test_security_groups_are_those_of_another_resource(tmp_path):
    plan = PlanBuilder()
    web = {"from_port": 443, "to_port": 443, "protocol": "tcp", "cidr_blocks": ["0.0.0.0/0"]}
    plan.add("aws_security_group.g", {"name": "g", "ingress": [web]}, ["id"])
    groups = {"vpc_security_group_ids": ["aws_security_group.g.id"]}
    unknown = {"id": True, "vpc_security_group_ids": [True]}
    values = {"ami": "ami-1", "instance_type": "t3.micro"}
    plan.add("aws_instance.a", values, unknown, groups)
    same = {"vpc_security_group_ids": ["aws_instance.a.vpc_security_group_ids"]}
    plan.add("aws_instance.b", values, ["id", "vpc_security_group_ids"], same)
    snapshot = gather_plan(plan.write(tmp_path), controls=["open-security-groups"])
    attached = [
        record.groups for record in snapshot.records if isinstance(record, NetworkInterface)
    ]
    assert attached == [("sg-aws_security_group.g",)] * 2


@pytest.mark.parametrize("attribute", ["arn", "id", "identifier"])
def test_a_named_database_is_found_by_its_arn(tmp_path, attribute):
    """The ARN ends with the name, as AWS makes it."""
    plan = PlanBuilder()
    source = {"identifier": "shop", "engine": "mysql", "storage_encrypted": True}
    plan.add("aws_db_instance.d", source, ["arn", "id"])
    reference = {"replicate_source_db": [f"aws_db_instance.d.{attribute}"]}
    plan.add("aws_db_instance.r", {"identifier": "r"}, ["arn", *reference], reference)
    assert outcomes(tmp_path, plan, "rds-encryption")["aws_db_instance.r"] == "pass"


def looked_up(plan, address, values, references):
    """A data source that is read during apply."""
    _, kind, name = address.split(".")
    resource = {"address": address, "mode": "data", "type": kind, "name": name}
    change = {"actions": ["read"], "after": values, "after_unknown": {"id": True}}
    plan.changes.append(resource | {"change": change})
    plan.configure(kind, name, values, references, mode="data")
    return plan


SSH = {"from_port": 22, "to_port": 22, "protocol": "tcp", "type": "ingress"}


@pytest.mark.parametrize(
    ("references", "outcome"),
    [
        ({"id": ["aws_security_group.g.id"]}, "fail"),
        ({"filter": [{"values": ["aws_security_group.g.id"]}]}, "fail"),
        ({"vpc_id": ["aws_vpc.v.id"]}, "unknown"),
        ({"id": ["aws_security_group.g.id", "aws_security_group.h.id"]}, "unknown"),
        ({}, "pass"),
    ],
)
def test_a_data_source_finds_what_its_arguments_name(tmp_path, references, outcome):
    """Of what it finds by something else, it is not known which resource it is."""
    plan = PlanBuilder().add("aws_vpc.v", {"cidr_block": "10.0.0.0/16"}, ["id"])
    for name in ("g", "h"):
        plan.add(f"aws_security_group.{name}", {"name": name}, ["id"])
    looked_up(plan, "data.aws_security_group.d", {"name": "other"}, references)
    rule = {**SSH, "cidr_blocks": ["0.0.0.0/0"]}
    group = {"security_group_id": ["data.aws_security_group.d.id"]}
    plan.add("aws_security_group_rule.r", rule, ["id", "security_group_id"], group)
    baseline = Baseline.from_mapping({"controls": {"open-security-groups": {"unused": True}}})
    judged = outcomes(tmp_path, plan, "open-security-groups", baseline)
    assert judged["aws_security_group.g"] == outcome


def test_a_policy_of_a_role_that_is_looked_up_is_that_of_the_role(tmp_path):
    trust = json.dumps({"Version": "2012-10-17", "Statement": []})
    plan = PlanBuilder()
    plan.add("aws_iam_role.r", {"name": "r", "assume_role_policy": trust}, ["id", "arn"])
    looked_up(plan, "data.aws_iam_role.d", {}, {"name": ["aws_iam_role.r.name"]})
    policy = {"policy_arn": "arn:aws:iam::aws:policy/AdministratorAccess"}
    role = {"role": ["data.aws_iam_role.d.name"]}
    plan.add("aws_iam_role_policy_attachment.a", policy, ["id", "role"], role)
    assert outcomes(tmp_path, plan, "admin-privileges")["aws_iam_role.r"] == "fail"
