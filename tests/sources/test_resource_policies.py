"""How the policies of resources are read: from moto's answers, and from odd ones."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from cloudpack_baseline.model.apigateway import RestApi
from cloudpack_baseline.model.backup import BackupVault
from cloudpack_baseline.model.codeartifact import CodeArtifactDomain, CodeArtifactRepository
from cloudpack_baseline.model.codebuild import BuildProject
from cloudpack_baseline.model.dynamodb import DynamoDBTable
from cloudpack_baseline.model.ecr import EcrRegistry, PublicRepository, Repository
from cloudpack_baseline.model.efs import FileSystem
from cloudpack_baseline.model.events import EventBus
from cloudpack_baseline.model.functions import LambdaAlias, LambdaVersion
from cloudpack_baseline.model.glacier import GlacierVault
from cloudpack_baseline.model.glue import GlueCatalog
from cloudpack_baseline.model.kinesis import KinesisStream
from cloudpack_baseline.model.kms import KmsKey
from cloudpack_baseline.model.lambda_functions import LambdaFunction
from cloudpack_baseline.model.layers import LayerVersion
from cloudpack_baseline.model.log_policies import LogDestination, LogResourcePolicy
from cloudpack_baseline.model.opensearch import OpenSearchDomain
from cloudpack_baseline.model.privatelink import VpcEndpointService
from cloudpack_baseline.model.ram import ResourceShare
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.redshift_sharing import (
    RedshiftDataShare,
    RedshiftServerlessSnapshot,
    RedshiftSnapshot,
)
from cloudpack_baseline.model.schemas import SchemaRegistry
from cloudpack_baseline.model.secretsmanager import Secret
from cloudpack_baseline.model.servicecatalog import Portfolio
from cloudpack_baseline.model.ses import EmailIdentity
from cloudpack_baseline.model.sns import Topic
from cloudpack_baseline.model.sqs import Queue
from cloudpack_baseline.model.ssm_documents import SsmDocument
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.sources.aws import gather_account
from cloudpack_baseline.sources.gatherers import gatherer_of
from cloudpack_baseline.sources.mock import Mock
from fakes import calls
from support import ACCOUNT, REGION

PARTNER = "111122223333"
POLICY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
    }
)


def gather(session, kind, *fields):
    snapshot = gather_account(session, [reads(kind, *fields)], regions=[REGION], via=Mock())
    assert [coverage.unknown for coverage in snapshot.coverage] == [None]
    return {record.name: record for record in snapshot.all(kind, ACCOUNT)}


def read(kind, answers, *fields):
    return gatherer_of(kind).run(calls(answers), frozenset(fields))


def test_a_queue(session):
    client = session.client("sqs", region_name=REGION)
    assert gather(session, Queue, "policy") == {}
    client.create_queue(QueueName="orders", Attributes={"Policy": POLICY})
    client.create_queue(QueueName="plain")
    queues = gather(session, Queue, "policy")
    assert queues["orders"].arn == f"arn:aws:sqs:{REGION}:{ACCOUNT}:orders"
    assert json.loads(queues["orders"].policy) == json.loads(POLICY)
    assert queues["plain"].policy is None


def test_a_topic(session):
    client = session.client("sns", region_name=REGION)
    client.create_topic(Name="alerts", Attributes={"Policy": POLICY})
    assert json.loads(gather(session, Topic, "policy")["alerts"].policy) == json.loads(POLICY)


def test_an_endpoint_service(session):
    client = session.client("ec2", region_name=REGION)
    balancers = session.client("elbv2", region_name=REGION)
    vpc = client.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = client.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    arn = balancers.create_load_balancer(Name="api", Subnets=[subnet], Type="network")[
        "LoadBalancers"
    ][0]["LoadBalancerArn"]
    assert gather(session, VpcEndpointService, "allowed_principals") == {}
    shared, private = (
        client.create_vpc_endpoint_service_configuration(NetworkLoadBalancerArns=[arn])[
            "ServiceConfiguration"
        ]["ServiceId"]
        for _ in range(2)
    )
    principals = ("*", f"arn:aws:iam::{PARTNER}:root")
    client.modify_vpc_endpoint_service_permissions(
        ServiceId=shared, AddAllowedPrincipals=principals[::-1]
    )
    services = gather(session, VpcEndpointService, "allowed_principals")
    assert services[shared].allowed_principals == principals
    assert services[private].allowed_principals == ()
    assert services[shared].arn == f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc-endpoint-service/{shared}"
    assert client.delete_vpc_endpoint_service_configurations(ServiceIds=[private])


def test_the_connections_of_an_endpoint_service():
    services = [
        {"ServiceId": "vpce-svc-1", "AcceptanceRequired": True},
        {"ServiceId": "vpce-svc-2", "AcceptanceRequired": False},
    ]
    connections = [
        {"ServiceId": "vpce-svc-1", "VpcEndpointOwner": owner, "VpcEndpointState": state}
        for owner, state in (
            (PARTNER, "available"),
            (PARTNER, "pending"),
            ("222233334444", "Partial"),
            ("333344445555", "pendingAcceptance"),
            ("444455556666", "rejected"),
        )
    ]
    answers = {
        "ec2:DescribeVpcEndpointServiceConfigurations": {"ServiceConfigurations": services},
        "ec2:DescribeVpcEndpointConnections": {"VpcEndpointConnections": connections},
    }
    first, second = read(VpcEndpointService, answers, "connected_accounts").records
    assert first.connected_accounts == (PARTNER, "222233334444")
    assert (second.connected_accounts, second.acceptance_required) == ((), False)
    assert first.acceptance_required is True
    assert isinstance(read(VpcEndpointService, answers).records[0].connected_accounts, Unknown)
    answers["ec2:DescribeVpcEndpointConnections"] = "UnauthorizedOperation"
    first, _ = read(VpcEndpointService, answers, "connected_accounts").records
    assert first.connected_accounts.causes[0].operation == "ec2:DescribeVpcEndpointConnections"


def test_an_endpoint_service_that_was_deleted_meanwhile():
    answers = {
        "ec2:DescribeVpcEndpointServiceConfigurations": {
            "ServiceConfigurations": [{"ServiceId": "vpce-svc-1"}]
        },
        "ec2:DescribeVpcEndpointServicePermissions": "InvalidVpcEndpointServiceId.NotFound",
    }
    assert read(VpcEndpointService, answers, "allowed_principals").records == ()
    answers["ec2:DescribeVpcEndpointServicePermissions"] = "UnauthorizedOperation"
    (service,) = read(VpcEndpointService, answers, "allowed_principals").records
    assert service.allowed_principals.causes[0].operation == (
        "ec2:DescribeVpcEndpointServicePermissions"
    )


def test_a_portfolio(session):
    client = session.client("servicecatalog", region_name=REGION)
    portfolio = client.create_portfolio(
        DisplayName="servers", ProviderName="platform", IdempotencyToken="1"
    )["PortfolioDetail"]
    assert gather(session, Portfolio, "accounts")["servers"].accounts == ()
    client.create_portfolio_share(PortfolioId=portfolio["Id"], AccountId=PARTNER)
    assert gather(session, Portfolio, "accounts")["servers"].accounts == (PARTNER,)


def test_a_build_project():
    answers = {
        "codebuild:ListProjects": {"projects": ["site"]},
        "codebuild:BatchGetProjects": {"projects": [{"name": "site", "serviceRole": "x"}]},
    }
    (project,) = read(BuildProject, answers, "visibility").records
    assert project.visibility == "PRIVATE"
    for visibility in ("PRIVATE", "PUBLIC_READ"):
        answers["codebuild:BatchGetProjects"]["projects"][0]["projectVisibility"] = visibility
        (project,) = read(BuildProject, answers, "visibility").records
        assert project.visibility == visibility
    answers["codebuild:BatchGetProjects"] = "AccessDeniedException"
    (project,) = read(BuildProject, answers, "visibility").records
    assert project.visibility.causes[0].operation == "codebuild:BatchGetProjects"


def test_a_secret(session):
    client = session.client("secretsmanager", region_name=REGION)
    for name in ("shared", "plain"):
        client.create_secret(Name=name, SecretString="x")
    client.put_resource_policy(SecretId="shared", ResourcePolicy=POLICY)
    secrets = gather(session, Secret, "policy")
    assert secrets["shared"].policy == POLICY


def test_a_key(session):
    client = session.client("kms", region_name=REGION)
    key_id = client.create_key(Policy=POLICY)["KeyMetadata"]["KeyId"]
    assert json.loads(gather(session, KmsKey, "policy")[key_id].policy) == json.loads(POLICY)


def test_grants_of_a_key(session):
    client = session.client("kms", region_name=REGION)
    key_id = client.create_key()["KeyMetadata"]["KeyId"]
    grantee = f"arn:aws:iam::{PARTNER}:role/reader"
    for operation in ("Decrypt", "Encrypt"):
        client.create_grant(KeyId=key_id, GranteePrincipal=grantee, Operations=[operation])
    assert gather(session, KmsKey, "grantees")[key_id].grantees == (grantee,)
    assert isinstance(gather(session, KmsKey)[key_id].grantees, Unknown)


def test_grants_of_keys_that_aws_manages_are_not_read():
    arn = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"
    metadata = {"KeyManager": "AWS", "KeySpec": "SYMMETRIC_DEFAULT", "KeyState": "Enabled"}
    answers = {
        "kms:ListKeys": {"Keys": [{"KeyId": "1", "KeyArn": arn}]},
        "kms:DescribeKey": {"KeyMetadata": metadata | {"Origin": "AWS_KMS"}},
        "kms:ListGrants": "AccessDeniedException",
    }
    assert read(KmsKey, answers, "grantees").records[0].grantees == ()
    metadata["KeyManager"] = "CUSTOMER"
    answers["kms:DescribeKey"] = {"KeyMetadata": metadata | {"Origin": "AWS_KMS"}}
    (key,) = read(KmsKey, answers, "grantees").records
    assert key.grantees.causes[0].actions == ("kms:ListGrants",)
    answers["kms:ListGrants"] = {"Grants": [{"GranteeServicePrincipal": "rds.amazonaws.com"}]}
    assert read(KmsKey, answers, "grantees").records[0].grantees == ("rds.amazonaws.com",)
    answers["kms:ListGrants"] = {"Grants": [{}]}
    (key,) = read(KmsKey, answers, "grantees").records
    assert key.grantees.causes[0].why is Why.MALFORMED


def test_a_repository_and_its_registry(session):
    client = session.client("ecr", region_name=REGION)
    for name in ("shared", "plain"):
        client.create_repository(repositoryName=name)
    client.set_repository_policy(repositoryName="shared", policyText=POLICY)
    repositories = gather(session, Repository, "policy")
    assert repositories["plain"].policy is None
    assert json.loads(repositories["shared"].policy) == json.loads(POLICY)
    assert gather(session, EcrRegistry)[REGION].policy is None


def test_a_public_repository(session):
    assert gather(session, PublicRepository) == {}
    arn = f"arn:aws:ecr-public::{ACCOUNT}:repository/tools"
    listing = {"repositories": [{"repositoryArn": arn, "repositoryName": "tools"}]}
    answers = {("ecr-public:DescribeRepositories", "us-east-1"): listing}
    (repository,) = read(PublicRepository, answers).records
    assert (repository.name, repository.region) == ("tools", "")
    gatherer = gatherer_of(PublicRepository)
    elsewhere = calls({}, partition="aws-us-gov", region="us-gov-west-1")
    assert gatherer.run(elsewhere, frozenset()).records == ()


def test_data_of_redshift(session):
    client = session.client("redshift", region_name=REGION)
    client.create_cluster(
        ClusterIdentifier="dwh",
        NodeType="ra3.large",
        MasterUsername="admin",
        MasterUserPassword="Passw0rd-1",
    )
    client.create_cluster_snapshot(SnapshotIdentifier="before", ClusterIdentifier="dwh")
    snapshot = gather(session, RedshiftSnapshot)["before"]
    assert (snapshot.restore_accounts, snapshot.arn.endswith(":snapshot:dwh/before")) == ((), True)
    assert gather(session, RedshiftServerlessSnapshot) == {}
    assert gather(session, RedshiftDataShare) == {}


def test_recipients_of_redshift():
    item = {"ClusterIdentifier": "dwh", "SnapshotIdentifier": "before"}
    item |= {"AccountsWithRestoreAccess": [{"AccountId": PARTNER}]}
    (snapshot,) = read(
        RedshiftSnapshot, {"redshift:DescribeClusterSnapshots": {"Snapshots": [item]}}
    ).records
    assert snapshot.restore_accounts == (PARTNER,)
    arn = f"arn:aws:redshift:{REGION}:{ACCOUNT}:datashare:1/sales"
    associations = [
        {"ConsumerIdentifier": f"DataCatalog/{PARTNER}", "Status": "ACTIVE"},
        {"ConsumerIdentifier": "999988887777", "Status": "DEAUTHORIZED"},
    ]
    shares = {"DataShares": [{"DataShareArn": arn, "DataShareAssociations": associations}]}
    (share,) = read(RedshiftDataShare, {"redshift:DescribeDataSharesForProducer": shares}).records
    assert (share.name, share.consumers) == ("sales", (PARTNER,))


def test_a_file_system(session):
    client = session.client("efs", region_name=REGION)
    for name in ("shared", "plain"):
        client.create_file_system(CreationToken=name, Tags=[{"Key": "Name", "Value": name}])
    identifier = next(
        file_system["FileSystemId"]
        for file_system in client.describe_file_systems()["FileSystems"]
        if file_system["Name"] == "shared"
    )
    client.put_file_system_policy(FileSystemId=identifier, Policy=POLICY)
    systems = gather(session, FileSystem, "policy")
    assert json.loads(systems["shared"].policy) == json.loads(POLICY)


def test_a_document(session):
    client = session.client("ssm", region_name=REGION)
    content = json.dumps({"schemaVersion": "2.2", "mainSteps": []})
    client.create_document(Content=content, Name="patch", DocumentType="Command")
    client.modify_document_permission(
        Name="patch", PermissionType="Share", AccountIdsToAdd=[PARTNER]
    )
    assert gather(session, SsmDocument, "account_ids")["patch"].account_ids == (PARTNER,)


def test_a_share(session):
    client = session.client("ram", region_name=REGION)
    client.create_resource_share(name="subnets", principals=[PARTNER])
    client.create_resource_share(name="nobody")
    shares = gather(session, ResourceShare, "principals")
    assert {name: share.principals for name, share in shares.items()} == {
        "subnets": (PARTNER,),
        "nobody": (),
    }


def test_a_table_and_a_stream(session):
    client = session.client("dynamodb", region_name=REGION)
    client.create_table(
        TableName="carts",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    assert gather(session, DynamoDBTable)["carts"].arn.endswith(":table/carts")
    session.client("kinesis", region_name=REGION).create_stream(StreamName="clicks", ShardCount=1)
    assert gather(session, KinesisStream)["clicks"].arn.endswith(":stream/clicks")


def test_a_bus_a_destination_and_a_catalog(session):
    assert gather(session, EventBus)["default"].policy is None
    assert gather(session, LogDestination) == {}
    assert gather(session, GlueCatalog)[REGION].policy is None


def test_a_vault_and_a_domain(session):
    session.client("backup", region_name=REGION).create_backup_vault(BackupVaultName="main")
    assert gather(session, BackupVault, "policy")["main"].policy is None
    client = session.client("opensearch", region_name=REGION)
    client.create_domain(DomainName="search", AccessPolicies=POLICY)
    domain = gather(session, OpenSearchDomain)["search"]
    assert (json.loads(domain.policy), domain.vpc) == (json.loads(POLICY), None)


def test_a_vault_of_archives(session):
    session.client("glacier", region_name=REGION).create_vault(vaultName="archives")
    vault = gather(session, GlacierVault, "policy")["archives"]
    assert vault.arn == f"arn:aws:glacier:{REGION}:{ACCOUNT}:vaults/archives"
    assert vault.policy is None  # moto has no policies of vaults


def test_the_policy_of_a_vault_of_archives():
    arn = f"arn:aws:glacier:{REGION}:{ACCOUNT}:vaults/archives"
    answers = {
        "glacier:ListVaults": {"VaultList": [{"VaultARN": arn, "VaultName": "archives"}]},
        "glacier:GetVaultAccessPolicy": {"policy": {"Policy": POLICY}},
    }
    (vault,) = read(GlacierVault, answers, "policy").records
    assert vault.policy == POLICY
    answers["glacier:GetVaultAccessPolicy"] = "ResourceNotFoundException"
    (vault,) = read(GlacierVault, answers, "policy").records
    assert vault.policy is None
    answers["glacier:GetVaultAccessPolicy"] = "AccessDeniedException"
    (vault,) = read(GlacierVault, answers, "policy").records
    assert vault.policy.causes[0].operation == "glacier:GetVaultAccessPolicy"


def test_a_domain_and_a_repository_of_packages(session):
    assert gather(session, CodeArtifactDomain, "policy") == {}
    assert gather(session, CodeArtifactRepository, "policy") == {}


def test_the_policies_of_a_domain_and_a_repository_of_packages():
    arn = f"arn:aws:codeartifact:{REGION}:{ACCOUNT}"
    domain = {"name": "shop", "owner": ACCOUNT, "arn": f"{arn}:domain/shop"}
    repository = {
        "name": "npm",
        "domainName": "shop",
        "domainOwner": ACCOUNT,
        "arn": f"{arn}:repository/shop/npm",
    }
    answers = {
        "codeartifact:ListDomains": {"domains": [domain]},
        "codeartifact:GetDomainPermissionsPolicy": {"policy": {"document": POLICY}},
        "codeartifact:ListRepositories": {"repositories": [repository]},
        "codeartifact:GetRepositoryPermissionsPolicy": {"policy": {"document": POLICY}},
    }
    for kind in (CodeArtifactDomain, CodeArtifactRepository):
        (held,) = read(kind, answers, "policy").records
        assert held.policy == POLICY
    for operation in ("GetDomainPermissionsPolicy", "GetRepositoryPermissionsPolicy"):
        answers[f"codeartifact:{operation}"] = "ResourceNotFoundException"
    for kind in (CodeArtifactDomain, CodeArtifactRepository):
        (held,) = read(kind, answers, "policy").records
        assert held.policy is None
    for operation in ("GetDomainPermissionsPolicy", "GetRepositoryPermissionsPolicy"):
        answers[f"codeartifact:{operation}"] = "AccessDeniedException"
    for kind in (CodeArtifactDomain, CodeArtifactRepository):
        (held,) = read(kind, answers, "policy").records
        assert held.policy.causes[0].why is Why.DENIED


def test_email_identities(session):
    client = session.client("sesv2", region_name=REGION)
    for name, policies in (("shop.example", 2), ("blog.example", 1), ("a@example.jp", 0)):
        client.create_email_identity(EmailIdentity=name)
        for number in range(policies):
            client.create_email_identity_policy(
                EmailIdentity=name, PolicyName=f"p{number}", Policy=POLICY
            )
    identities = gather(session, EmailIdentity, "policy")
    shop = identities["shop.example"]
    assert shop.arn == f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/shop.example"
    statements = json.loads(POLICY)["Statement"]
    assert json.loads(shop.policy)["Statement"] == statements * 2
    assert identities["blog.example"].policy == POLICY
    assert identities["a@example.jp"].policy is None


@pytest.mark.parametrize("odd", ["{", "[]", "{}"])
def test_odd_policies_of_an_email_identity(odd):
    one = json.dumps({"Statement": {"Effect": "Deny"}})
    answers = {
        "sesv2:ListEmailIdentities": {"EmailIdentities": [{"IdentityName": "shop.example"}]},
        "sesv2:GetEmailIdentityPolicies": {"Policies": {"a": one, "b": POLICY}},
    }
    (identity,) = read(EmailIdentity, answers, "policy").records
    effects = [statement["Effect"] for statement in json.loads(identity.policy)["Statement"]]
    assert effects == ["Deny", "Allow"]
    answers["sesv2:GetEmailIdentityPolicies"] = {"Policies": {"a": POLICY, "b": odd}}
    (identity,) = read(EmailIdentity, answers, "policy").records
    assert identity.policy.causes[0].why is Why.MALFORMED
    answers["sesv2:GetEmailIdentityPolicies"] = "AccessDeniedException"
    (identity,) = read(EmailIdentity, answers, "policy").records
    assert identity.policy.causes[0].operation == "sesv2:GetEmailIdentityPolicies"


def test_schema_registries(session):
    assert gather(session, SchemaRegistry, "policy") == {}  # moto has none
    arn = f"arn:aws:schemas:{REGION}:{ACCOUNT}:registry/orders"
    answers = {
        "schemas:ListRegistries": {"Registries": [{"RegistryArn": arn, "RegistryName": "orders"}]},
        "schemas:GetResourcePolicy": {"Policy": POLICY},
    }
    (registry,) = read(SchemaRegistry, answers, "policy").records
    assert (registry.arn, registry.policy) == (arn, POLICY)
    answers["schemas:GetResourcePolicy"] = "NotFoundException"
    (registry,) = read(SchemaRegistry, answers, "policy").records
    assert registry.policy is None
    answers["schemas:GetResourcePolicy"] = "ForbiddenException"
    (registry,) = read(SchemaRegistry, answers, "policy").records
    assert registry.policy.causes[0].operation == "schemas:GetResourcePolicy"


def test_a_function_and_its_url():
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:hook"
    answers = {
        "lambda:ListFunctions": {"Functions": [{"FunctionName": "hook", "FunctionArn": arn}]},
        "lambda:GetPolicy": {"Policy": POLICY},
        "lambda:GetFunctionUrlConfig": {"AuthType": "NONE"},
    }
    (function,) = read(LambdaFunction, answers, "policy", "url_auth_type").records
    assert (function.policy, function.url_auth_type) == (POLICY, "NONE")
    gone = "ResourceNotFoundException"
    answers |= {"lambda:GetPolicy": gone, "lambda:GetFunctionUrlConfig": gone}
    (function,) = read(LambdaFunction, answers, "policy", "url_auth_type").records
    assert (function.policy, function.url_auth_type) == (None, None)


def test_aliases_of_functions_and_their_urls():
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:hook"
    aliases = [{"AliasArn": f"{arn}:{name}", "Name": name} for name in ("live", "test")]
    answers = {
        "lambda:ListFunctions": {
            "Functions": [{"FunctionName": "hook", "FunctionArn": arn}, {"FunctionArn": arn}]
        },
        "lambda:ListAliases": {"Aliases": aliases},
        "lambda:GetPolicy": {"Policy": POLICY},
        "lambda:ListFunctionUrlConfigs": {
            "FunctionUrlConfigs": [
                {"FunctionArn": arn, "AuthType": "AWS_IAM"},
                {"FunctionArn": f"{arn}:live", "AuthType": "NONE"},
            ]
        },
    }
    gathered = read(LambdaAlias, answers, "policy", "url_auth_type")
    known = [(alias.name, alias.policy, alias.url_auth_type) for alias in gathered.records]
    assert known == [("hook:live", POLICY, "NONE"), ("hook:test", POLICY, None)]
    assert gathered.unknown.causes[0].why is Why.MALFORMED
    answers |= {
        "lambda:GetPolicy": "ResourceNotFoundException",
        "lambda:ListFunctionUrlConfigs": "AccessDeniedException",
    }
    for alias in read(LambdaAlias, answers, "policy", "url_auth_type").records:
        assert alias.policy is None
        assert alias.url_auth_type.causes[0].operation == "lambda:ListFunctionUrlConfigs"
    answers["lambda:ListAliases"] = "AccessDeniedException"
    assert read(LambdaAlias, answers, "policy").unknown.causes[0].why is Why.DENIED


def test_published_versions_of_functions():
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:hook"
    functions = [
        {"FunctionName": "hook", "FunctionArn": f"{arn}:{number}", "Version": number}
        for number in ("$LATEST", "1", "2")
    ]
    answers = {
        "lambda:ListFunctions": {"Functions": functions},
        "lambda:GetPolicy": {"Policy": POLICY},
    }
    gathered = read(LambdaVersion, answers, "policy")
    known = [(version.name, version.policy) for version in gathered.records]
    assert known == [("hook:1", POLICY), ("hook:2", POLICY)]
    answers["lambda:ListFunctions"] = {"Functions": [*functions, {"FunctionName": "hook"}]}
    gathered = read(LambdaVersion, answers, "policy")
    assert (len(gathered.records), gathered.unknown.causes[0].why) == (2, Why.MALFORMED)
    answers["lambda:GetPolicy"] = "AccessDeniedException"
    for version in read(LambdaVersion, answers, "policy").records:
        assert version.policy.causes[0].operation == "lambda:GetPolicy"
    answers["lambda:ListFunctions"] = "AccessDeniedException"
    assert read(LambdaVersion, answers, "policy").unknown.causes[0].why is Why.DENIED


def test_an_alias_and_a_version(session):
    role = session.client("iam").create_role(RoleName="hook", AssumeRolePolicyDocument="{}")
    client = session.client("lambda", region_name=REGION)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("hook.py", "")
    client.create_function(
        FunctionName="hook",
        Runtime="python3.12",
        Role=role["Role"]["Arn"],
        Handler="hook.run",
        Code={"ZipFile": content.getvalue()},
    )
    number = client.publish_version(FunctionName="hook")["Version"]
    client.create_alias(FunctionName="hook", Name="live", FunctionVersion=number)
    client.add_permission(
        FunctionName="hook",
        Qualifier="live",
        StatementId="all",
        Action="lambda:InvokeFunction",
        Principal="*",
    )
    (alias,) = gather(session, LambdaAlias, "policy", "url_auth_type").values()
    assert alias.arn.endswith(":function:hook:live")
    assert "lambda:InvokeFunction" in alias.policy
    assert alias.url_auth_type is None
    assert list(gather(session, LambdaVersion, "policy")) == [f"hook:{number}"]


def test_every_version_of_a_layer():
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:layer:tools"
    versions = [{"LayerVersionArn": f"{arn}:{number}", "Version": number} for number in (2, 1)]
    answers = {
        "lambda:ListLayers": {"Layers": [{"LayerName": "tools"}, {}]},
        "lambda:ListLayerVersions": {"LayerVersions": versions},
        "lambda:GetLayerVersionPolicy": {"Policy": POLICY},
    }
    gathered = read(LayerVersion, answers, "policy")
    found = [(record.name, record.version, record.policy) for record in gathered.records]
    assert found == [("tools:2", 2, POLICY), ("tools:1", 1, POLICY)]
    assert gathered.unknown.causes[0].why is Why.MALFORMED
    answers["lambda:GetLayerVersionPolicy"] = "ResourceNotFoundException"
    assert [record.policy for record in read(LayerVersion, answers, "policy").records] == [
        None,
        None,
    ]


def test_a_layer(session):
    client = session.client("lambda", region_name=REGION)
    client.publish_layer_version(LayerName="tools", Content={"ZipFile": b"zip"})
    client.add_layer_version_permission(
        LayerName="tools",
        VersionNumber=1,
        StatementId="all",
        Action="lambda:GetLayerVersion",
        Principal="*",
    )
    (version,) = gather(session, LayerVersion, "policy").values()
    assert "lambda:GetLayerVersion" in version.policy


def test_a_rest_api(session):
    client = session.client("apigateway", region_name=REGION)
    client.create_rest_api(
        name="inner", endpointConfiguration={"types": ["PRIVATE"]}, policy=POLICY
    )
    api = gather(session, RestApi)["inner"]
    assert api.endpoint_types == ("PRIVATE",)
    assert json.loads(api.policy) == json.loads(POLICY)
    assert api.arn.startswith(f"arn:aws:execute-api:{REGION}:{ACCOUNT}:")


def test_the_escaped_policy_of_a_rest_api():
    def policy_of(escaped):
        listing = {"items": [{"id": "abc", "name": "inner", "policy": escaped}]}
        (api,) = read(RestApi, {"apigateway:GetRestApis": listing}).records
        return api.policy

    assert policy_of(json.dumps(POLICY)[1:-1]) == POLICY
    assert policy_of("{" + chr(92) + "x").causes[0].why is Why.MALFORMED


def test_policies_of_log_groups(session):
    client = session.client("logs", region_name=REGION)
    client.put_resource_policy(policyName="dns", policyDocument=POLICY)
    assert json.loads(gather(session, LogResourcePolicy)["dns"].policy) == json.loads(POLICY)


SHARE = f"arn:aws:ram:{REGION}:{ACCOUNT}:resource-share/1"


def share_answers(*associations):
    return {
        "ram:GetResourceShares": {"resourceShares": [{"resourceShareArn": SHARE, "name": "x"}]},
        "ram:GetResourceShareAssociations": {
            "resourceShareAssociations": [
                {"resourceShareArn": arn, "associatedEntity": PARTNER, "status": status}
                for arn, status in associations
            ]
        },
    }


def test_associations_that_ended_or_belong_to_another_share():
    answers = share_answers(
        (SHARE, "DISASSOCIATED"), (f"{SHARE}2", "ASSOCIATED"), (SHARE, "ASSOCIATING")
    )
    (share,) = read(ResourceShare, answers, "principals").records
    assert share.principals == (PARTNER,)


def test_associations_that_were_denied():
    answers = share_answers() | {"ram:GetResourceShareAssociations": "AccessDeniedException"}
    (share,) = read(ResourceShare, answers, "principals").records
    assert share.principals.causes[0].actions == ("ram:GetResourceShareAssociations",)


def test_without_shares_associations_are_not_listed():
    gathered = read(ResourceShare, {"ram:GetResourceShares": {"resourceShares": []}}, "principals")
    assert (gathered.records, gathered.unknown) == ((), None)


@pytest.mark.parametrize("odd", [{}, {"AccountIds": [], "NextToken": "more"}, {"AccountIds": 5}])
def test_odd_permissions_of_a_document(odd):
    answers = {
        "ssm:ListDocuments": {"DocumentIdentifiers": [{"Name": "patch"}]},
        "ssm:DescribeDocumentPermission": odd,
    }
    (document,) = read(SsmDocument, answers, "account_ids").records
    assert isinstance(document.account_ids, Unknown)
    assert document.account_ids.causes[0].why is Why.MALFORMED


def test_everyone_among_the_permissions_of_a_document():
    answers = {
        "ssm:ListDocuments": {"DocumentIdentifiers": [{"Name": "patch"}]},
        "ssm:DescribeDocumentPermission": {"AccountIds": ["All"], "NextToken": ""},
    }
    (document,) = read(SsmDocument, answers, "account_ids").records
    assert document.account_ids == ("all",)


def test_a_queue_that_was_deleted_and_one_that_is_denied():
    urls = [f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name}" for name in ("old", "new")]
    answers = {
        "sqs:ListQueues": {"QueueUrls": urls},
        ("sqs:GetQueueAttributes", urls[0]): "AWS.SimpleQueueService.NonExistentQueue",
        ("sqs:GetQueueAttributes", urls[1]): "AccessDenied",
    }
    (queue,) = read(Queue, answers, "policy").records
    assert queue.policy.causes[0].actions == ("sqs:GetQueueAttributes",)
    assert read(Queue, {"sqs:ListQueues": {}}, "policy").unknown is None
    assert read(Queue, {"sqs:ListQueues": {"QueueUrls": 5}}, "policy").unknown is not None
    assert read(Queue, {"sqs:ListQueues": {"QueueUrls": [5]}}, "policy").unknown is not None
