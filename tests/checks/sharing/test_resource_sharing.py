"""resource-sharing (5.4)."""

from __future__ import annotations

import json
from operator import attrgetter

import pytest
from attrs import evolve

from cloudpack_baseline import Baseline, Outcome, check_resource_sharing
from cloudpack_baseline.checks.settings import needs_call
from cloudpack_baseline.checks.sharing._policy_holders import POLICY_HOLDERS
from cloudpack_baseline.model.apigateway import RestApi
from cloudpack_baseline.model.backup import BackupVault
from cloudpack_baseline.model.catalogue import record_class
from cloudpack_baseline.model.codeartifact import CodeArtifactRepository
from cloudpack_baseline.model.codebuild import BuildProject
from cloudpack_baseline.model.dynamodb import DynamoDBTable
from cloudpack_baseline.model.ecr import EcrRegistry, PublicRepository, Repository
from cloudpack_baseline.model.efs import FileSystem
from cloudpack_baseline.model.events import EventBus
from cloudpack_baseline.model.functions import LambdaAlias, LambdaVersion
from cloudpack_baseline.model.glue import GlueCatalog
from cloudpack_baseline.model.kinesis import KinesisStream
from cloudpack_baseline.model.kms import KmsKey
from cloudpack_baseline.model.lambda_functions import LambdaFunction
from cloudpack_baseline.model.layers import LayerVersion
from cloudpack_baseline.model.log_policies import LogResourcePolicy
from cloudpack_baseline.model.opensearch import OpenSearchDomain
from cloudpack_baseline.model.organizations import Organization
from cloudpack_baseline.model.privatelink import VpcEndpointService
from cloudpack_baseline.model.ram import ResourceShare
from cloudpack_baseline.model.redshift_sharing import (
    RedshiftDataShare,
    RedshiftServerlessSnapshot,
    RedshiftSnapshot,
)
from cloudpack_baseline.model.schemas import SchemaRegistry
from cloudpack_baseline.model.secretsmanager import Secret
from cloudpack_baseline.model.servicecatalog import Portfolio
from cloudpack_baseline.model.sns import Topic
from cloudpack_baseline.model.sqs import Queue
from cloudpack_baseline.model.ssm_documents import SsmDocument
from cloudpack_baseline.model.values import Origin, Unknown, Why
from cloudpack_baseline.testing.records import record
from support import ACCOUNT, REGION, denied, only, world

PARTNER, STRANGER = "111122223333", "999988887777"
ORGANIZATION = "o-exampleorgid"
PASS, FAIL, UNKNOWN, NOT_APPLICABLE = (
    Outcome.PASS,
    Outcome.FAIL,
    Outcome.UNKNOWN,
    Outcome.NOT_APPLICABLE,
)


def policy(*statements):
    defaults = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [defaults | statement for statement in statements]}
    )


def organization():
    return record(
        Organization, "organization", id=ORGANIZATION, management_account=PARTNER, region=""
    )


def key(name="key/1", **changes):
    settings = {
        "key_manager": "CUSTOMER",
        "key_spec": "SYMMETRIC_DEFAULT",
        "key_state": "Enabled",
        "key_material": "AWS_KMS",
        "grantees": (),
    }
    return record(KmsKey, name, service="kms", **(settings | changes))


def queue(*statements, name="orders", **changes):
    return record(Queue, name, service="sqs", policy=policy(*statements), **changes)


def function(*statements, url=None):
    document = policy(*statements)
    return record(
        LambdaFunction, "function:hook", service="lambda", policy=document, url_auth_type=url
    )


def judge(*records, baseline=None, **changes):
    options = Baseline.from_mapping({"controls": {"resource-sharing": baseline or {}}})
    return check_resource_sharing(world("resource-sharing", *records, **changes), options)


def outcome(resource, *others, **changes):
    findings = judge(resource, *others, **changes).findings
    (finding,) = (finding for finding in findings if finding.resource.key == resource.key)
    return finding.outcome


ELSEWHERE = Origin(file="policies.yaml", elsewhere=True)
REQUIRED = {
    LambdaFunction: {"url_auth_type": None},
    LambdaAlias: {"url_auth_type": None},
    Repository: {"scan_frequency": "MANUAL"},
    LayerVersion: {"version": 1},
    RestApi: {"endpoint_types": ("PRIVATE",)},
}


def holding(holder, document):
    """A resource of the kind with the policy."""
    if holder.kind == "KmsKey":
        return key(policy=document)
    service = holder.actions.partition(":")[0]
    fields = REQUIRED.get(record_class(holder.kind), {})
    return record(record_class(holder.kind), "thing", service=service, policy=document, **fields)


@pytest.mark.parametrize("holder", POLICY_HOLDERS, ids=attrgetter("kind"))
def test_each_kind_with_a_policy(holder):
    def resource(document):
        return holding(holder, document)

    partner = policy({"Principal": {"AWS": PARTNER}})
    assert outcome(resource(policy({}))) is FAIL
    assert outcome(resource(partner)) is FAIL
    assert outcome(resource(partner), baseline={"accounts": [PARTNER]}) is PASS
    assert outcome(resource(policy({"Principal": {"AWS": ACCOUNT}}))) is PASS
    assert outcome(resource(denied("service:GetPolicy"))) is UNKNOWN
    assert outcome(resource("{}")) is UNKNOWN
    if holder.kind != "KmsKey":
        assert outcome(resource(None)) is PASS


CHILDREN = {
    LambdaFunction: "lambda:{place}:thing:live",
    EcrRegistry: "ecr:{place}:repository/web",
    CodeArtifactRepository: "codeartifact:{place}:package/app/thing/npm//left-pad",
    OpenSearchDomain: "es:{place}:thing/orders/_search",
    BackupVault: "ec2:{region}::snapshot/snap-1",
    DynamoDBTable: "dynamodb:{place}:thing/index/by-date",
    KinesisStream: "kinesis:{place}:thing/consumer/reader:1",
    EventBus: "events:{place}:rule/thing/new-orders",
    SchemaRegistry: "schemas:{place}:schema/thing/order",
    RestApi: "execute-api:{place}:thing/prod/GET/orders",
    LogResourcePolicy: "logs:{place}:log-group:app:log-stream:1",
    GlueCatalog: "glue:{place}:table/sales/orders",
}
"""By kind, what its policy may name beside the resource itself."""


@pytest.mark.parametrize("holder", POLICY_HOLDERS, ids=attrgetter("kind"))
def test_what_is_in_a_resource(holder):
    assert (record_class(holder.kind) in CHILDREN) is bool(holder.child_prefix)
    child = CHILDREN.get(record_class(holder.kind), "s3:::elsewhere")
    expected = FAIL if record_class(holder.kind) in CHILDREN else PASS
    arn = f"arn:aws:{child.format(place=f'{REGION}:{ACCOUNT}', region=REGION)}"
    assert outcome(holding(holder, policy({"Resource": arn}))) is expected
    for elsewhere in (arn.replace("arn:aws:", "arn:aws-cn:"), "arn:aws:s3:::bucket/*"):
        # A vault holds recovery points of any service.
        everything = holder.kind == "BackupVault"
        expected = FAIL if everything and elsewhere.startswith("arn:aws:") else PASS
        assert outcome(holding(holder, policy({"Resource": elsewhere}))) is expected


UNSIGNED = (Queue, Topic, FileSystem, OpenSearchDomain, RestApi)


@pytest.mark.parametrize("holder", POLICY_HOLDERS, ids=attrgetter("kind"))
def test_services_that_answer_without_a_signature(holder):
    nobody = {"Condition": {"StringEquals": {"aws:PrincipalType": "Anonymous"}}}
    expected = FAIL if record_class(holder.kind) in UNSIGNED else PASS
    assert outcome(holding(holder, policy(nobody))) is expected


def test_a_public_queue_has_a_witness():
    finding = only(judge(queue({"Action": "sqs:SendMessage"})))
    (observation,) = finding.observations
    assert observation.read == "sqs:SendMessage"
    words = observation.witness.summary.in_language("en")
    assert words.endswith(f"calls sqs:SendMessage on arn:aws:sqs:{REGION}:{ACCOUNT}:orders")
    assert "$.Statement[0]" in observation.witness.steps[-1].in_language("ja")
    assert observation.allowed.from_anywhere
    assert observation.allowed.networks == ()


def test_one_public_statement_among_many():
    private = {"Principal": {"AWS": ACCOUNT}}
    assert outcome(queue(private, private, {"Action": "sqs:ReceiveMessage"}, private)) is FAIL


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({"ArnLike": {"aws:SourceArn": f"arn:aws:sns:{REGION}:{ACCOUNT}:*"}}, PASS),
        ({"StringEquals": {"aws:SourceAccount": ACCOUNT}}, PASS),
        ({"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}}, PASS),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-someoneelse"}}, FAIL),
        ({"StringEquals": {"aws:PrincipalAccount": STRANGER}}, FAIL),
        ({"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}, FAIL),
        ({"StringLooksLike": {"aws:PrincipalAccount": ACCOUNT}}, UNKNOWN),
    ],
)
def test_what_limits_a_queue(conditions, expected):
    assert outcome(queue({"Condition": conditions}), organization()) is expected


def test_networks_of_the_baseline():
    baseline = Baseline.from_mapping({"networks": {"office": ["198.51.100.0/24"]}})
    office = queue({"Condition": {"IpAddress": {"aws:SourceIp": "198.51.100.7"}}})
    assessed = check_resource_sharing(world("resource-sharing", office), baseline)
    assert only(assessed).outcome is PASS


def test_networks_that_nobody_declared_are_named():
    branch = queue({"Condition": {"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}})
    message = only(judge(branch)).observations[0].message
    assert "can use it from 198.51.100.0/24" in message.in_language("en")
    assert message.in_language("ja").startswith("198.51.100.0/24 から")
    allowed = only(judge(branch)).observations[0].allowed
    assert allowed.networks == ("198.51.100.0/24",)
    assert not allowed.from_anywhere


def test_an_organization_that_could_not_be_read():
    gap = {"Organization": denied("organizations:DescribeOrganization")}
    limited = queue({"Condition": {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}}})
    finding = only(judge(limited, gaps=gap))
    assert finding.outcome is UNKNOWN
    assert finding.observations[0].causes == gap["Organization"].causes
    assert outcome(queue({}), gaps=gap) is FAIL
    unit = {"aws:PrincipalOrgPaths": f"{ORGANIZATION}/r-1/ou-1/*"}
    of_unit = queue({"Condition": {"ForAnyValue:StringLike": unit}})
    assert outcome(of_unit, gaps=gap) is UNKNOWN
    assert outcome(of_unit, organization()) is PASS
    same = {"StringEquals": {"aws:ResourceOrgID": "${aws:PrincipalOrgID}"}}
    assert outcome(queue({"Condition": same}), gaps=gap) is UNKNOWN
    # The queue is in that organization or not: everybody may use it, or nobody.
    somewhere = queue({"Condition": {"StringEquals": {"aws:ResourceOrgID": ORGANIZATION}}})
    assert outcome(somewhere, gaps=gap) is UNKNOWN
    assert outcome(somewhere, organization()) is FAIL
    declared = {"organizations": [ORGANIZATION]}
    assert outcome(limited, gaps=gap, baseline=declared) is PASS


def test_resource_control_policies_that_could_not_be_read_are_noted_where_they_could_help():
    (note,) = only(judge(queue({}), organization())).notes
    assert note.id == "identity.resource-control-unread"
    assert only(judge(queue(), organization())).notes == ()
    # They do not restrict Amazon SNS.
    topic = record(Topic, "t", service="sns", policy=policy({}))
    assert outcome(topic, organization()) is FAIL
    assert only(judge(topic, organization())).notes == ()


def test_services_and_deputies_are_noted():
    service = {"Principal": {"Service": "events.amazonaws.com"}}
    unbound = only(judge(queue(service)))
    assert unbound.outcome is PASS
    assert "events.amazonaws.com" in unbound.notes[0].in_language("en")
    bound = service | {"Condition": {"StringEquals": {"aws:SourceAccount": STRANGER}}}
    assert STRANGER in only(judge(queue(bound))).notes[0].in_language("ja")
    own = service | {"Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}}}
    assert only(judge(queue(own))).notes == ()


@pytest.mark.parametrize(("id_", "is_noted"), [(ORGANIZATION, False), ("o-someoneelse", True)])
def test_services_on_behalf_of_an_organization(id_, is_noted):
    condition = {"Condition": {"StringEquals": {"aws:SourceOrgID": id_}}}
    topic = queue({"Principal": {"Service": "config.amazonaws.com"}} | condition)
    finding = only(judge(topic, organization()))
    assert finding.outcome is PASS
    assert [id_ in note.in_language("en") for note in finding.notes] == [True] * is_noted


@pytest.mark.parametrize(
    ("principal", "words"),
    [
        ("*", "anyone"),
        ({"AWS": PARTNER}, f"account {PARTNER}"),
        ({"CanonicalUser": "a" * 64}, "canonical user ID"),
        ({"Federated": "accounts.google.com"}, "identity provider accounts.google.com"),
    ],
)
def test_who_it_is(principal, words):
    finding = only(judge(queue({"Principal": principal})))
    assert words in finding.observations[0].message.in_language("en")


def test_every_service():
    condition = {"Bool": {"aws:PrincipalIsAWSService": "true"}}
    finding = only(judge(queue({"Condition": condition})))
    assert "every AWS service" in finding.observations[0].message.in_language("en")


def test_keys():
    root = {"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}
    caller = {"StringEquals": {"kms:CallerAccount": ACCOUNT, "kms:ViaService": "s3.amazonaws.com"}}
    assert outcome(key(policy=policy(root, {"Condition": caller}))) is PASS
    assert outcome(key(policy=policy(root, {"Principal": {"AWS": []}}))) is PASS
    finding = only(judge(key(policy=policy(root, {"Action": "kms:Decrypt"}))))
    assert finding.outcome is FAIL
    assert "every AWS account" in finding.observations[0].message.in_language("en")
    assert outcome(key(policy=policy({}), key_manager="AWS")) is NOT_APPLICABLE


@pytest.mark.parametrize(
    ("grantee", "expected"),
    [
        (f"arn:aws:iam::{ACCOUNT}:role/app", PASS),
        (f"arn:aws:iam::{STRANGER}:role/app", FAIL),
        (f"arn:aws:iam::{PARTNER}:root", PASS),
        ("rds.ap-northeast-1.amazonaws.com", PASS),
        ("AROAEXAMPLEEXAMPLE123", PASS),
    ],
)
def test_a_grant_of_a_key(grantee, expected):
    policy_document = policy({"Principal": {"AWS": ACCOUNT}})
    granted = key(policy=policy_document, grantees=(grantee,))
    assert outcome(granted, baseline={"accounts": [PARTNER]}) is expected


def test_grants_that_were_denied():
    why = denied("kms:ListGrants")
    finding = only(judge(key(policy=policy({"Principal": {"AWS": ACCOUNT}}), grantees=why)))
    assert finding.observations[0].causes == why.causes
    assert outcome(key(policy=policy({}), grantees=why)) is FAIL


def test_a_denied_policy_costs_one_key():
    why = denied("kms:GetKeyPolicy")
    policy_document = policy({"Principal": {"AWS": ACCOUNT}})
    keys = [
        key(f"key/{number}", policy=why if number < 2 else policy_document) for number in range(4)
    ]
    outcomes = [finding.outcome for finding in judge(*keys).findings]
    assert (outcomes.count(UNKNOWN), outcomes.count(PASS)) == (2, 2)


INVOKE = {
    "Action": "lambda:InvokeFunction",
    "Resource": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:hook",
}
URL = {
    "Action": "lambda:InvokeFunctionUrl",
    "Condition": {"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}},
}
ANONYMOUS = {"Condition": {"StringEquals": {"aws:PrincipalType": "Anonymous"}}}
DENIED_URL = denied("lambda:GetFunctionUrlConfig")


@pytest.mark.parametrize(
    ("statement", "url", "expected"),
    [
        (URL, "NONE", FAIL),
        (URL, "AWS_IAM", PASS),
        (URL, None, PASS),
        (URL, DENIED_URL, UNKNOWN),
        (INVOKE, None, FAIL),
        (INVOKE, DENIED_URL, FAIL),
        (INVOKE | {"Principal": {"Service": "apigateway.amazonaws.com"}}, None, PASS),
        (INVOKE | {"Principal": {"AWS": ACCOUNT}}, DENIED_URL, PASS),
        (URL | {"Principal": {"AWS": PARTNER}}, "NONE", FAIL),
        (URL | ANONYMOUS, "NONE", FAIL),
        (URL | ANONYMOUS, "AWS_IAM", PASS),
    ],
)
def test_a_function(statement, url, expected):
    assert outcome(function(statement, url=url)) is expected


def test_a_url_that_requires_no_signature_shows_the_anonymous_request():
    finding = only(judge(function(URL, url="NONE")))
    assert finding.observations[0].read == "lambda:InvokeFunctionUrl"
    finding = only(judge(function(INVOKE, url="NONE")))
    assert "every AWS account" in finding.observations[0].message.in_language("en")


def test_a_resource_that_is_declared_as_public():
    public = function(URL, url="NONE")
    assert outcome(public, baseline={"public": ["hook"]}) is PASS
    assert outcome(public, baseline={"public": ["other"]}) is FAIL
    named = function({"Principal": {"AWS": PARTNER}}, url="NONE")
    assert outcome(named, baseline={"public": ["hook"]}) is FAIL


def test_a_file_system_that_is_mounted_in_its_vpc():
    def mounted(condition):
        statement = {"Action": "elasticfilesystem:ClientMount", "Condition": condition}
        return record(
            FileSystem, "file-system/fs-1", service="elasticfilesystem", policy=policy(statement)
        )

    assert outcome(mounted({"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}})) is PASS
    assert outcome(mounted({})) is FAIL


def test_a_domain_in_a_vpc():
    def domain(vpc, **statement):
        document = policy({"Action": "es:*"} | statement)
        return record(OpenSearchDomain, "domain/logs", service="es", policy=document, vpc=vpc)

    assert outcome(domain("vpc-1")) is PASS
    assert outcome(domain(None)) is FAIL
    assert outcome(domain("vpc-1", Principal={"AWS": PARTNER})) is FAIL
    perhaps = {"StringEquals": {"cloudpack-baseline:undetermined/parameter A": "true"}}
    assert outcome(domain("vpc-1", Condition=perhaps)) is UNKNOWN
    computed = Unknown.because(Why.UNDETERMINED, detail="VPCOptions is computed")
    (finding,) = judge(domain(computed)).findings
    assert (finding.outcome, finding.observations[0].causes) == (UNKNOWN, computed.causes)


@pytest.mark.parametrize(
    ("types", "statement", "expected"),
    [
        (("REGIONAL",), {}, NOT_APPLICABLE),
        (("EDGE",), {}, NOT_APPLICABLE),
        (("PRIVATE",), {}, FAIL),
        (("PRIVATE",), {"Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1"}}}, PASS),
        (denied("apigateway:GetRestApis"), {}, UNKNOWN),
    ],
)
def test_a_rest_api(types, statement, expected):
    arn = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:abc/*"
    invoke = {"Action": "execute-api:Invoke", "Resource": arn}
    api = record(
        RestApi,
        "abc",
        service="execute-api",
        arn=f"arn:aws:execute-api:{REGION}:{ACCOUNT}:abc",
        endpoint_types=types,
        policy=policy(invoke | statement),
    )
    assert outcome(api) is expected


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        # API Gateway makes ARNs of what a policy abbreviates when it saves the policy.
        (({"Resource": "execute-api:/*"},), FAIL),
        (({"Resource": ["execute-api:/prod/GET/orders"]},), FAIL),
        (({"Resource": "execute-api:prod/*"},), PASS),
        (({"Resource": "execute-api:/*", "Principal": {"AWS": ACCOUNT}},), PASS),
        (
            (
                {"Resource": "execute-api:/*"},
                {
                    "Effect": "Deny",
                    "Resource": "execute-api:/*",
                    "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}},
                },
            ),
            PASS,
        ),
        (
            ({"Resource": "execute-api:/*"}, {"Effect": "Deny", "Resource": "execute-api:/a/*"}),
            FAIL,
        ),
    ],
)
def test_an_abbreviated_name_of_a_rest_api(statements, expected):
    api = record(
        RestApi,
        "abc",
        service="execute-api",
        endpoint_types=("PRIVATE",),
        policy=policy(*({"Action": "execute-api:Invoke"} | statement for statement in statements)),
    )
    assert outcome(api) is expected
    assert outcome(evolve(api, policy=without_resources(api.policy))) is FAIL


def without_resources(document):
    """The Allow statements of a policy without their resources: about what has the policy."""
    statements = json.loads(document)["Statement"]
    allowing = [s | {"Principal": "*"} for s in statements if s["Effect"] == "Allow"]
    plain = [{name: s[name] for name in s if name != "Resource"} for s in allowing]
    return json.dumps({"Version": "2012-10-17", "Statement": plain})


def test_policies_without_resource():
    document = json.dumps(
        {
            "Version": "2008-10-17",
            "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "ecr:BatchGetImage"}],
        }
    )
    app = record(
        Repository, "repository/app", service="ecr", scan_frequency="MANUAL", policy=document
    )
    assert outcome(app) is FAIL
    replicas = {
        "Action": "ecr:ReplicateImage",
        "Principal": {"AWS": PARTNER},
        "Resource": f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/*",
    }
    registry = record(EcrRegistry, "registry", service="ecr", policy=policy(replicas))
    assert outcome(registry) is FAIL
    assert outcome(registry, baseline={"accounts": [PARTNER]}) is PASS


def test_a_public_repository():
    public = record(PublicRepository, "repository/tools", service="ecr-public", region="")
    assert outcome(public) is FAIL
    assert outcome(public, baseline={"public": ["tools"]}) is PASS


@pytest.mark.parametrize(
    ("visibility", "public", "expected"),
    [
        ("PRIVATE", [], PASS),
        ("PRIVATE", ["site"], PASS),
        ("PUBLIC_READ", [], FAIL),
        ("PUBLIC_READ", ["docs"], FAIL),
        ("PUBLIC_READ", ["site"], PASS),
        (denied("codebuild:BatchGetProjects"), ["site"], UNKNOWN),
    ],
)
def test_public_builds(visibility, public, expected):
    project = record(
        BuildProject, "project/site", service="codebuild", role="x", visibility=visibility
    )
    assert outcome(project, baseline={"public": public}) is expected


def test_builds_of_which_the_visibility_was_not_recorded():
    assert outcome(record(BuildProject, "project/site", service="codebuild", role="x")) is UNKNOWN


@pytest.mark.parametrize(
    ("principals", "baseline", "expected"),
    [
        ((), {}, PASS),
        (("*",), {}, FAIL),
        (("*",), {"public": ["api"]}, PASS),
        ((f"arn:aws:iam::{PARTNER}:root", "*"), {"public": ["api"]}, FAIL),
        ((f"arn:aws:iam::{PARTNER}:root",), {}, FAIL),
        ((f"arn:aws:iam::{PARTNER}:role/connect",), {}, FAIL),
        ((f"arn:aws:iam::{PARTNER}:root",), {"accounts": [PARTNER]}, PASS),
        ((f"arn:aws:iam::{ACCOUNT}:root",), {}, PASS),
        ((f"arn:aws:iam::{ACCOUNT}:root", f"arn:aws:iam::{STRANGER}:user/a"), {}, FAIL),
        ((f"arn:aws:organizations::{PARTNER}:ou/{ORGANIZATION}/ou-ab12-1",), {}, PASS),
        ((f"arn:aws:organizations::{PARTNER}:ou/o-someoneelse/ou-ab12-1",), {}, FAIL),
        (denied("ec2:DescribeVpcEndpointServicePermissions"), {}, UNKNOWN),
    ],
)
def test_an_endpoint_service(principals, baseline, expected):
    service = endpoint_service(allowed_principals=principals)
    assert outcome(service, organization(), baseline=baseline) is expected


def endpoint_service(**fields):
    connected = {"connected_accounts": ()}
    return record(VpcEndpointService, "vpc-endpoint-service/api", **(connected | fields))


NOT_CONNECTED = denied("ec2:DescribeVpcEndpointConnections")


@pytest.mark.parametrize(
    ("fields", "baseline", "expected"),
    [
        ({"allowed_principals": ("*",)}, {}, PASS),
        ({"connected_accounts": (PARTNER,)}, {}, FAIL),
        ({"connected_accounts": (PARTNER,)}, {"accounts": [PARTNER]}, PASS),
        ({"connected_accounts": (PARTNER,)}, {"public": ["api"]}, PASS),
        ({"connected_accounts": (ACCOUNT,)}, {}, PASS),
        ({"connected_accounts": NOT_CONNECTED}, {}, UNKNOWN),
        ({"acceptance_required": denied("ec2:DescribeVpcs")}, {}, UNKNOWN),
        ({"acceptance_required": False, "allowed_principals": ("*",)}, {}, FAIL),
        # Nobody may ask, and who could before is still connected.
        ({"acceptance_required": False, "connected_accounts": (PARTNER,)}, {}, FAIL),
        ({"allowed_principals": denied("ec2:DescribeVpcEndpointServicePermissions")}, {}, PASS),
    ],
)
def test_an_endpoint_service_that_accepts_each_connection(fields, baseline, expected):
    service = endpoint_service(**({"acceptance_required": True} | fields))
    assert outcome(service, baseline=baseline) is expected


@pytest.mark.parametrize(
    ("accounts", "expected"),
    [
        ((), PASS),
        ((PARTNER,), FAIL),
        ((ACCOUNT,), PASS),
        (denied("servicecatalog:DescribePortfolioShares"), UNKNOWN),
    ],
)
def test_a_portfolio(accounts, expected):
    portfolio = record(Portfolio, "portfolio/port-1", service="catalog", accounts=accounts)
    assert outcome(portfolio) is expected
    if accounts == (PARTNER,):
        assert outcome(portfolio, baseline={"accounts": [PARTNER]}) is PASS


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        (queue({}, origin=ELSEWHERE), FAIL),
        (queue({"Principal": {"AWS": ACCOUNT}}, origin=ELSEWHERE), PASS),
        (record(Queue, "orders", service="sqs", policy=None, origin=ELSEWHERE), None),
        # The template has the URL, which no policy opens.
        (evolve(function(url="NONE"), policy=None, origin=ELSEWHERE), PASS),
        (evolve(function(), policy=None, origin=ELSEWHERE), None),
    ],
)
def test_a_resource_that_is_not_in_the_template(resource, expected):
    finding = only(judge(resource, source="template"))
    left_open = finding.resource.kind == "Account"
    assert (None if left_open else finding.outcome) is expected


@pytest.mark.parametrize("kind", [Secret, Topic])
def test_what_is_declared_is_told(kind):
    shared = record(kind, "thing", service="x", policy=policy({"Principal": {"AWS": PARTNER}}))
    finding = only(judge(shared, baseline={"accounts": [PARTNER]}))
    assert PARTNER in finding.observations[0].message.in_language("en")


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        (RedshiftSnapshot, "restore_accounts"),
        (RedshiftServerlessSnapshot, "restore_accounts"),
        (RedshiftDataShare, "consumers"),
    ],
)
@pytest.mark.parametrize(
    ("recipients", "expected"),
    [
        ((), PASS),
        ((PARTNER,), FAIL),
        ((ACCOUNT,), PASS),
        ((f"arn:aws:redshift:{REGION}:{STRANGER}:namespace:1",), FAIL),
        (("ADX",), FAIL),
        (denied("redshift:DescribeClusterSnapshots"), UNKNOWN),
    ],
)
def test_data_of_redshift(kind, field, recipients, expected):
    assert outcome(record(kind, "thing", service="redshift", **{field: recipients})) is expected


@pytest.mark.parametrize(
    ("accounts", "expected"),
    [
        ((), PASS),
        (("all",), FAIL),
        (("all", PARTNER), FAIL),
        ((PARTNER,), FAIL),
        ((ACCOUNT,), PASS),
        (denied("ssm:DescribeDocumentPermission"), UNKNOWN),
    ],
)
def test_a_document(accounts, expected):
    document = record(SsmDocument, "document/patch", service="ssm", account_ids=accounts)
    assert outcome(document) is expected
    if accounts == ("all",):
        assert outcome(document, baseline={"public": ["patch"]}) is PASS


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        (f"arn:aws:organizations::{PARTNER}:organization/{ORGANIZATION}", PASS),
        (f"arn:aws:organizations::{PARTNER}:ou/{ORGANIZATION}/ou-ab12-1", PASS),
        (f"arn:aws:organizations::{STRANGER}:organization/o-someoneelse", FAIL),
        (f"arn:aws:iam::{ACCOUNT}:role/app", PASS),
        (f"arn:aws:iam::{STRANGER}:role/app", FAIL),
        ("service.amazonaws.com", PASS),
        (STRANGER, FAIL),
    ],
)
def test_a_resource_share(principal, expected):
    share = record(ResourceShare, "resource-share/1", service="ram", principals=(principal,))
    assert outcome(share, organization()) is expected


def alias(*statements, url=None):
    document = policy(*statements)
    return record(
        LambdaAlias, "function:hook:live", service="lambda", policy=document, url_auth_type=url
    )


def version(*statements):
    return record(LambdaVersion, "function:hook:1", service="lambda", policy=policy(*statements))


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        (alias(INVOKE | {"Resource": f"{INVOKE['Resource']}:live"}), FAIL),
        (alias({"Principal": {"AWS": PARTNER}}), FAIL),
        (alias({"Principal": {"AWS": ACCOUNT}}), PASS),
        (alias(URL), PASS),  # it has no URL
        (alias(URL, url="NONE"), FAIL),
        (alias(URL, url="AWS_IAM"), PASS),
        (alias(URL, url=denied("lambda:ListFunctionUrlConfigs")), UNKNOWN),
        (version(INVOKE | {"Resource": f"{INVOKE['Resource']}:1"}), FAIL),
        (version(URL), PASS),  # only a function and its aliases have URLs
        (version({"Principal": {"AWS": ACCOUNT}}), PASS),
    ],
)
def test_aliases_and_published_versions_of_functions(resource, expected):
    assert outcome(resource) is expected


@pytest.mark.parametrize("kind", ["LambdaAlias", "LambdaVersion"])
def test_aliases_and_versions_that_could_not_be_listed(kind):
    finding = only(judge(gaps={kind: denied("lambda:ListAliases")}))
    assert finding.outcome is UNKNOWN


@pytest.mark.parametrize("holder", POLICY_HOLDERS, ids=attrgetter("kind"))
def test_a_policy_that_the_listing_contains_needs_no_call(holder):
    assert holder.listed is not needs_call(record_class(holder.kind), "policy")
