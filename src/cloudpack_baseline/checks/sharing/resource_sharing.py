"""Whether resources are shared with declared accounts and organizations only."""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.access import SharingComparison, UndeclaredAccess
from cloudpack_baseline.baseline.options.sharing import ResourceSharingOptions
from cloudpack_baseline.checks.approximations import as_unknown, causes_of, describe_approximations
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.identity.resource_control import RESOURCE_CONTROL
from cloudpack_baseline.checks.missing import why_not_described
from cloudpack_baseline.checks.request_texts import (
    describe_caller,
    describe_context,
    granted_request,
    located,
)
from cloudpack_baseline.checks.settings import api_name
from cloudpack_baseline.checks.sharing._policy_access import (
    PolicyAccess,
    SharingContext,
    names_organization,
)
from cloudpack_baseline.checks.sharing._policy_holders import POLICY_HOLDERS, PolicyHolder
from cloudpack_baseline.checks.sharing._recipients import DeclaredRecipients
from cloudpack_baseline.checks.storage.access_texts import abbreviate
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    Outcome,
    Witness,
    causes_text,
    failed,
    not_applicable,
    passed,
    unknown,
)
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.apigateway import RestApi
from cloudpack_baseline.model.codebuild import BuildProject
from cloudpack_baseline.model.functions import LambdaAlias
from cloudpack_baseline.model.kms import KmsKey
from cloudpack_baseline.model.lambda_functions import LambdaFunction
from cloudpack_baseline.model.opensearch import OpenSearchDomain
from cloudpack_baseline.model.pattern import covers
from cloudpack_baseline.model.privatelink import VpcEndpointService
from cloudpack_baseline.model.read import Read, merged, reads
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Origin, Unknown, Why
from cloudpack_baseline.texts import Text, text
from cloudpack_baseline.witnesses import AllowedAccess

__all__ = ["resource_sharing"]

_PERMISSIONS = (
    ("SsmDocument", "account_ids"),
    ("ResourceShare", "principals"),
    ("RedshiftSnapshot", "restore_accounts"),
    ("RedshiftServerlessSnapshot", "restore_accounts"),
    ("RedshiftDataShare", "consumers"),
    ("Portfolio", "accounts"),
)
"""The kinds that list their recipients, with the field."""

_LATER = (
    "LambdaAlias",
    "LambdaVersion",
    "SchemaRegistry",
    "EmailIdentity",
    "VpcEndpointService",
    "Portfolio",
    "BuildProject",
)

_SUBJECTS = (
    *(holder.kind for holder in POLICY_HOLDERS if holder.kind not in _LATER),
    *(kind for kind, _ in _PERMISSIONS if kind not in _LATER),
    "PublicRepository",
)


def _reads() -> Iterator[Read]:
    for holder in POLICY_HOLDERS:
        yield reads(holder.kind) if holder.listed else reads(holder.kind, "policy")
    for kind in ("LambdaFunction", "LambdaAlias"):
        yield reads(kind, "url_auth_type")
    yield reads("KmsKey", "grantees")
    yield reads("SsmDocument", "account_ids")
    yield reads("ResourceShare", "principals")
    for kind in ("RedshiftSnapshot", "RedshiftServerlessSnapshot", "RedshiftDataShare"):
        yield reads(kind)  # their listings contain the recipients
    yield reads("VpcEndpointService", "allowed_principals", "connected_accounts")
    yield reads("Portfolio", "accounts")
    yield reads("PublicRepository")
    yield reads("BuildProject", "visibility")
    yield from RESOURCE_CONTROL


@check(*merged(_reads()), subjects=_SUBJECTS, later=_LATER, by_parts=True)
def resource_sharing(view: AccountView) -> Iterator[Finding]:
    """Evaluates the policy of each resource for every caller, as `s3-exposure` does for buckets.

    That is the policy of each AWS KMS key, secret, Lambda function and alias (with their URLs),
    published version of a function, layer version, ECR repository and registry, CodeArtifact domain
    and repository, SQS queue, SNS topic, EFS file system, OpenSearch domain, backup vault, S3
    Glacier vault, DynamoDB table, Kinesis stream, event bus, schema registry, email identity of
    Amazon SES, private REST API, log destination and Glue Data Catalog, the resource policies of
    CloudWatch Logs, and the recipients of SSM documents, RAM resource shares, VPC endpoint
    services, portfolios of AWS Service Catalog, and snapshots and data shares of Amazon Redshift. A
    repository of Amazon ECR Public is public, and so are the builds of an AWS CodeBuild project
    whose visibility is ``PUBLIC_READ``, with their logs and artifacts. Of an endpoint service whose
    connections have to be accepted, only the accounts that are connected count. Declared are the
    accounts and networks of the baseline, and the organization of the account
    (``aws:PrincipalOrgID``). A service that the policy names passes; a note says so if it can act
    on behalf of any account. Grants of customer managed keys count as well (ListGrants). Resource
    control policies of the organization restrict what policies allow, where the management account
    is in the snapshot. AWS Lake Formation shares with other accounts by RAM resource shares or by
    the policy of the Data Catalog, which count. Who may call the methods of a REST API that is not
    private is decided by their authorization, so such an API is not judged.
    """
    recipients = DeclaredRecipients.of(view)
    judge = _Judge(view=view, recipients=recipients, context=SharingContext.of(view, recipients))
    for holder in POLICY_HOLDERS:
        for record in view.named(holder.kind):
            yield judge.judge(holder, record)
    for kind, field in _PERMISSIONS:
        for record in view.named(kind):
            yield view.finding(record, *recipients.observe(record, field, judge.declared(record)))
    for repository in view.named("PublicRepository"):
        yield view.finding(repository, judge.observe_public(repository))
    for service in view.all(VpcEndpointService):
        yield view.finding(service, *judge.observe_service(service))
    for project in view.all(BuildProject):
        yield view.finding(project, judge.observe_builds(project))


@frozen(kw_only=True)
class _Judge:
    """What is judged about the resources of an account.

    Attributes:
        view: of the account.
        recipients: whom resources may be shared with.
        context: the same, for the access engine.
    """

    view: AccountView
    recipients: DeclaredRecipients
    context: SharingContext

    def judge(self, holder: PolicyHolder, record: Record) -> Finding:
        """The finding about a resource with a policy."""
        document = getattr(record, "policy")  # noqa: B009 - only some kinds have the field
        name, origin = api_name(type(record), "policy"), record.origin_of("policy")
        exemption = _exemption(record)
        if exemption is not None:
            return self.view.finding(record, exemption)
        if document is None and record.is_elsewhere and not _has_url(record):
            document = why_not_described(record)
        if document is None:
            observation = passed(text("sharing.no-policy"), origin=origin)
            return self.view.finding(record, observation)
        if not isinstance(document, Unknown):
            document = self.context.access(holder, record, document)
        if isinstance(document, Unknown):
            return self.view.finding(record, unknown(name, document, origin=origin))
        observations = (*self._observations(record, document), *self._grants(record))
        notes = [*_notes(document)]
        if any(observation.outcome is Outcome.FAIL for observation in observations):
            notes += self.context.control.notes(holder.service)
        return self.view.finding(record, *observations, notes=notes)

    def _grants(self, record: Record) -> Iterator[Observation]:
        """What is reported about the grants of a key to other accounts."""
        if not isinstance(record, KmsKey):
            return
        grantees, origin = record.grantees, record.origin_of("grantees")
        if isinstance(grantees, Unknown):
            yield unknown("Grants", grantees, origin=origin)
            return
        for grantee in grantees:
            # The grant of a principal that was deleted names its unique ID.
            fault = self.recipients.fault(grantee) if ":" in grantee else None
            if isinstance(fault, Text):
                words = text("sharing.grant", grantee=grantee)
                yield failed(words, read=f"GranteePrincipal={grantee}", origin=origin)

    def observe_public(self, repository: Record) -> Observation:
        """What is reported about a repository that is public by its kind."""
        if self._may_be_public(repository):
            return passed(text("sharing.public-repository-declared"))
        return failed(text("sharing.public-repository"))

    def observe_service(self, service: VpcEndpointService) -> Iterator[Observation]:
        """What is reported about who can connect to a service, and who is connected."""
        public = self.declared(service)
        if service.acceptance_required is True and service.allowed_principals != ():
            yield passed(text("sharing.accepted"), read="AcceptanceRequired=true")
        elif isinstance(service.acceptance_required, Unknown):
            yield unknown("AcceptanceRequired", service.acceptance_required)
        else:
            yield from self.recipients.observe(service, "allowed_principals", public)
        if public is None and service.connected_accounts != ():
            yield from self.recipients.observe(service, "connected_accounts")

    def observe_builds(self, project: BuildProject) -> Observation:
        """What is reported about who can see the builds of a project."""
        visibility, origin = project.visibility, project.origin_of("visibility")
        if isinstance(visibility, Unknown):
            return unknown("projectVisibility", visibility, origin=origin)
        read = f"projectVisibility={visibility}"
        if visibility == "PRIVATE":
            return passed(text("sharing.private-builds"), read=read, origin=origin)
        if self._may_be_public(project):
            return passed(text("sharing.public-builds-declared"), read=read, origin=origin)
        words = text("sharing.public-builds")
        return failed(words, read=read, expected="projectVisibility=PRIVATE", origin=origin)

    def declared(self, record: Record) -> Observation | None:
        """What is reported where everyone may use a resource; ``None``: that is not declared."""
        return passed(text("sharing.public-as-declared")) if self._may_be_public(record) else None

    def _observations(self, record: Record, access: PolicyAccess) -> Iterator[Observation]:
        undeclared = [
            self._observe(record, access, comparison, excess)
            for comparison in access.certain
            for excess in comparison.undeclared
        ]
        undeclared += [
            _unread(excess, why)
            for comparison, why in access.possible
            for excess in comparison.undeclared
        ]
        yield from undeclared or [_as_declared(record, access)]

    def _observe(
        self,
        record: Record,
        access: PolicyAccess,
        comparison: SharingComparison,
        excess: UndeclaredAccess,
    ) -> Observation:
        origin = record.origin_of("policy", excess.witness.path)
        if _is_broad(excess) and self._may_be_public(record):
            words = text("sharing.public-declared", actions=abbreviate(excess.actions))
            return passed(words, origin=origin)
        vpc = record.vpc if isinstance(record, OpenSearchDomain) else None
        # A policy that is not known may name an account instead, which fails in a VPC too.
        if _is_broad(excess) and excess.exact and isinstance(vpc, str):
            return passed(text("sharing.in-vpc", vpc=vpc), origin=origin)
        if _is_broad(excess) and isinstance(vpc, Unknown):
            return _unread(excess, _left_open(record, vpc))
        if not excess.exact:
            causes = causes_of(comparison.approximations, excess.witness)
            words = text(
                "sharing.undeclared-access-in-doubt",
                **_words(excess),
                causes=describe_approximations(causes),
            )
            return unknown(words, as_unknown(causes), origin=origin)
        unread = self.recipients.unread
        if unread is not None and _is_broad(excess) and names_organization(access.policy):
            return _unread(excess, unread)
        return failed(
            text("sharing.undeclared-access", **_words(excess)),
            read=", ".join(excess.actions),
            expected=" | ".join(sorted(self.recipients.accounts | self.recipients.organizations)),
            origin=origin,
            witness=_witness(excess, record, origin),
            allowed=AllowedAccess(
                principal_kind=excess.principal_kind,
                principal=excess.principal,
                actions=excess.actions,
                organizations=excess.organizations,
                from_anywhere=not excess.networks,
                networks=excess.networks,
            ),
        )

    def _may_be_public(self, record: Record) -> bool:
        patterns = self.view.baseline.options(ResourceSharingOptions).public
        return any(covers(pattern, record.arn, record.name) for pattern in patterns)


def _exemption(record: Record) -> Observation | None:
    """Why the control does not apply to a resource; ``None``: it does."""
    if isinstance(record, KmsKey) and record.key_manager == "AWS":
        return not_applicable(text("sharing.managed-by-aws"))
    if not isinstance(record, RestApi):
        return None
    types = record.endpoint_types
    if isinstance(types, Unknown):
        return unknown("endpointConfiguration", types)
    return None if "PRIVATE" in types else not_applicable(text("sharing.public-api"))


def _has_url(record: Record) -> bool:
    """Whether it is a function or an alias with a URL."""
    return isinstance(record, LambdaFunction | LambdaAlias) and record.url_auth_type is not None


def _is_broad(excess: UndeclaredAccess) -> bool:
    return excess.principal in ("anonymous", "*")


def _as_declared(record: Record, access: PolicyAccess) -> Observation:
    recipients = {name for comparison in access.certain for name in comparison.recipients}
    origin = record.origin_of("policy")
    if not recipients:
        return passed(text("sharing.policy-private"), origin=origin)
    words = text("sharing.policy-as-declared", recipients=tuple(sorted(recipients)))
    return passed(words, origin=origin)


def _left_open(record: Record, vpc: Unknown) -> Unknown:
    """Why the VPC is not known: of a domain that is not in the plan, it matters all the same."""
    if not record.is_elsewhere:
        return vpc
    return Unknown.because(Why.UNDETERMINED, detail=f"the VPC of {record.display_name}")


def _unread(excess: UndeclaredAccess, why: Unknown) -> Observation:
    words = text(
        "sharing.undeclared-access-unread",
        **_words(excess),
        cause=causes_text(why.causes),
    )
    return unknown(words, why)


def _notes(access: PolicyAccess) -> Iterator[Text]:
    services = {name for comparison in access.certain for name in comparison.unbound_services}
    accounts = {name for comparison in access.certain for name in comparison.deputy_sources}
    if services:
        yield text("sharing.unbound-services", services=tuple(sorted(services)))
    if accounts:
        yield text("sharing.deputy-sources", accounts=tuple(sorted(accounts)))


def _words(excess: UndeclaredAccess) -> dict[str, Text | tuple[str | Text, ...]]:
    """Who can do what, and from where, as parameters of a text."""
    source = text("sharing.from-anywhere")
    if excess.networks:
        source = text("sharing.from-networks", networks=abbreviate(excess.networks))
    return {"who": _who(excess), "where": source, "actions": abbreviate(excess.actions)}


def _who(excess: UndeclaredAccess) -> Text:
    kind, name = excess.principal_kind, excess.principal
    if kind == "account" and name == "*":
        if excess.organizations:
            return text("sharing.who-any-account-of", organizations=excess.organizations)
        return text("sharing.who-any-account")
    return text(f"sharing.who-{kind}", name=name)


def _witness(excess: UndeclaredAccess, record: Record, origin: Origin | None) -> Witness:
    """A request that the policy allows."""
    request = excess.witness.request
    statement = located(excess.witness.statement, origin)
    granted_by = text("sharing.allowed-by", statement=statement)
    return Witness(
        summary=text(
            "sharing.request",
            principal=describe_caller(request),
            action=request.action,
            resource=request.resource,
        ),
        steps=(*describe_context(request), granted_by),
        requests=(granted_request(excess.witness, record),),
    )
