"""Accounts and networks with known right answers, written as plans: the same verdicts."""

import json

import pytest

from cloudpack_baseline import Baseline, assess
from cloudpack_baseline.judging import reads_of
from cloudpack_baseline.model.ec2 import NetworkInterface
from cloudpack_baseline.reachability import Addresses, Interfaces, Network
from cloudpack_baseline.sources import parse_source
from cloudpack_baseline.sources.targets import SourceAccount
from cloudpack_baseline.whitepaper import select
from sources.cloudformation.as_template import Writer, expressible, logical
from sources.cloudformation.test_case_policies import (
    ACCOUNT,
    CASES,
    iam_resources,
    s3_resources,
)
from sources.cloudformation.test_network_cases import CASES as NETWORKS
from sources.cloudformation.test_network_cases import WORDS, public_addresses, recorded
from sources.terraform.as_plan import plan_of, plan_with

# Networks ------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", NETWORKS, ids=lambda case: case["id"])
def test_the_flows_of_a_plan(case, tmp_path):
    records = expressible(recorded(case, tmp_path))
    plan = plan_of(Writer(records).template())
    with parse_source(f"plan:{plan.write(tmp_path)}").open() as opened:
        planned = opened.gather(reads_of(select(["segmentation"]))).records
    after = public_addresses(planned)
    renamed = {
        address: after[interface_of(name, after)]
        for name, address in public_addresses(records).items()
    }
    names = [
        record.network_interface_id for record in planned if isinstance(record, NetworkInterface)
    ]
    network = Network.from_records(planned)

    def end(name):
        if name.startswith("eni-"):
            return Interfaces([interface_of(name, names)])
        return Addresses([renamed.get(name, name)])

    for flow in case["flows"]:
        verdict = network.flow(end(flow["from"]), end(flow["to"]), flow["service"]).verdict
        assert WORDS[verdict] in flow["want"], (flow["id"], case["why"])


def interface_of(name, names):
    """The interface of that name: one of its own, or that of a load balancer."""
    return next(planned for planned in names if planned.endswith(f".{logical(name)}"))


# Policies ------------------------------------------------------------------------------------


def terraform_of(resources):
    """The resources of a template, with policies as JSON and attachments of their own."""
    for number, (kind, properties) in enumerate(resources):
        name = f"r{number}"
        match kind.rpartition("::")[2]:
            case "User" | "Group" | "Role" as owner:
                yield from principal(name, owner, properties)
            case "Bucket":
                yield from bucket(name, properties)
            case _:
                yield name, plain(kind, properties)


def plain(kind, properties):
    texts = {
        key: json.dumps(value) if key in ("PolicyDocument", "Policy") else value
        for key, value in properties.items()
    }
    block = texts.get("PublicAccessBlockConfiguration")
    if block:
        texts["PublicAccessBlockConfiguration"] = [snake_keys(block)]
    entry = plan_of({"Resources": {"x": {"Type": kind, "Properties": texts}}}).planned[0]
    return entry["type"], entry["values"]


def snake_keys(block):
    names = {
        "BlockPublicAcls": "block_public_acls",
        "IgnorePublicAcls": "ignore_public_acls",
        "BlockPublicPolicy": "block_public_policy",
        "RestrictPublicBuckets": "restrict_public_buckets",
    }
    return {names[name]: value for name, value in block.items()}


def principal(name, owner, properties):
    kind = owner.lower()
    attributes = {
        "name": properties[f"{owner}Name"],
        "path": properties["Path"],
        "permissions_boundary": properties.get("PermissionsBoundary"),
        "tags": {tag["Key"]: tag["Value"] for tag in properties["Tags"]},
    }
    if kind == "role":
        attributes["assume_role_policy"] = json.dumps(properties["AssumeRolePolicyDocument"])
    yield name, (f"aws_iam_{kind}", attributes)
    here = {kind: {"Ref": name}}
    for index, policy in enumerate(properties["Policies"]):
        document = {"name": policy["PolicyName"], "policy": json.dumps(policy["PolicyDocument"])}
        yield f"{name}p{index}", (f"aws_iam_{kind}_policy", document | here)
    for index, arn in enumerate(properties["ManagedPolicyArns"]):
        attachment = (f"aws_iam_{kind}_policy_attachment", {"policy_arn": arn} | here)
        yield f"{name}a{index}", attachment
    if properties.get("Groups"):
        groups = {"groups": properties["Groups"]}
        yield f"{name}g", ("aws_iam_user_group_membership", groups | here)
    if "LoginProfile" in properties:
        yield f"{name}l", ("aws_iam_user_login_profile", dict(here))


def bucket(name, properties):
    yield name, ("aws_s3_bucket", {"bucket": properties["BucketName"]})
    here = {"bucket": {"Ref": name}}
    ownership = properties.get("OwnershipControls")
    if ownership:
        rules = [{"object_ownership": rule["ObjectOwnership"]} for rule in ownership["Rules"]]
        yield f"{name}o", ("aws_s3_bucket_ownership_controls", {"rule": rules} | here)
    block = snake_keys(properties["PublicAccessBlockConfiguration"])
    yield f"{name}b", ("aws_s3_bucket_public_access_block", block | here)


@pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in CASES])
def test_an_account_as_a_plan_has_the_same_verdict(tmp_path, case):
    of = s3_resources if case["control"] == "s3-exposure" else iam_resources
    plan = plan_with(dict(terraform_of(of(case["answers"]))))
    account = SourceAccount(id=ACCOUNT, regions=("ap-northeast-1",))
    with parse_source(f"plan:{plan.write(tmp_path)}").open([account]) as opened:
        snapshot = opened.gather(reads_of(select([case["control"]])))
    baseline = Baseline.from_mapping(case["baseline"])
    findings = assess(snapshot, baseline, controls=[case["control"]]).findings
    (outcome,) = [
        str(finding.outcome) for finding in findings if finding.resource.name == case["subject"]
    ]
    assert outcome in case["want"]
