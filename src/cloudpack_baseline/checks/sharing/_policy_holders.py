"""The kinds of resources that have a policy, as the access engine evaluates them."""

from __future__ import annotations

from attrs import evolve

from cloudpack_baseline.access import Policy, SharedResource
from cloudpack_baseline.access.resource_actions import actions_on, actions_without_effect
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.record import Record

__all__ = ["POLICY_HOLDERS", "PolicyHolder"]


@frozen(kw_only=True)
class PolicyHolder:
    """A kind of resource whose policy says who may use it.

    Attributes:
        kind: the name of the record class; its field ``policy`` contains the policy.
        actions: the name of its actions; see `actions_on`.
        signed: whether the service answers signed requests only.
        child_prefix: how the ARNs of what is in it begin, with ``{arn}``, or the place in braces;
            empty: requests name the resource alone.
        listed: whether the listing contains the policy, so that no separate call is needed.
        abbreviation: what its policy may write for the ``child_prefix``; empty: nothing else.
    """

    kind: str
    actions: str
    signed: bool = True
    child_prefix: str = ""
    listed: bool = False
    abbreviation: str = ""

    @property
    def service(self) -> str:
        """As the actions begin, such as ``sqs``."""
        return self.actions.partition(":")[0]

    def spelled_out(self, policy: Policy, resource: SharedResource) -> Policy:
        """The policy of the resource, with ARNs for what it abbreviates."""
        if not self.abbreviation:
            return policy

        def arn(name: str) -> str:
            path = name.removeprefix(self.abbreviation)
            return name if path == name else f"{resource.child_prefix}{path}"

        statements = (
            evolve(
                statement, resources=statement.resources and tuple(map(arn, statement.resources))
            )
            for statement in policy.statements
        )
        return evolve(policy, statements=tuple(statements))

    def resource(self, record: Record, partition: str, organization: str | None) -> SharedResource:
        """The resource of the record."""
        place = {
            "arn": record.arn,
            "partition": partition,
            "region": record.region,
            "account": record.account,
        }
        return SharedResource(
            arn=record.arn,
            account=record.account,
            actions=actions_on(self.actions),
            partition=partition,
            organization=organization,
            region=record.region or None,
            child_prefix=self.child_prefix.format(**place),
            signed=self.signed,
            excluded=actions_without_effect(self.actions),
        )


POLICY_HOLDERS = (
    PolicyHolder(kind="KmsKey", actions="kms:key"),
    PolicyHolder(kind="Secret", actions="secretsmanager:secret"),
    PolicyHolder(kind="LambdaFunction", actions="lambda:function", child_prefix="{arn}:"),
    PolicyHolder(kind="LambdaAlias", actions="lambda:function"),
    PolicyHolder(kind="LambdaVersion", actions="lambda:function"),
    PolicyHolder(kind="LayerVersion", actions="lambda:layer-version"),
    PolicyHolder(kind="Repository", actions="ecr:repository"),
    PolicyHolder(
        kind="EcrRegistry",
        actions="ecr:registry",
        child_prefix="arn:{partition}:ecr:{region}:{account}:repository/",
        listed=True,
    ),
    PolicyHolder(kind="CodeArtifactDomain", actions="codeartifact:domain"),
    PolicyHolder(
        kind="CodeArtifactRepository",
        actions="codeartifact:repository",
        child_prefix="arn:{partition}:codeartifact:{region}:{account}:package/",
    ),
    PolicyHolder(kind="Queue", actions="sqs:queue", signed=False),
    PolicyHolder(kind="Topic", actions="sns:topic", signed=False),
    PolicyHolder(kind="FileSystem", actions="elasticfilesystem:file-system", signed=False),
    PolicyHolder(
        kind="OpenSearchDomain",
        actions="es:domain",
        signed=False,
        child_prefix="{arn}/",
        listed=True,
    ),
    PolicyHolder(kind="BackupVault", actions="backup:vault", child_prefix="arn:{partition}:"),
    PolicyHolder(kind="GlacierVault", actions="glacier:vault"),
    PolicyHolder(kind="DynamoDBTable", actions="dynamodb:table", child_prefix="{arn}/"),
    PolicyHolder(kind="KinesisStream", actions="kinesis:stream", child_prefix="{arn}/"),
    PolicyHolder(
        kind="EventBus",
        actions="events:event-bus",
        child_prefix="arn:{partition}:events:{region}:{account}:rule/",
        listed=True,
    ),
    PolicyHolder(
        kind="SchemaRegistry",
        actions="schemas:registry",
        child_prefix="arn:{partition}:schemas:{region}:{account}:schema/",
    ),
    PolicyHolder(kind="EmailIdentity", actions="ses:identity"),
    # API Gateway Developer Guide, "API Gateway resource policy examples": abbreviated syntax.
    PolicyHolder(
        kind="RestApi",
        actions="execute-api:api",
        signed=False,
        child_prefix="{arn}/",
        listed=True,
        abbreviation="execute-api:/",
    ),
    PolicyHolder(kind="LogDestination", actions="logs:destination", listed=True),
    PolicyHolder(
        kind="LogResourcePolicy",
        actions="logs:log-group",
        child_prefix="arn:{partition}:logs:{region}:{account}:log-group:",
        listed=True,
    ),
    PolicyHolder(
        kind="GlueCatalog",
        actions="glue:catalog",
        child_prefix="arn:{partition}:glue:{region}:{account}:",
        listed=True,
    ),
)
