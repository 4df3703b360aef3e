"""Records of Amazon Inspector."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Answer, Listed, Singular, described
from cloudpack_baseline.model.reading import single, string
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field, Unknown, Why

__all__ = ["InspectorCoverage", "InspectorFinding", "InspectorStatus"]

_NOT_OFFERED = "EndpointConnectionError"
_NOT_RECORDED = Unknown.because(Why.NOT_GATHERED, operation="inspector2:BatchGetAccountStatus")
"""Of what an earlier version did not record."""


def _status(resource: str, accounts: Iterable[Answer]) -> str:
    """Of the only account that is asked about: the caller's."""
    account = single(accounts, "accounts")
    return string(account["resourceState"][resource], "status")


@frozen(kw_only=True)
class InspectorStatus(Record):
    """What Amazon Inspector scans in an account and Region (BatchGetAccountStatus).

    Attributes:
        ec2: ``ENABLED`` if it scans instances; ``DISABLED``, ``SUSPENDED``, ...
        ecr: the same of container images.
        functions: the same of Lambda functions (lambda).
    """

    api = Singular(
        "inspector2:BatchGetAccountStatus",
        arn="arn:{partition}:inspector2:{region}:{account}:account-status",
        name="{region}",
        absent=_NOT_OFFERED,
    )

    ec2: Field[str] = described("accounts", convert=partial(_status, "ec2"), default="DISABLED")
    ecr: Field[str] = described("accounts", convert=partial(_status, "ecr"), default="DISABLED")
    functions: Field[str] = described(
        "accounts", convert=partial(_status, "lambda"), omitted="DISABLED", default=_NOT_RECORDED
    )


def _short_name(covered: Answer) -> str:
    """The ID of an instance; of an image, its repository and digest."""
    return string(covered, "resourceId").rpartition(":repository/")[2]


@frozen(kw_only=True)
class InspectorCoverage(Record):
    """Whether an instance, image or function is scanned for vulnerabilities (CoveredResource).

    It has no ARN; `arn` is made up. A delegated administrator lists those of its members too.

    Attributes:
        resource_id: the ID of an instance, or the ARN of an image or of a function.
        resource_type: ``AWS_EC2_INSTANCE``, ``AWS_ECR_CONTAINER_IMAGE``, ``AWS_LAMBDA_FUNCTION``.
        account_id: whose it is.
        status_code: ``ACTIVE`` or ``INACTIVE``.
        reason: such as ``SUCCESSFUL``, ``UNMANAGED_EC2_INSTANCE``, ``PENDING_INITIAL_SCAN``.
        last_scanned_at: lastScannedAt.
        in_use_count: of an image: the number of tasks and pods that use it.
        pulled_at: of an image: imagePulledAt.
    """

    api = Listed(
        "inspector2:ListCoverage",
        arn="arn:{partition}:inspector2:{region}:{account}:coverage/{resourceType}/{resourceId}",
        name=_short_name,
        absent=_NOT_OFFERED,
    )

    resource_id: str = described("resourceId")
    resource_type: str = described("resourceType")
    account_id: str = described("accountId")
    status_code: Field[str] = described("scanStatus.statusCode")
    reason: Field[str] = described("scanStatus.reason", default="")
    last_scanned_at: Field[datetime | None] = described("lastScannedAt", default=None)
    in_use_count: Field[int] = described("resourceMetadata.ecrImage.inUseCount", default=0)
    pulled_at: Field[datetime | None] = described(
        "resourceMetadata.ecrImage.imagePulledAt", default=None
    )


@frozen(kw_only=True)
class InspectorFinding(Record):
    """An active finding of high or critical severity with a fix (Finding); `name` is its title.

    A delegated administrator lists those of its members too.

    Attributes:
        account_id: in whose account it was found.
        severity: ``CRITICAL`` or ``HIGH``.
        status: ``ACTIVE``.
        fix_available: ``YES``, or ``PARTIAL`` if some packages have no fix yet.
        first_observed_at: firstObservedAt.
        resources: IDs of the affected resources.
    """

    api = Listed("inspector2:ListFindings", arn="findingArn", name="title", absent=_NOT_OFFERED)

    account_id: str = described("awsAccountId")
    severity: Field[str] = described("severity")
    status: Field[str] = described("status")
    fix_available: Field[str] = described("fixAvailable", default="NO")
    first_observed_at: Field[datetime] = described("firstObservedAt")
    resources: Field[tuple[str, ...]] = described("resources[].id", default=())
