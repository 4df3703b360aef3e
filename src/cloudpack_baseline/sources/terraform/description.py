"""From the resources of a plan to what they answer, by the types of CloudFormation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from functools import cache, partial

from attrs import evolve

from cloudpack_baseline.model.values import Origin, Unknown, Why
from cloudpack_baseline.sources.cloudformation.open_names import OpenName
from cloudpack_baseline.sources.cloudformation.policy_choices import either_policy
from cloudpack_baseline.sources.cloudformation.resources import described_gaps
from cloudpack_baseline.sources.cloudformation.stack_answers import StackAnswers
from cloudpack_baseline.sources.cloudformation.typed import (
    ResourceType,
    TypedResource,
)
from cloudpack_baseline.sources.cloudformation.types import resource_types
from cloudpack_baseline.sources.cloudformation.values import (
    Resolved,
    ResolvedList,
    ResolvedObject,
    is_exact,
    undetermined,
)
from cloudpack_baseline.sources.located import LocatedDocument, Mark
from cloudpack_baseline.sources.targets import SourceAccount
from cloudpack_baseline.sources.terraform.default_vpc import default_names
from cloudpack_baseline.sources.terraform.deployed_names import open_name_of
from cloudpack_baseline.sources.terraform.mapping import (
    NOWHERE,
    Mapped,
    Properties,
    pascal,
    properties_of,
)
from cloudpack_baseline.sources.terraform.plan import PlannedResource, TerraformPlan, object_of
from cloudpack_baseline.sources.terraform.providers import Providers
from cloudpack_baseline.sources.terraform.references import PlanReferences
from cloudpack_baseline.sources.terraform.resolution import Resolution
from cloudpack_baseline.sources.terraform.types import terraform_types

__all__ = ["NOT_SAID", "PlanDescription"]

_PLACES = frozenset(
    (
        "VpcId",
        "SubnetId",
        "SubnetIds",
        "Subnets",
        "SubnetMappings",
        "SecurityGroupIds",
        "SecurityGroups",
        "GroupSet",
        "VPCSecurityGroups",
        "VpcSecurityGroupIds",
        "VPCZoneIdentifier",
        "DBSubnetGroupName",
        "CacheSubnetGroupName",
        "ClusterSubnetGroupName",
        "RouteTableIds",
    )
)
"""Properties that place a resource in a network. A template refers to something of its own, or to
something elsewhere; what a plan does not know may be either."""

NOT_SAID = {
    "aws_s3_bucket": (
        "PublicAccessBlockConfiguration",
        "VersioningConfiguration",
        "BucketEncryption",
        "OwnershipControls",
        "AccessControl",
        "LoggingConfiguration",
        "WebsiteConfiguration",
        "ReplicationConfiguration",
        "LifecycleConfiguration",
        "ObjectLockConfiguration",
    ),
    "aws_iam_role": ("AssumeRolePolicyDocument",),
    "aws_iam_user": (),
    "aws_iam_group": (),
    "aws_ecr_repository": ("ImageScanningConfiguration",),
    "aws_kms_key": ("EnableKeyRotation",),
    "aws_ram_resource_share": (),
    "aws_ssoadmin_permission_set": (),
    "aws_backup_vault": ("LockConfiguration",),
    "aws_cloudwatch_log_destination": (),
    "aws_dynamodb_table": ("PointInTimeRecoverySpecification", "SSESpecification"),
    "aws_efs_file_system": ("BackupPolicy", "Encrypted"),
    "aws_elasticsearch_domain": ("VPCOptions",),
    "aws_opensearch_domain": ("VPCOptions",),
    "aws_api_gateway_rest_api": ("EndpointConfiguration",),
    "aws_s3_access_point": ("PublicAccessBlockConfiguration",),
}
"""What is not known of a resource that is elsewhere, if the plan has a part of it only."""

_DECIDING = frozenset(("EndpointConfiguration",))
"""Of these, what decides whether the part has an effect: not to know it is a finding."""

_NO_TYPE = ResourceType(name="", describes=(), describe=lambda _: None)


class PlanDescription:
    """The resources of a plan as they are described.

    Args:
        plan: the plan.
        target: the account that the baseline declares.
        declared: the IDs of all declared accounts. Resources of another account are described
            with those of the first one.
    """

    def __init__(
        self, plan: TerraformPlan, target: SourceAccount, declared: tuple[str, ...] = ()
    ) -> None:
        self._plan = plan
        self._target = target
        self._declared = declared
        self._mappings = terraform_types()
        self._references = references = PlanReferences(plan)
        self._providers = Providers(plan, references, target)
        names = default_names(plan.resources.values())
        self._resolution = Resolution(references, self._mappings, self._place, names)
        self._answers: dict[tuple[str, str], StackAnswers] = {}
        self._of_accounts: dict[str, list[StackAnswers]] = {}
        self._places: dict[str, Mapping[str, str]] = {}
        self._parts: dict[tuple[str, str], Properties] = {}
        self._part_places: dict[str, dict[str, dict[str, Mark]]] = {}
        self._parts_of_any: dict[str, Properties] = {}
        self._wholes: dict[tuple[str, str], PlannedResource] = {}
        """Those that parts belong to, with one of their parts, as long as the plan has none."""

    @property
    def assumptions(self) -> frozenset[str]:
        """IDs of what was assumed, once the resources were described."""
        return frozenset(self._resolution.assumptions)

    def answers(self) -> Mapping[tuple[str, str], StackAnswers]:
        """What the resources answer, by account and Region."""
        managed = [
            (resource, mapped)
            for resource in self._plan.resources.values()
            if not resource.is_data
            and (mapped := self._mappings.get(resource.type)) is not None
            and self._is_in_target(resource)
        ]
        self._resolution.claim_names(resource for resource, _ in managed)
        for resource in (bucket for bucket, _ in managed if bucket.type == "aws_s3_bucket"):
            name, identifier = resource.values.get("bucket"), self._resolution.identifier(resource)
            if isinstance(name, str) and identifier != name:
                self._answers_of(resource).shared_names[str(identifier)] = name
        for resource, mapped in managed:
            self._answers_of(resource).naming.append(partial(self._open_names, resource, mapped))
            with self._gaps(resource, mapped):
                self._add_parts(resource, mapped)
        pending: list[tuple[int, PlannedResource, Mapped, ResourceType, Properties]] = []
        for resource, mapped in managed:
            with self._gaps(resource, mapped):
                pending += [
                    (kind.order, resource, mapped, kind, properties)
                    for kind_name, properties in self._made(resource, mapped)
                    for kind in _kinds(mapped, kind_name)
                ]
        pending += self._elsewhere()
        for _, resource, mapped, kind, properties in sorted(pending, key=lambda entry: entry[0]):
            self._describe(resource, mapped, kind, properties)
        for described in self._answers.values():
            described.derive()
        return self._answers

    def _open_names(self, resource: PlannedResource, mapped: Mapped) -> Iterator[OpenName]:
        configured = object_of(self._references.configured(resource).get("expressions"))
        opened = open_name_of(resource, mapped, self._resolution, configured)
        if opened is not None:
            yield opened

    def _elsewhere(
        self,
    ) -> Iterator[tuple[int, PlannedResource, Mapped, ResourceType, Properties]]:
        """Resources that are not in the plan, which has a part of them only."""
        for (type_, name), addition in self._wholes.items():
            not_said = NOT_SAID.get(type_)
            if not_said is None:
                continue
            mapped = self._mappings[type_]
            resource = PlannedResource(
                address=addition.address,
                type=type_,
                name=name,
                module=addition.module,
                values={mapped.ref: name.rpartition("accesspoint/")[2]},
                is_elsewhere=True,
            )
            known = self._parts[type_, name]
            if "AccessControl" in known or "Grants" in known:
                # S3 rejects an ACL that these settings do not allow.
                refusing = ("PublicAccessBlockConfiguration", "OwnershipControls", "AccessControl")
                not_said = tuple(setting for setting in not_said if setting not in refusing)
            properties: Properties = {
                setting: _not_said(setting, f"{type_} {name}") for setting in not_said
            }
            properties |= known
            if type_ == "aws_s3_access_point":
                properties["Bucket"] = f"<bucket of {name}>"
            for kind in _kinds(mapped, mapped.type):
                yield kind.order, resource, mapped, kind, properties

    def _is_in_target(self, resource: PlannedResource) -> bool:
        account = self._providers.known_account(resource)
        if account in self._declared:
            return account == self._target.id
        return not account or not self._declared or self._target.id == self._declared[0]

    def _gaps(self, resource: PlannedResource, mapped: Mapped) -> AbstractContextManager[None]:
        """Gaps in the answers of the resource, and of those that it is a part of."""
        types = [mapped.type, *(self._mappings[name].type for name in mapped.part_of)]
        kind = _kind_of_all(tuple(types))
        return described_gaps(
            kind, f"{resource.type} {resource.address}", self._answers_of(resource)
        )

    def _add_parts(self, resource: PlannedResource, mapped: Mapped) -> None:
        """What the resource adds to others; if it is not known to which, to each of them."""
        if mapped.additions is None:
            return
        for addition in mapped.additions(self._resolution.values(resource)):
            unknown, name = addition.subject, str(addition.subject)
            if isinstance(unknown, Unknown):
                of_any = self._parts_of_any.setdefault(addition.of, {})
                of_any.update(dict.fromkeys(addition.properties, unknown))
                name = f"<{resource.address}>"
            known = self._parts.setdefault((addition.of, name), {})
            known.update(_either(name, known, _joined(known, addition.properties)))
            places = self._part_places.setdefault(addition.of, {}).setdefault(name, {})
            places.update(dict.fromkeys(addition.properties, Mark(0, 0, resource.address)))
            self._wholes.setdefault((addition.of, name), resource)

    def _further(self, resource: PlannedResource) -> Properties:
        """What other resources add to the properties."""
        known: Properties = {}
        for identifier in self._resolution.names_of(resource):
            further = self._parts.get((resource.type, identifier), {})
            self._wholes.pop((resource.type, identifier), None)
            known.update(_either(identifier, known, _joined(known, further)))
        of_any = self._parts_of_any.get(resource.type, {})
        # One that is unknown may be about the same list, but not about the same setting.
        settings = {name for name, value in known.items() if not isinstance(value, list)}
        return known | {name: value for name, value in of_any.items() if name not in settings}

    def _made(self, resource: PlannedResource, mapped: Mapped) -> Iterator[tuple[str, Properties]]:
        if mapped.additions is not None:
            return
        values = self._resolution.values(resource)
        further = self._further(resource)
        if mapped.make is None:
            properties = properties_of(mapped, values)
            yield mapped.type, properties | _joined(properties, further)
            return
        identified = ResolvedObject(
            {**values, "id": self._resolution.identifier(resource)}, NOWHERE
        )
        for kind_name, properties in mapped.make(identified):
            added = _joined(properties, further) if kind_name == mapped.type else {}
            yield kind_name, properties | added

    def _answers_of(self, resource: PlannedResource) -> StackAnswers:
        place = self._place(resource)
        key = (place["account"], place["region"])
        if key not in self._answers:
            self._answers[key] = StackAnswers(self._of_accounts.setdefault(place["account"], []))
        return self._answers[key]

    def _describe(
        self, resource: PlannedResource, mapped: Mapped, kind: ResourceType, properties: Properties
    ) -> None:
        place = self._place(resource)
        answers = self._answers_of(resource)
        # A name that is not known yet is that of the address: others refer to it so.
        identifying = (kind.ref, kind.name_property)
        known = {
            name: value
            for name, value in properties.items()
            if value is not None and (name not in identifying or is_exact(value))
        }
        typed = TypedResource(
            name=resource.name if resource.is_elsewhere else resource.address,
            id=str(self._resolution.identifier(resource)),
            properties=ResolvedObject(known, NOWHERE, self._marks(resource, mapped, known)),
            attribute=lambda name: self._resolution.cloudformation_attribute(resource, name),
            origin=Origin(
                file=self._plan.file, path=resource.address, elsewhere=resource.is_elsewhere
            ),
            account=place["account"],
            region=place["region"],
            partition=place["partition"],
            answers=answers,
        )
        with described_gaps(kind, f"{resource.type} {resource.address}", answers):
            unknown = next(
                (why for name in mapped.needs if isinstance(why := properties.get(name), Unknown)),
                None,
            )
            if unknown is not None and mapped.of_any is not None:
                mapped.of_any(typed, kind.name, unknown)
                return
            if unknown is not None:
                answers.add_gap(kind.describes, unknown)
            for name, value in known.items():
                if name in _PLACES and (place_unknown := _open_member(value)) is not None:
                    network = [key for key in kind.describes if key.startswith("ec2:")]
                    answers.add_gap(network, place_unknown)
            kind.describe(typed)

    def _marks(
        self, resource: PlannedResource, mapped: Mapped, properties: Properties
    ) -> dict[str, Mark]:
        """The attributes and resources that properties come from; lines of a plan mean nothing."""
        names = ((mapped.renames.get(name, pascal(name)), name) for name in resource.values)
        marks = {
            property_name: Mark(0, 0, f"{resource.address}.{name}")
            for property_name, name in names
            if property_name in properties and resource.values[name] is not None
        }
        places = self._part_places.get(resource.type, {})
        for identifier in self._resolution.names_of(resource) if places else ():
            marks |= places.get(identifier, {})
        return marks

    def _place(self, resource: PlannedResource) -> Mapping[str, str]:
        place = self._places.get(resource.address)
        if place is None:
            region = self._providers.region(resource)
            partition = "aws-cn" if region.startswith("cn-") else "aws"
            place = self._places[resource.address] = {
                "partition": "aws-us-gov" if region.startswith("us-gov-") else partition,
                "region": region,
                "account": self._providers.account(resource),
            }
        return place


def _not_said(setting: str, resource: str) -> Unknown:
    if setting in _DECIDING:
        return Unknown.because(Why.UNDETERMINED, detail=f"{setting} of {resource}")
    return Unknown.because(Why.NOT_PROVIDED, detail=resource)


@cache
def _kind_of_all(names: tuple[str, ...]) -> ResourceType:
    """A type that answers what the types of the names answer together."""
    kinds = [kind for name in names for kind in _kind(name).parts]
    return evolve(_NO_TYPE, describes=tuple(key for kind in kinds for key in kind.describes))


def _kind(name: str) -> ResourceType:
    return resource_types().get(name) or evolve(_NO_TYPE, name=name)


def _kinds(mapped: Mapped, name: str) -> tuple[ResourceType, ...]:
    """The parts of the resource type; of one that the mapping describes, only what it says."""
    kind = _kind(name)
    if not name:
        kind = evolve(kind, describes=mapped.describes)
    if mapped.describe is not None and name == mapped.type:
        return (evolve(kind, describe=mapped.describe, order=mapped.order), *kind.also)
    return kind.parts if name in resource_types() else (evolve(kind, order=mapped.order),)


def _open_member(value: object) -> Unknown | None:
    """Why the value, or an item of it, may be any; a text that is known in part is another."""
    items = list.__iter__(value) if isinstance(value, list) else (value,)
    return next((item for item in items if isinstance(item, Unknown)), None)


def _either(name: str, known: Properties, further: Properties) -> Properties:
    """The further properties; of one that differs from what is known, any of both may stay."""
    return {
        property_name: _one_of(before, value, name)
        if (before := known.get(property_name)) is not None and not isinstance(value, list)
        else value
        for property_name, value in further.items()
    }


def _one_of(before: Resolved, value: Resolved, name: str) -> Resolved:
    if isinstance(before, LocatedDocument) and isinstance(value, LocatedDocument):
        return either_policy(before, value, name)
    return value if value == before else undetermined(f"{name} (one of several settings)")


def _joined(known: Properties, further: Properties) -> Properties:
    """The further properties, where lists are added to those that are known."""
    return {
        name: ResolvedList([*before, *value], NOWHERE)
        if isinstance(before := known.get(name), list) and isinstance(value, list)
        else value
        for name, value in further.items()
    }
