"""What an attribute takes of the resource that it refers to, as far as its name tells.

A plan names the resources that an expression refers to, and not always which attribute of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from cloudpack_baseline.sources.terraform.attributes import PlannedAttribute, is_expression
from cloudpack_baseline.sources.terraform.plan import PlannedResource, object_of
from cloudpack_baseline.sources.terraform.references import PlanReferences, ResourceReference

__all__ = [
    "DOCUMENTS",
    "RESOURCES_OF_STATEMENT",
    "WITH_CONTENTS",
    "has_several",
    "limits",
    "named_by",
    "names_another",
    "names_arn",
    "takes_arn",
]

_NAMES_ANOTHER = re.compile(
    r"domain|(email_)?identity"
    r"|(.*_)?(ids?|arns?|bucket|role|roles|user|users|groups?|subnets|security_groups|names?|key"
    r"|topic|topic_arn|repository|function_name|identifiers?|certificate|vpc|instance|instances"
    r"|policy|policies|queue_url|domain_name|vpc_zone_identifier|log_destination|kms_key"
    r"|launch_configuration|permissions_boundary|replicate_source_db|iam_instance_profile"
    r"|network_interface|alias|log_group|registry|resource|cluster|principal|values|vgws"
    r"|network_acl|target|load_balancer|elb|file_system|destination|task_definition)"
)

_ARNS = re.compile(
    r"(.*_)?(arns?|log_destination|permissions_boundary|resource|destination|identifiers)"
)
DOCUMENTS = frozenset(
    (
        "access_policies",
        "access_policy",
        "assume_role_policy",
        "file_system_policy",
        "policy",
        "policy_document",
        "resource_policy",
    )
)
"""Attributes that contain a policy document."""

RESOURCES_OF_STATEMENT = ("resources", "not_resources")
"""Attributes of a policy statement that name its resources."""
WITH_CONTENTS = frozenset(
    (
        "aws_dynamodb_table",
        "aws_elasticsearch_domain",
        "aws_opensearch_domain",
        "aws_s3_access_point",
        "aws_s3_bucket",
    )
)
"""Types of which policies name what is below the resource as well."""
_PLURAL = re.compile(
    r"(.*_)?(ids|arns|names|identifiers|users|groups|roles|subnets|security_groups|instances|vgws"
    r"|policies|values|vpc_zone_identifier)"
)


@cache
def names_another(name: str) -> bool:
    """Whether the attribute names another resource; others may be part of an expression."""
    return _NAMES_ANOTHER.fullmatch(name) is not None


@cache
def has_several(name: str) -> bool:
    """Whether the attribute is a list, by its name."""
    return _PLURAL.fullmatch(name) is not None


def takes_arn(resource: PlannedResource, attribute: PlannedAttribute) -> bool:
    """Whether the attribute is the ARN of what it refers to, where the plan does not say which.

    That is so for ``a.b[each.key].arn``: its references are ``a.b`` and ``each.key``.
    """
    name = attribute.name
    if name == "bucket":  # of a replication rule; elsewhere, it is the name
        return "destination" in attribute.path
    if name.endswith("role"):
        return not resource.type.startswith("aws_iam_")
    return _ARNS.fullmatch(name) is not None


def names_arn(reference: ResourceReference) -> bool:
    """Whether the ARN is meant: by itself, or by a name that the ARN of a bucket ends with."""
    names = (
        ("", "arn", "bucket", "id") if reference.resource.type == "aws_s3_bucket" else ("", "arn")
    )
    return reference.attribute in names


def limits(resource: PlannedResource, attribute: PlannedAttribute) -> bool:
    """Whether more resources in the statement mean less access."""
    statement: Any = resource.values
    for step in attribute.path[:-1]:
        members: Any = enumerate(statement) if isinstance(statement, list) else ()
        statement = dict(members or object_of(statement)).get(step)
    is_allow = object_of(statement).get("effect") in (None, "Allow")
    return is_allow is (attribute.name == "not_resources")


def named_by(references: PlanReferences, resource: PlannedResource) -> tuple[PlannedResource, ...]:
    """The resources of the plan that the arguments of a data source refer to."""
    expressions = _expressions(references.configured(resource).get("expressions"))
    named = (
        reference.resource
        for expression in expressions
        for reference in references.of(resource, expression)
        if not (reference.resource.is_data or reference.resource.is_elsewhere)
    )
    return tuple(dict.fromkeys(named))


def _expressions(arguments: object) -> Iterator[object]:
    """The expressions of arguments, those of nested blocks included."""
    if isinstance(arguments, list):
        for block in arguments:
            yield from _expressions(block)
    elif is_expression(arguments):
        yield arguments
    else:
        for argument in object_of(arguments).values():
            yield from _expressions(argument)
