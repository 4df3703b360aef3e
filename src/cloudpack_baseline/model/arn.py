"""ARNs, in parts. No partition is assumed anywhere."""

from __future__ import annotations

from cloudpack_baseline.immutable import frozen

__all__ = ["Arn"]

_PARTS = 6


@frozen
class Arn:
    """``arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`` (AWS General Reference, ARNs)."""

    partition: str
    service: str
    region: str
    account: str
    resource: str

    @classmethod
    def parse(cls, text: str) -> Arn:
        """The ARN of the text.

        Raises:
            ValueError: the text is no ARN.
        """
        members = text.split(":", _PARTS - 1)
        if len(members) != _PARTS or members[0] != "arn":
            raise ValueError(f"not an ARN: {text!r}")
        return cls(*members[1:])

    def __str__(self) -> str:
        """The ARN as AWS writes it."""
        return f"arn:{self.partition}:{self.service}:{self.region}:{self.account}:{self.resource}"
