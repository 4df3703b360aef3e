"""The values of a plan: known, a reference to another resource, or unknown with the reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from cloudpack_baseline.model.reading import DocumentText
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources.cloudformation.identifiers import Identifiers
from cloudpack_baseline.sources.cloudformation.types import resource_types
from cloudpack_baseline.sources.cloudformation.values import (
    ResolvedList,
    ResolvedObject,
    concatenated,
    undetermined,
)
from cloudpack_baseline.sources.terraform.documents import policy_document
from cloudpack_baseline.sources.terraform.mapping import NOWHERE, Mapped, pascal
from cloudpack_baseline.sources.terraform.plan import PlannedResource, TerraformPlan
from cloudpack_baseline.sources.terraform.references import PlanReferences, ResourceReference

__all__ = ["Resolution"]

_NAMES_ANOTHER = re.compile(
    r"(.*_)?(ids?|arns?|bucket|role|user|group|groups|roles|users|subnets|security_groups|name|names"
    r"|key|key_id|topic|repository|function_name|cluster_identifier|certificate|vpc|instance"
    r"|identifiers|parameter_group_name|policy|queue_url|source_arn|load_balancer_arn|rest_api_id|domain_name)"
)
"""Attributes that name another resource; those of any other name may be part of an expression."""

_BELOW = ("resources", "not_resources")
_LISTS = ("s", "ids", "arns")
_NAMES = ("name", "bucket", "function_name")
"""Attributes that are what ``Ref`` returns, if the type does not say otherwise."""
_ATTRIBUTES = {
    "default_security_group_id": "DefaultSecurityGroup",
    "default_network_acl_id": "DefaultNetworkAcl",
    "default_route_table_id": "DefaultRouteTable",
    "main_route_table_id": "DefaultRouteTable",
    "bucket_regional_domain_name": "RegionalDomainName",
    "bucket_domain_name": "DomainName",
    "iam_arn": "IamArn",
    "cloudfront_access_identity_path": "CloudfrontAccessIdentityPath",
    "s3_canonical_user_id": "S3CanonicalUserId",
}
"""Attributes that CloudFormation calls otherwise, beside ``arn`` and those of the same name."""


class Resolution:
    """The values of the resources of a plan.

    Args:
        plan: the plan.
        mappings: how Terraform types are described.
        place: the partition, account and Region of a resource, for ARNs that are not known yet.
    """

    def __init__(
        self,
        plan: TerraformPlan,
        mappings: Mapping[str, Mapped],
        place: Callable[[PlannedResource], Mapping[str, str]],
    ) -> None:
        self._plan = plan
        self._mappings = mappings
        self._place = place
        self._references = PlanReferences(plan)
        self._open: set[tuple[str, str]] = set()

    @property
    def references(self) -> PlanReferences:
        """Between the resources."""
        return self._references

    def values(self, resource: PlannedResource) -> ResolvedObject:
        """All attributes of the resource; those that are null are left out."""
        entries: dict[str, Any] = {}
        configured = self._references.configured(resource).get("expressions")
        names = [*resource.values, *resource.unknown, *(configured or {})]
        for name in dict.fromkeys(names):
            if (
                configured is not None
                and name not in configured
                and resource.unknown.get(name) is True
            ):
                continue  # computed, and not configured: AWS's default
            value = self._attribute(resource, name)
            if value is not None:
                entries[name] = value
        return ResolvedObject(entries, NOWHERE)

    def _attribute(self, resource: PlannedResource, name: str) -> Any:  # noqa: ANN401 - any value
        known = resource.values.get(name)
        unknown = resource.unknown.get(name)
        if known is None and unknown is None and self._names_another(name):
            references = self._referred(resource, (name,))
            return None if isinstance(references, Unknown) else references
        return self._merged(resource, (name,), known, unknown, resource.sensitive.get(name))

    def _merged(
        self,
        resource: PlannedResource,
        path: tuple[str | int, ...],
        known: Any,  # noqa: ANN401 - JSON
        unknown: Any,  # noqa: ANN401 - JSON
        sensitive: Any,  # noqa: ANN401 - JSON
    ) -> Any:  # noqa: ANN401 - any value
        if sensitive is True and known is not None:
            return undetermined(f"{resource.address}.{_dotted(path)} is sensitive")
        if unknown is True:
            return self._referred(resource, path)
        if isinstance(known, dict) or isinstance(unknown, dict):
            return self._object(resource, path, known, unknown, sensitive)
        if isinstance(known, list) or isinstance(unknown, list):
            return self._list(resource, path, known, unknown, sensitive)
        return DocumentText(known) if isinstance(known, str) else known

    def _object(
        self,
        resource: PlannedResource,
        path: tuple[str | int, ...],
        known: Any,  # noqa: ANN401 - JSON
        unknown: Any,  # noqa: ANN401 - JSON
        sensitive: Any,  # noqa: ANN401 - JSON
    ) -> ResolvedObject:
        known, unknown, sensitive = (
            part if isinstance(part, dict) else {} for part in (known, unknown, sensitive)
        )
        members = {
            name: self._merged(
                resource, (*path, name), known.get(name), unknown.get(name), sensitive.get(name)
            )
            for name in dict.fromkeys([*known, *unknown])
        }
        return ResolvedObject(
            {name: value for name, value in members.items() if value is not None}, NOWHERE
        )

    def _list(
        self,
        resource: PlannedResource,
        path: tuple[str | int, ...],
        known: Any,  # noqa: ANN401 - JSON
        unknown: Any,  # noqa: ANN401 - JSON
        sensitive: Any,  # noqa: ANN401 - JSON
    ) -> ResolvedList:
        lists = [part if isinstance(part, list) else [] for part in (known, unknown, sensitive)]
        length = max(len(lists[0]), len(lists[1]))
        items = [
            self._merged(resource, (*path, index), *(_at(part, index) for part in lists))
            for index in range(length)
        ]
        flat: list[Any] = []
        for item in items:
            # An unknown item of a list of references stands for all that it refers to.
            flat.extend(item if isinstance(item, ResolvedList) and path else [item])
        return ResolvedList([item for item in flat if item is not None], NOWHERE)

    def _names_another(self, name: str) -> bool:
        return _NAMES_ANOTHER.fullmatch(name) is not None

    def _referred(self, resource: PlannedResource, path: tuple[str | int, ...]) -> Any:  # noqa: ANN401 - any value
        """The value of an attribute that is known after apply."""
        name = next(step for step in reversed(path) if isinstance(step, str))
        cause = undetermined(f"{resource.address}.{_dotted(path)} is known after apply")
        while path and isinstance(path[-1], int):
            path = path[:-1]
        references = self._references.of(resource, path)
        documents = [
            self.attribute(reference.resource, "json")
            for reference in references
            if reference.resource.type == "aws_iam_policy_document"
        ]
        if len(documents) == 1:
            return documents[0]
        if name in _BELOW:
            return self._with_contents(references, cause)
        if not references or not self._names_another(name):
            return cause
        fallback = "arn" if name.endswith(("arn", "arns")) else "id"
        values = [
            self.attribute(reference.resource, reference.attribute or fallback)
            for reference in references
        ]
        if name.endswith(_LISTS):
            return ResolvedList(values, NOWHERE)
        return values[0] if len(values) == 1 else cause

    def _with_contents(self, references: tuple[ResourceReference, ...], cause: Unknown) -> Any:  # noqa: ANN401 - a list, or unknown
        """The resources of a policy statement: each ARN that is mentioned, and what is below it.

        Whether ``${arn}`` or ``${arn}/*`` is meant is not in the plan. S3 rejects a statement
        whose actions apply to neither, so that the actions decide.
        """
        if not references or any(reference.attribute != "arn" for reference in references):
            return cause
        arns = [self.attribute(reference.resource, "arn") for reference in references]
        return ResolvedList(
            [text for arn in arns for text in (arn, concatenated([arn, "/*"]))], NOWHERE
        )

    def attribute(self, resource: PlannedResource, name: str) -> Any:  # noqa: ANN401 - any value
        """The attribute as another resource sees it."""
        base = name.partition(".")[0].partition("[")[0]
        known = resource.values.get(name, resource.values.get(base))
        if isinstance(known, str | int | bool) and resource.sensitive.get(base) is not True:
            return DocumentText(known) if isinstance(known, str) else known
        if resource.type == "aws_iam_policy_document":
            return policy_document(self._guarded(resource))
        if base in ("", "id"):
            return self.identifier(resource)
        identifiers = self._identifiers(resource)
        value = identifiers.attribute(_ATTRIBUTES.get(base, pascal(base)))
        if value is None and base in _NAMES and identifiers.kind is not None:
            value = identifiers.reference()
        if value is None:
            return concatenated([undetermined(f"{resource.address}.{name}")])
        return value

    def cloudformation_attribute(self, resource: PlannedResource, name: str) -> Any:  # noqa: ANN401 - any value
        """The attribute as ``Fn::GetAtt`` of the CloudFormation type returns it."""
        known = resource.values.get("arn")
        if name == "Arn" and isinstance(known, str):
            return DocumentText(known)
        value = self._identifiers(resource).attribute(name)
        return (
            concatenated([undetermined(f"{resource.address}.{name}")]) if value is None else value
        )

    def _guarded(self, resource: PlannedResource) -> ResolvedObject:
        key = (resource.address, "")
        if key in self._open:
            return ResolvedObject({}, NOWHERE)
        self._open.add(key)
        try:
            return self.values(resource)
        finally:
            self._open.discard(key)

    def identifier(self, resource: PlannedResource) -> Any:  # noqa: ANN401 - a text
        """What other resources name it by: its ID, known or made from its address."""
        known = resource.values.get("id")
        if isinstance(known, str) and known:
            return DocumentText(known)
        return self._identifiers(resource).reference()

    def _identifiers(self, resource: PlannedResource) -> Identifiers:
        mapped = self._mappings.get(resource.type, Mapped())
        names = {
            mapped.renames.get(name, pascal(name)): value
            for name, value in resource.values.items()
            if isinstance(value, str) and value and resource.sensitive.get(name) is not True
        }

        def given(name: str) -> Any:  # noqa: ANN401 - a text, or nothing
            return DocumentText(names[name]) if name in names else None

        return Identifiers(
            kind=resource_types().get(mapped.type),
            logical_id=resource.address,
            given=given,
            **self._place(resource),
        )


def _at(items: list[Any], index: int) -> Any:  # noqa: ANN401 - JSON
    return items[index] if index < len(items) else None


def _dotted(path: tuple[str | int, ...]) -> str:
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else str(step)
    return text
