"""Records of Amazon CloudWatch Logs."""

from __future__ import annotations

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Listed, described
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["LogGroup"]


@frozen(kw_only=True)
class LogGroup(Record):
    """A log group (CloudWatch Logs API Reference, LogGroup).

    Attributes:
        retention_in_days: after how many days events expire; ``None``: never. A retention policy
            of the account has set it too.
        log_group_class: one of the class ``DELIVERY`` keeps events for one day.
        deletion_protection: deletionProtectionEnabled.
    """

    api = Listed(
        "logs:DescribeLogGroups",
        arn="arn:{partition}:logs:{region}:{account}:log-group:{logGroupName}",
        id="logGroupName",
        name="logGroupName",
    )

    retention_in_days: Field[int | None] = described("retentionInDays", default=None)
    log_group_class: Field[str] = described("logGroupClass", default="STANDARD")
    deletion_protection: Field[bool] = described("deletionProtectionEnabled", default=False)
