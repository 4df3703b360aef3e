"""Keys, secrets, repositories, topics, queues, backups and what else has a policy.

Source: Terraform AWS provider.
"""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.sources.cloudformation.policies import with_statement
from cloudpack_baseline.sources.cloudformation.policy_choices import add_policy
from cloudpack_baseline.sources.cloudformation.policy_resources import policy_here, policy_of_one
from cloudpack_baseline.sources.cloudformation.typed import (
    TypedResource,
    exact,
    follow,
    shown,
)
from cloudpack_baseline.sources.cloudformation.types import resource_types
from cloudpack_baseline.sources.cloudformation.values import (
    Resolved,
    ResolvedList,
    ResolvedObject,
    why_of,
)
from cloudpack_baseline.sources.located import AnswerObject
from cloudpack_baseline.sources.terraform.documents import statements_of
from cloudpack_baseline.sources.terraform.mapping import (
    NOWHERE,
    Mapped,
    Mappings,
    Properties,
    block_of,
    each_block,
    obj,
    properties_of,
    single,
)

__all__ = ["TYPES"]

TYPES = Mappings()

# AWS KMS ---------------------------------------------------------------------------------------

_KEY_POLICY = {
    "policy": "KeyPolicy",
    "bypass_policy_lockout_safety_check": "BypassPolicyLockoutSafetyCheck",
}
_KEY = {
    **_KEY_POLICY,
    "is_enabled": "Enabled",
    "customer_master_key_spec": "KeySpec",
}
TYPES.plain(
    "aws_kms_key",
    "AWS::KMS::Key",
    {**_KEY, "custom_key_store_id": "Origin", "xks_key_id": ""},
    custom_key_store_id=lambda _: "AWS_CLOUDHSM",
)
TYPES.plain("aws_kms_external_key", "AWS::KMS::Key", _KEY)
TYPES.plain("aws_kms_replica_key", "AWS::KMS::ReplicaKey", _KEY)

TYPES.setting("aws_kms_key_policy", "aws_kms_key", "key_id", _KEY_POLICY)


@TYPES.part("aws_kms_grant", "aws_kms_key", "key_id")
def _grant(values: ResolvedObject) -> Properties:
    grantee = values.get("grantee_principal")
    return {"Grants": ResolvedList([obj(GranteePrincipal=grantee)], NOWHERE)}


TYPES.plain("aws_kms_alias", "AWS::KMS::Alias", {"name": "AliasName"}, ref="name")

# Secrets, topics, queues -------------------------------------------------------------------------


TYPES.pair(
    "aws_secretsmanager_secret",
    "AWS::SecretsManager::Secret",
    "policy",
    "AWS::SecretsManager::ResourcePolicy",
    {"id": "SecretId", "policy": "ResourcePolicy"},
    renames={"policy": ""},
)
TYPES.plain(
    "aws_secretsmanager_secret_policy",
    "AWS::SecretsManager::ResourcePolicy",
    {"secret_arn": "SecretId", "policy": "ResourcePolicy"},
)
TYPES.plain(
    "aws_secretsmanager_secret_rotation",
    "AWS::SecretsManager::RotationSchedule",
    {"rotation_lambda_arn": "RotationLambdaARN"},
    blocks=("rotation_rules",),
)


TYPES.pair(
    "aws_sns_topic",
    "AWS::SNS::Topic",
    "policy",
    "AWS::SNS::TopicPolicy",
    {"id": "Topics[]", "policy": "PolicyDocument"},
    renames={"name": "TopicName", "policy": ""},
)
TYPES.pair(
    "aws_sqs_queue",
    "AWS::SQS::Queue",
    "policy",
    "AWS::SQS::QueuePolicy",
    {"id": "Queues[]", "policy": "PolicyDocument"},
    renames={"name": "QueueName", "policy": ""},
    attributes={"url": "{id}"},
)


def _policy_of(
    kind: str,
    name: str,
    subject: Resolved,
    values: ResolvedObject,
) -> tuple[str, Properties]:
    return kind, {
        name: ResolvedList([subject], NOWHERE),
        "PolicyDocument": values.get("policy"),
    }


@TYPES.made("aws_sns_topic_policy", "AWS::SNS::TopicPolicy")
def _topic_policy(values: ResolvedObject) -> Iterator[tuple[str, Properties]]:
    yield _policy_of("AWS::SNS::TopicPolicy", "Topics", values.get("arn"), values)


TYPES.plain("aws_sns_topic_subscription", "AWS::SNS::Subscription")


@TYPES.made("aws_sqs_queue_policy", "AWS::SQS::QueuePolicy")
def _queue_policy(values: ResolvedObject) -> Iterator[tuple[str, Properties]]:
    yield _policy_of("AWS::SQS::QueuePolicy", "Queues", values.get("queue_url"), values)


# Amazon ECR ------------------------------------------------------------------------------------

TYPES.plain(
    "aws_ecr_repository",
    "AWS::ECR::Repository",
    {"name": "RepositoryName"},
    blocks=("image_scanning_configuration", "encryption_configuration"),
    ref="name",
)

TYPES.setting(
    "aws_ecr_repository_policy",
    "aws_ecr_repository",
    "repository",
    {"policy": "RepositoryPolicyText"},
)


TYPES.plain(
    "aws_ecr_registry_scanning_configuration",
    "AWS::ECR::RegistryScanningConfiguration",
    {"rule": "Rules", "repository_filter": "RepositoryFilters"},
)
TYPES.plain("aws_ecr_registry_policy", "AWS::ECR::RegistryPolicy", {"policy": "PolicyText"})

# Backups ---------------------------------------------------------------------------------------

TYPES.plain(
    "aws_backup_vault",
    "AWS::Backup::BackupVault",
    {"name": "BackupVaultName", "kms_key_arn": "EncryptionKeyArn"},
    ref="name",
    attributes={"arn": "BackupVaultArn"},
)

TYPES.setting(
    "aws_backup_vault_policy", "aws_backup_vault", "backup_vault_name", {"policy": "AccessPolicy"}
)


@TYPES.part("aws_backup_vault_lock_configuration", "aws_backup_vault", "backup_vault_name")
def _vault_lock(values: ResolvedObject) -> Properties:
    lock = properties_of(Mapped(renames={"backup_vault_name": ""}), values)
    return {"LockConfiguration": ResolvedObject(lock, NOWHERE)}


def _backup_rule(block: Resolved) -> Resolved:
    if not isinstance(block, ResolvedObject):
        return block
    lifecycle = block_of(block, "lifecycle")
    return obj(
        RuleName=block.get("rule_name"),
        TargetBackupVault=block.get("target_vault_name"),
        ScheduleExpression=block.get("schedule"),
        EnableContinuousBackup=block.get("enable_continuous_backup"),
        Lifecycle=obj(
            DeleteAfterDays=lifecycle.get("delete_after"),
            MoveToColdStorageAfterDays=lifecycle.get("cold_storage_after"),
        )
        if isinstance(lifecycle, ResolvedObject)
        else lifecycle,
        CopyActions=each_block(block.get("copy_action"), _copy_action),
        TargetLogicallyAirGappedBackupVaultArn=block.get(
            "target_logically_air_gapped_backup_vault_arn"
        ),
    )


def _copy_action(block: Resolved) -> Resolved:
    if not isinstance(block, ResolvedObject):
        return block
    return obj(DestinationBackupVaultArn=block.get("destination_vault_arn"))


@TYPES.made("aws_backup_plan", "AWS::Backup::BackupPlan")
def _backup_plan(values: ResolvedObject) -> Iterator[tuple[str, Properties]]:
    rules = each_block(values.get("rule"), _backup_rule)
    plan = obj(BackupPlanName=values.get("name"), BackupPlanRule=rules)
    yield "AWS::Backup::BackupPlan", {"BackupPlan": plan}


@TYPES.made("aws_backup_selection", "AWS::Backup::BackupSelection")
def _backup_selection(values: ResolvedObject) -> Iterator[tuple[str, Properties]]:
    tags = properties_of(
        Mapped(renames={"type": "ConditionType", "key": "ConditionKey", "value": "ConditionValue"}),
        obj(x=values.get("selection_tag")),
    ).get("X")
    selection = obj(
        SelectionName=values.get("name"),
        IamRoleArn=values.get("iam_role_arn"),
        Resources=values.get("resources"),
        NotResources=values.get("not_resources"),
        ListOfTags=tags,
    )
    yield (
        "AWS::Backup::BackupSelection",
        {"BackupPlanId": values.get("plan_id"), "BackupSelection": selection},
    )


# What else has a policy ----------------------------------------------------------------------

TYPES.plain(
    "aws_api_gateway_rest_api",
    "AWS::ApiGateway::RestApi",
    blocks=("endpoint_configuration",),
)

TYPES.setting(
    "aws_api_gateway_rest_api_policy",
    "aws_api_gateway_rest_api",
    "rest_api_id",
    {"policy": "Policy"},
)


TYPES.plain(
    "aws_api_gateway_domain_name", "AWS::ApiGateway::DomainName", blocks=("endpoint_configuration",)
)
TYPES.plain(
    "aws_apigatewayv2_domain_name",
    "AWS::ApiGatewayV2::DomainName",
    {"domain_name_configuration": "DomainNameConfigurations"},
)
TYPES.plain("aws_kinesis_stream", "AWS::Kinesis::Stream")
TYPES.plain(
    "aws_kinesis_resource_policy",
    "AWS::Kinesis::ResourcePolicy",
    {"policy": "ResourcePolicy"},
)
TYPES.plain("aws_cloudwatch_event_bus", "AWS::Events::EventBus")


@TYPES.made(
    "aws_cloudwatch_event_bus_policy", "AWS::Events::EventBusPolicy", needs=("EventBusName",)
)
def _bus_policy(values: ResolvedObject) -> Iterator[tuple[str, Properties]]:
    """A resource for each statement, as CloudFormation has them."""
    bus = values.get("event_bus_name", "default")
    for statement in statements_of(values.get("policy")):
        yield "AWS::Events::EventBusPolicy", {"EventBusName": bus, "Statement": statement}


TYPES.plain(
    "aws_cloudwatch_event_permission",
    "AWS::Events::EventBusPolicy",
    blocks=("condition",),
    needs=("EventBusName",),
)


def _catalog_policy(resource: TypedResource) -> None:
    """The policy of the Data Catalog in a Region; no CloudFormation type sets it."""
    arn = f"arn:{resource.partition}:glue:{resource.region}:{resource.account}:catalog"
    policy = policy_of_one(resource.get("Policy"), arn, resource.account)
    add_policy(resource, "glue:GetResourcePolicy", "", at="Policy", PolicyInJson=policy)


TYPES["aws_glue_resource_policy"] = Mapped(
    describe=_catalog_policy, describes=("glue:GetResourcePolicy",)
)
TYPES.plain("aws_ram_resource_share", "AWS::RAM::ResourceShare", ref="arn")

TYPES.setting(
    "aws_ram_principal_association",
    "aws_ram_resource_share",
    "resource_share_arn",
    {"principal": "Principals[]"},
)


TYPES.plain(
    "aws_servicecatalog_portfolio", "AWS::ServiceCatalog::Portfolio", {"name": "DisplayName"}
)


@TYPES.made(
    "aws_servicecatalog_portfolio_share",
    "AWS::ServiceCatalog::PortfolioShare",
    needs=("PortfolioId",),
)
def _portfolio_share(values: ResolvedObject) -> Iterator[tuple[str, Properties]]:
    """A share with an account; any other one stays in the organization of the account."""
    kind, account = values.get("type"), values.get("principal_id")
    is_known = why_of(kind) is None
    if kind == "ACCOUNT" or not is_known:
        properties = {
            "PortfolioId": values.get("portfolio_id"),
            "AccountId": account if is_known else kind,
        }
        yield "AWS::ServiceCatalog::PortfolioShare", properties


_DOMAINS, _REPOSITORIES = "codeartifact:ListDomains", "codeartifact:ListRepositories"

TYPES.plain("aws_codeartifact_domain", "AWS::CodeArtifact::Domain", {"domain": "DomainName"})
TYPES.plain(
    "aws_codeartifact_repository",
    "AWS::CodeArtifact::Repository",
    {"repository": "RepositoryName", "domain": "DomainName"},
)


def _domain_policy(resource: TypedResource) -> None:
    domain = resource.subject("Domain")
    if resource.answers.find(_DOMAINS, "name", domain) is None:
        resource.elsewhere(_DOMAINS, name=domain, arn=_packages_arn(resource, f"domain/{domain}"))
    _add_packages_policy(
        resource, "codeartifact:GetDomainPermissionsPolicy", domain, f"domain/{domain}"
    )


def _repository_policy(resource: TypedResource) -> None:
    repository, domain = resource.subject("Repository"), shown(resource.get("Domain"))
    name = f"repository/{domain}/{repository}"
    if resource.answers.find(_REPOSITORIES, "name", repository) is None:
        arn = _packages_arn(resource, name)
        resource.elsewhere(_REPOSITORIES, name=repository, arn=arn, domainName=domain)
    _add_packages_policy(resource, "codeartifact:GetRepositoryPermissionsPolicy", repository, name)


def _packages_arn(resource: TypedResource, path: str) -> str:
    return f"arn:{resource.partition}:codeartifact:{resource.region}:{resource.account}:{path}"


def _add_packages_policy(resource: TypedResource, operation: str, subject: str, name: str) -> None:
    document = resource.get("PolicyDocument")
    policy = policy_here(document, resource.account, resource.region, name=name)
    add_policy(resource, operation, subject, at="PolicyDocument", policy={"document": policy})


TYPES["aws_codeartifact_domain_permissions_policy"] = Mapped(
    describe=_domain_policy, describes=(_DOMAINS, "codeartifact:GetDomainPermissionsPolicy")
)
TYPES["aws_codeartifact_repository_permissions_policy"] = Mapped(
    describe=_repository_policy,
    describes=(_REPOSITORIES, "codeartifact:GetRepositoryPermissionsPolicy"),
)

TYPES.plain(
    "aws_schemas_registry",
    "AWS::EventSchemas::Registry",
    {"name": "RegistryName"},
    ref="arn",
    attributes={"id": "RegistryName", "name": "RegistryName"},
)
TYPES.plain(
    "aws_schemas_registry_policy",
    "AWS::EventSchemas::RegistryPolicy",
    {"registry_name": "RegistryName", "policy": "Policy"},
)
for _kind, _attribute in (
    ("aws_sesv2_email_identity", "email_identity"),
    ("aws_ses_domain_identity", "domain"),
    ("aws_ses_email_identity", "email"),
):
    TYPES.plain(
        _kind,
        "AWS::SES::EmailIdentity",
        {_attribute: "EmailIdentity"},
        ref=_attribute,
        attributes={"arn": "{id}"},
    )

_IDENTITIES, _IDENTITY_POLICIES = "sesv2:ListEmailIdentities", "sesv2:GetEmailIdentityPolicies"


def _identity_policy(resource: TypedResource) -> None:
    """One policy of an identity; AWS CloudFormation has none.

    One does not replace another whose name is not known, or seems equal.
    """
    name = resource.subject("EmailIdentity").rpartition(":identity/")[2]
    policy = policy_here(
        resource.get("Policy"), resource.account, resource.region, name=f"identity/{name}"
    )
    policies = resource.answers.subjects.get((_IDENTITY_POLICIES, name))
    if policies is None:
        policies = resource.about(_IDENTITY_POLICIES, name, at="Policy", Policies={})
    policy_name = exact(resource.get("PolicyName"))
    is_free = isinstance(policy_name, str) and policy_name not in policies["Policies"]
    policies["Policies"][policy_name if is_free else resource.name] = policy
    if resource.answers.find(_IDENTITIES, "IdentityName", name) is None:
        resource.elsewhere(_IDENTITIES, IdentityName=name)


TYPES["aws_sesv2_email_identity_policy"] = Mapped(
    describe=_identity_policy, describes=(_IDENTITIES, _IDENTITY_POLICIES)
)
TYPES["aws_ses_identity_policy"] = Mapped(
    renames={"identity": "EmailIdentity", "name": "PolicyName"},
    describe=_identity_policy,
    describes=(_IDENTITIES, _IDENTITY_POLICIES),
)

_VAULTS, _VAULT_POLICY = "glacier:ListVaults", "glacier:GetVaultAccessPolicy"


def _vault(resource: TypedResource) -> None:
    """A vault with its access policy; AWS CloudFormation has no vaults."""
    place = f"{resource.partition}:glacier:{resource.region}:{resource.account}"
    arn = f"arn:{place}:vaults/{resource.id}"
    resource.item(_VAULTS, VaultName=resource.id, VaultARN=arn)
    policy = policy_of_one(resource.get("AccessPolicy"), arn, resource.account)
    if policy is not None:
        resource.about(_VAULT_POLICY, resource.id, at="AccessPolicy", policy={"Policy": policy})


TYPES["aws_glacier_vault"] = Mapped(describe=_vault, describes=(_VAULTS, _VAULT_POLICY), ref="name")


def _lock_policy(resource: TypedResource) -> None:
    """A further policy of a vault, which nobody can change once it is locked."""
    vault = resource.subject("VaultName")
    place = f"{resource.partition}:glacier:{resource.region}:{resource.account}"
    arn = f"arn:{place}:vaults/{vault}"
    if resource.answers.find(_VAULTS, "VaultName", vault) is None:
        resource.elsewhere(_VAULTS, VaultName=vault, VaultARN=arn)

    def join(known: AnswerObject, later: AnswerObject) -> AnswerObject:
        policy = known.raw("policy").raw("Policy")
        for statement in statements_of(str(later.raw("policy").raw("Policy"))):
            policy = with_statement(policy, statement, resource.origin)
        later["policy"] = AnswerObject({"Policy": policy}, resource.origin)
        return later

    policy = policy_of_one(resource.get("Policy"), arn, resource.account)
    resource.about(_VAULT_POLICY, vault, at="Policy", join=join, policy={"Policy": policy})


TYPES["aws_glacier_vault_lock"] = Mapped(
    describe=_lock_policy, describes=(_VAULTS, _VAULT_POLICY), needs=("VaultName",), order=3
)


def _document(resource: TypedResource) -> None:
    """A document, which Terraform shares with accounts, or with all (``permissions``)."""
    resource_types()["AWS::SSM::Document"].describe(resource)
    accounts = follow(resource.get("Permissions"), "AccountIds")
    if accounts is not None:
        ids = [account.strip() for account in str(accounts).split(",")]
        unknown = why_of(accounts)
        resource.about(
            "ssm:DescribeDocumentPermission",
            resource.id,
            at="Permissions",
            AccountIds=ids if unknown is None else unknown,
        )


TYPES["aws_ssm_document"] = Mapped(type="AWS::SSM::Document", describe=_document, ref="name")
TYPES.plain("aws_ssm_parameter", "AWS::SSM::Parameter", ref="name")
TYPES.plain("aws_accessanalyzer_analyzer", "AWS::AccessAnalyzer::Analyzer")
TYPES.plain("aws_macie2_account", "AWS::Macie::Session")
TYPES.plain("aws_securityhub_account", "AWS::SecurityHub::Hub")
TYPES.plain("aws_acm_certificate", "AWS::CertificateManager::Certificate")
TYPES.plain("aws_wafv2_web_acl", "AWS::WAFv2::WebACL", {"name": "Name", "rule": "Rules"})
TYPES.plain(
    "aws_wafv2_web_acl_association",
    "AWS::WAFv2::WebACLAssociation",
    {"web_acl_arn": "WebACLArn"},
)

# DNS -------------------------------------------------------------------------------------------


def _zone_vpcs(blocks: Resolved) -> Resolved:
    if not isinstance(blocks, list):
        return blocks
    return (
        ResolvedList(
            [
                obj(VPCId=block.get("vpc_id"), VPCRegion=block.get("vpc_region"))
                if isinstance(block, ResolvedObject)
                else block
                for block in blocks
            ],
            NOWHERE,
        )
        or None
    )


TYPES.plain(
    "aws_route53_zone",
    "AWS::Route53::HostedZone",
    {"vpc": "VPCs"},
    attributes={"zone_id": "{id}"},
    vpc=_zone_vpcs,
)


@TYPES.part("aws_route53_query_log", "aws_route53_zone", "zone_id")
def _query_log(values: ResolvedObject) -> Properties:
    group = values.get("cloudwatch_log_group_arn")
    return {"QueryLoggingConfig": obj(CloudWatchLogsLogGroupArn=group)}


def _alias_target(value: Resolved) -> Resolved:
    block = single(value)
    if not isinstance(block, ResolvedObject):
        return block
    return obj(DNSName=block.get("name"), HostedZoneId=block.get("zone_id"))


TYPES.plain(
    "aws_route53_record",
    "AWS::Route53::RecordSet",
    {
        "zone_id": "HostedZoneId",
        "records": "ResourceRecords",
        "alias": "AliasTarget",
        "ttl": "TTL",
    },
    alias=_alias_target,
)
TYPES.plain(
    "aws_route53_hosted_zone_dnssec",
    "AWS::Route53::DNSSEC",
)
TYPES.plain(
    "aws_route53_resolver_query_log_config",
    "AWS::Route53Resolver::ResolverQueryLoggingConfig",
)
TYPES.plain(
    "aws_route53_resolver_query_log_config_association",
    "AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation",
    {"resolver_query_log_config_id": "ResolverQueryLogConfigId"},
)
