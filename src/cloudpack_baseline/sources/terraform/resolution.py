"""The values of a plan: known, a reference to another resource, or unknown with the reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from cloudpack_baseline.model.reading import DocumentText
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources.cloudformation.identifiers import Identifiers
from cloudpack_baseline.sources.cloudformation.types import resource_types
from cloudpack_baseline.sources.cloudformation.values import (
    Resolved,
    ResolvedList,
    ResolvedObject,
    concatenated,
    undetermined,
)
from cloudpack_baseline.sources.terraform.attributes import (
    ABSENT,
    NO_CONFIGURATION,
    PlannedAttribute,
    argument_items,
    block_at,
    dotted,
    dynamic,
    is_block,
    is_empty,
    is_expression,
    item_at,
    scalar,
)
from cloudpack_baseline.sources.terraform.default_vpc import id_of_account
from cloudpack_baseline.sources.terraform.documents import located_document, policy_document
from cloudpack_baseline.sources.terraform.mapping import NOWHERE, Mapped, pascal
from cloudpack_baseline.sources.terraform.names import NameClaims, naming_attributes
from cloudpack_baseline.sources.terraform.plan import PlannedResource, object_of
from cloudpack_baseline.sources.terraform.references import (
    PlanReferences,
    ResourceReference,
    mentions,
)
from cloudpack_baseline.sources.terraform.referring import (
    DOCUMENTS,
    RESOURCES_OF_STATEMENT,
    WITH_CONTENTS,
    has_several,
    limits,
    named_by,
    names_another,
    names_arn,
    takes_arn,
)
from cloudpack_baseline.sources.terraform.schema import DEFAULTS, NESTED_BLOCKS

__all__ = ["Resolution"]

_ATTRIBUTES = {
    "default_security_group_id": "DefaultSecurityGroup",
    "default_network_acl_id": "DefaultNetworkAcl",
    "bucket_regional_domain_name": "RegionalDomainName",
    "bucket_domain_name": "DomainName",
    "iam_arn": "IamArn",
    "cloudfront_access_identity_path": "CloudfrontAccessIdentityPath",
    "s3_canonical_user_id": "S3CanonicalUserId",
}
"""Attributes that CloudFormation calls otherwise, beside ``arn`` and those of the same name."""


_BUCKET_AND_OBJECTS = "bucket-and-objects"
"""The ID of an assumption: which two mentions of a bucket a statement has."""

_UNMAPPED: Final = Mapped()


class Resolution:
    """The values of the resources of a plan.

    Attributes:
        assumptions: IDs of what was assumed so far.

    Args:
        references: between the resources.
        mappings: how Terraform types are described.
        place: the partition, account and Region of a resource, for ARNs that are not known yet.
        default_names: the default VPC and its subnets, by their IDs; see `default_names`.
    """

    def __init__(
        self,
        references: PlanReferences,
        mappings: Mapping[str, Mapped],
        place: Callable[[PlannedResource], Mapping[str, str]],
        default_names: Mapping[str, str],
    ) -> None:
        self._references = references
        self._mappings = mappings
        self._place = place
        self._default_names = default_names
        self._pending: set[str] = set()
        self._unnamed: frozenset[str] = frozenset()
        self._shared_names: frozenset[str] = frozenset()
        self._identifiers_of: dict[str, Identifiers] = {}
        self._values: dict[str, ResolvedObject] = {}
        self.assumptions: set[str] = set()

    def claim_names(self, resources: Iterable[PlannedResource]) -> None:
        """Let resources that have the name of another one be known by their addresses.

        Only one of them can be deployed, but each is judged.
        """
        names = NameClaims(self._mappings, self._place)
        for resource in resources:
            names.claim(resource)
        self._unnamed = frozenset(names.shared)
        self._shared_names = frozenset(names.shared.values())

    def values(self, resource: PlannedResource) -> ResolvedObject:
        """All attributes of the resource; those that are null or empty are left out."""
        known = self._values.get(resource.address)
        if known is None:
            attributes = dict(self._attributes(resource))
            known = ResolvedObject({**DEFAULTS.get(resource.type, {}), **attributes}, NOWHERE)
            self._values[resource.address] = known
        return known

    def _attributes(self, resource: PlannedResource) -> Iterator[tuple[str, Any]]:
        configured = self._references.configured(resource)
        expressions = object_of(configured.get("expressions"))
        missing = ABSENT if configured else NO_CONFIGURATION
        # Most attributes are computed, or scalars: the same as below.
        blocks = NESTED_BLOCKS.get(resource.type, frozenset())
        computed = {
            name
            for name, unknown in resource.unknown.items()
            if unknown is True
            and missing is ABSENT
            and name not in expressions
            and name not in blocks
        }
        unknown_names = (name for name in resource.unknown if name not in computed)
        for name in dict.fromkeys((*resource.values, *unknown_names, *expressions)):
            if name in computed:
                continue
            known, unknown = resource.values.get(name), resource.unknown.get(name)
            if isinstance(known, str | int) and not (unknown or resource.sensitive.get(name)):
                if known != "":
                    yield name, self._known(resource, (name,), known, expressions.get(name))
                continue
            attribute = PlannedAttribute(
                path=(name,),
                known=known,
                unknown=unknown,
                sensitive=resource.sensitive.get(name),
                expression=expressions.get(name, missing),
            )
            if name in resource.values or unknown is not None:
                value = self._merged(resource, attribute)
            elif object_of(attribute.expression).get("references"):
                # Some plans name a value in the configuration only.
                value = self._referred(resource, attribute)
            else:
                value = None
            if not is_empty(value):
                yield name, value

    def _merged(self, resource: PlannedResource, attribute: PlannedAttribute) -> Resolved:
        known, unknown = attribute.known, attribute.unknown
        if attribute.sensitive is True and known is not None:
            return undetermined(f"the sensitive {resource.address}.{dotted(attribute.path)}")
        if unknown is True:
            return self._open(resource, attribute)
        kinds = {type(value) for value in (known, unknown) if value}
        if kinds in ({dict, list}, {str}) and unknown:
            return undetermined(f"{resource.address}.{dotted(attribute.path)}")
        if isinstance(known, dict) or (isinstance(unknown, dict) and unknown):
            return self._object(resource, attribute)
        if isinstance(known, list) or (isinstance(unknown, list) and unknown):
            return self._list(resource, attribute)
        return self._known(resource, attribute.path, known, attribute.expression)

    def _open(self, resource: PlannedResource, attribute: PlannedAttribute) -> Resolved:
        """The value of an attribute that is known after apply."""
        if attribute.expression is not ABSENT:
            return self._referred(resource, attribute)
        # Computed, and not configured: the default of AWS.
        return dynamic(resource, attribute.path) if is_block(resource, attribute) else None

    def _known(
        self,
        resource: PlannedResource,
        path: tuple[str | int, ...],
        value: Resolved,
        expression: object,
    ) -> Resolved:
        """A known scalar; a policy document with where it is written."""
        if isinstance(value, str) and value in self._shared_names:
            return self._owner_of_name(resource, value, expression)
        if value in self._default_names:
            return DocumentText(self._default_names[value])
        if path[-1] not in DOCUMENTS or not isinstance(value, str) or resource.is_data:
            return scalar(value)
        references = self._references.of(resource, expression)
        source = references[0].resource if len(references) == 1 else resource
        if source.type != "aws_iam_policy_document":
            return located_document(value, f"{resource.address}.{dotted(path)}")
        blocks = source.values.get("statement")
        count = len(blocks) if isinstance(blocks, list) else 0
        return located_document(value, source.address, count)

    def _owner_of_name(self, resource: PlannedResource, name: str, expression: object) -> Resolved:
        """The name of one of several resources that have it: the one that is mentioned."""
        unnamed = [
            reference
            for reference in self._references.of(resource, expression)
            if reference.resource.address in self._unnamed
        ]
        if len(unnamed) != 1:
            return DocumentText(name)
        return self.attribute(unnamed[0].resource, unnamed[0].attribute)

    def _object(self, resource: PlannedResource, attribute: PlannedAttribute) -> ResolvedObject:
        known, unknown, sensitive = map(
            object_of, (attribute.known, attribute.unknown, attribute.sensitive)
        )
        expression = attribute.expression
        members: dict[str, Any] = {}
        for name in dict.fromkeys([*known, *unknown]):
            inner = expression
            if isinstance(expression, dict) and not is_expression(expression):
                inner = expression.get(name, ABSENT)
            member = PlannedAttribute(
                path=(*attribute.path, name),
                known=known.get(name),
                unknown=unknown.get(name),
                sensitive=sensitive.get(name),
                expression=NO_CONFIGURATION if expression is ABSENT else inner,
                is_mixed=attribute.is_mixed or is_expression(expression),
            )
            value = self._merged(resource, member)
            if not is_empty(value):
                members[name] = value
        return ResolvedObject(members, NOWHERE)

    def _list(self, resource: PlannedResource, attribute: PlannedAttribute) -> ResolvedList:
        known, unknown, sensitive = (
            value if isinstance(value, list) else []
            for value in (attribute.known, attribute.unknown, attribute.sensitive)
        )
        length = max(len(known), len(unknown))
        open_items = sum(item_at(unknown, index) is True for index in range(length))
        if open_items and is_expression(attribute.expression):
            return self._with_references(resource, attribute, known, unknown)
        items = [
            self._merged(
                resource,
                PlannedAttribute(
                    path=(*attribute.path, index),
                    known=item_at(known, index),
                    unknown=item_at(unknown, index),
                    sensitive=item_at(sensitive, index),
                    expression=block_at(attribute, item_at(known, index), index, length),
                    is_mixed=attribute.is_mixed,
                ),
            )
            for index in range(length)
        ]
        return ResolvedList([item for item in items if item is not None], NOWHERE)

    def _with_references(
        self,
        resource: PlannedResource,
        attribute: PlannedAttribute,
        known: list[Any],
        unknown: list[Any],
    ) -> ResolvedList:
        """A list of which items are references: these stand for what is not known."""
        value = self._referred(resource, attribute)
        texts = [
            DocumentText(item) if isinstance(item, str) else item
            for index, item in enumerate(known)
            if item_at(unknown, index) is not True and item is not None
        ]
        return ResolvedList([*texts, *(value if isinstance(value, list) else [value])], NOWHERE)

    def _referred(self, resource: PlannedResource, attribute: PlannedAttribute) -> Resolved:
        """What the expression of the attribute refers to."""
        cause = undetermined(f"{resource.address}.{dotted(attribute.path)}")
        references = self._references.of(resource, attribute.expression)
        documents = [
            self.attribute(reference.resource, "json")
            for reference in references
            if reference.resource.type == "aws_iam_policy_document"
        ]
        if attribute.name.endswith("_documents"):
            return ResolvedList(documents, NOWHERE) if documents else cause
        if len(documents) == 1 == len(references):
            return documents[0]
        if attribute.name in RESOURCES_OF_STATEMENT:
            return self._with_contents(resource, attribute, references, cause)
        if attribute.name in DOCUMENTS:
            # An ARN that a document mentions is no document.
            references = tuple(
                reference for reference in references if reference.attribute in DOCUMENTS
            )
        elif not names_another(attribute.name):
            return cause
        if attribute.is_mixed and attribute.name == "security_groups":
            references = tuple(
                reference
                for reference in references
                if reference.resource.type.endswith("security_group")
            )
        return self._values_of(resource, references, attribute, cause)

    def _values_of(
        self,
        resource: PlannedResource,
        references: tuple[ResourceReference, ...],
        attribute: PlannedAttribute,
        cause: Unknown,
    ) -> Resolved:
        default = "arn" if takes_arn(resource, attribute) else "id"
        # A condition may mention a resource before its attribute: length(a.b) > 0 ? a.b[0].id : ...
        resolved = [
            item
            for reference in references
            for item in argument_items(
                self.attribute(reference.resource, reference.attribute or default)
            )
        ]
        values = list({str(value): value for value in resolved}.values())
        if values and has_several(attribute.name) and not attribute.is_mixed:
            return ResolvedList(values, NOWHERE)
        if len(values) != 1:
            return cause
        return ResolvedList(values, NOWHERE) if has_several(attribute.name) else values[0]

    def _with_contents(
        self,
        resource: PlannedResource,
        attribute: PlannedAttribute,
        references: tuple[ResourceReference, ...],
        cause: Unknown,
    ) -> Resolved:
        """The resources of a policy statement: each ARN that is mentioned, and what is below it.

        Whether ``${arn}`` or ``${arn}/*`` is meant is not in the plan, but how often it is
        mentioned. S3 rejects a statement whose actions apply to neither, so that the actions
        decide; but a Deny of one of the two leaves the other one. That two mentions in a Deny are
        these two, and not two folders, is an assumption that the run names.
        """
        if not references or not all(map(names_arn, references)):
            return cause
        resources = list(dict.fromkeys(reference.resource for reference in references))
        with_contents = [named for named in resources if named.type in WITH_CONTENTS]
        needed = len(resources) + len(with_contents)
        if limits(resource, attribute) and with_contents:
            if mentions(attribute.expression) != needed:
                return cause
            self.assumptions.add(_BUCKET_AND_OBJECTS)
        arns = [self.attribute(named, "arn") for named in resources]
        return ResolvedList(
            [text for arn in arns for text in (arn, concatenated([arn, "/*"]))], NOWHERE
        )

    def attribute(self, resource: PlannedResource, name: str) -> Resolved:
        """The attribute as another resource sees it."""
        base = re.split(r"[.\[]", name, maxsplit=1)[0]
        if base in ("", "id") and (assumed := id_of_account(resource)):
            return DocumentText(assumed)
        known = resource.values.get(name, resource.values.get(base))
        if resource.address in self._unnamed and base in naming_attributes(
            self._mappings[resource.type], resource
        ):
            is_reference = known == resource.values.get(self._ref(resource))
            return self.identifier(resource) if is_reference else DocumentText(resource.address)
        if isinstance(known, str | int | bool) and resource.sensitive.get(base) is not True:
            return DocumentText(known) if isinstance(known, str) else known
        if resource.is_data:
            return self._found_attribute(resource, name, base)
        if resource.is_elsewhere and resource.type not in self._mappings:
            return concatenated([undetermined(f"{resource.address}.{name}")])
        return self._planned_attribute(resource, name, base)

    def _found_attribute(self, resource: PlannedResource, name: str, base: str) -> Resolved:
        """That of what a data source finds during apply: what its arguments name, or related."""
        if resource.type == "aws_iam_policy_document":
            return self._document(resource)
        unknown = undetermined(f"{resource.address}.{name}")
        if resource.is_elsewhere:
            return concatenated([unknown])
        named = named_by(self._references, resource)
        if not named:
            return self._planned_attribute(resource, name, base)
        alike = [planned for planned in named if planned.type == resource.type]
        return self.attribute(alike[0], name) if len(alike) == 1 else unknown

    def _planned_attribute(self, resource: PlannedResource, name: str, base: str) -> Resolved:
        mapped = self._mappings.get(resource.type, _UNMAPPED)
        form = mapped.attributes.get(base)
        if form is not None and "{" in form:
            return concatenated(
                [form.format(id=self.identifier(resource), logical=resource.address)]
            )
        if base in ("", "id") and (whole_id := self._whole_of(resource, mapped)) is not None:
            return whole_id
        identifiers = self._identifiers(resource)
        is_arn = identifiers.kind is not None and identifiers.kind.ref.startswith("arn:")
        if not form and base in (("", "id", "arn") if is_arn else ("", "id")):
            return self.identifier(resource)
        value = identifiers.attribute(form or _ATTRIBUTES.get(base, pascal(base)))
        if value is None and identifiers.kind is not None:
            property_name = mapped.renames.get(base, pascal(base))
            if property_name == identifiers.kind.ref:
                value = identifiers.reference()
            elif property_name == identifiers.kind.name_property:
                value = DocumentText(resource.address)
        if value is None and base == mapped.ref:
            # A name that the provider generates: that of the resource, as its ID is.
            value = self.identifier(resource)
        if value is None and name == base:
            value = self._argument(resource, base)
        if value is None:
            return concatenated([undetermined(f"{resource.address}.{name}")])
        return value

    def _whole_of(self, resource: PlannedResource, mapped: Mapped) -> Resolved:
        """The ID of a part where it stands for what it is a part of: that of the whole."""
        values = self._guarded(resource) if mapped.additions is not None else None
        if not values or mapped.additions is None:
            return None
        return next((addition.subject for addition in mapped.additions(values)), None)

    def _argument(self, resource: PlannedResource, name: str) -> Resolved:
        """What an argument of the resource refers to; ``None`` where it is no such argument."""
        expressions = object_of(self._references.configured(resource).get("expressions"))
        if not (names_another(name) and object_of(expressions.get(name)).get("references")):
            return None
        value = self._guarded(resource).get(name)
        return None if isinstance(value, Unknown) else value

    def cloudformation_attribute(self, resource: PlannedResource, name: str) -> Resolved:
        """The attribute as ``Fn::GetAtt`` of the CloudFormation type returns it."""
        mapped = self._mappings.get(resource.type, _UNMAPPED)
        known = resource.values.get("arn")
        if name == mapped.attributes.get("arn", "Arn") and isinstance(known, str) and known:
            return DocumentText(known)
        value = self._identifiers(resource).attribute(name)
        return (
            concatenated([undetermined(f"{resource.address}.{name}")]) if value is None else value
        )

    def _document(self, resource: PlannedResource) -> Resolved:
        if resource.address in self._pending or resource.is_elsewhere:
            return undetermined(resource.address)
        self._pending.add(resource.address)
        try:
            return policy_document(self.values(resource), resource.address)
        finally:
            self._pending.discard(resource.address)

    def identifier(self, resource: PlannedResource) -> Resolved:
        """What ``Ref`` of the CloudFormation type returns: known, or made from the address."""
        mapped = self._mappings.get(resource.type, _UNMAPPED)
        known = resource.values.get(mapped.ref)
        if isinstance(known, str) and known and resource.address not in self._unnamed:
            return DocumentText(known)
        if mapped.identify is not None:
            return mapped.identify(self._guarded(resource))
        return self._identifiers(resource).reference()

    def names_of(self, resource: PlannedResource) -> tuple[str, ...]:
        """All that other resources may name it by."""
        names = (
            self.identifier(resource),
            self.attribute(resource, "id"),
            self.attribute(resource, "arn"),
        )
        return tuple(dict.fromkeys(map(str, names)))

    def _guarded(self, resource: PlannedResource) -> ResolvedObject:
        """The values; none of them while they are resolved, where a resource refers to itself."""
        if resource.address in self._pending:
            return ResolvedObject({}, NOWHERE)
        self._pending.add(resource.address)
        try:
            return self.values(resource)
        finally:
            self._pending.discard(resource.address)

    def _identifiers(self, resource: PlannedResource) -> Identifiers:
        known = self._identifiers_of.get(resource.address)
        if known is None:
            known = self._identifiers_of[resource.address] = self._new_identifiers(resource)
        return known

    def _ref(self, resource: PlannedResource) -> str:
        return self._mappings.get(resource.type, _UNMAPPED).ref

    def _new_identifiers(self, resource: PlannedResource) -> Identifiers:
        mapped = self._mappings.get(resource.type, _UNMAPPED)
        names = {
            mapped.renames.get(name, pascal(name)): value
            for name, value in resource.values.items()
            if isinstance(value, str) and value and resource.sensitive.get(name) is not True
        }
        kind = resource_types().get(mapped.type)
        reference = mapped.renames.get(mapped.ref, pascal(mapped.ref))
        if resource.address in self._unnamed:
            for name in naming_attributes(mapped, resource):
                names.pop(mapped.renames.get(name, pascal(name)), None)
        elif kind is not None and reference in names:
            # Types that a function makes have no renames.
            names.setdefault(kind.ref, names[reference])

        def value_of(name: str) -> Resolved:
            return DocumentText(names[name]) if name in names else None

        return Identifiers(
            kind=kind,
            logical_id=resource.address,
            value_of=value_of,
            **self._place(resource),
        )
