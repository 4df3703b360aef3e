"""What the commands that use an AWS KMS key share."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import boto3

__all__ = ["session_of"]


def session_of(arguments: argparse.Namespace) -> boto3.Session | None:
    """The session that uses the AWS KMS key; ``None``: a key file is used.

    Raises:
        CredentialsError: no such profile.
    """
    if arguments.kms is None:
        return None
    from cloudpack_baseline.sources.sessions import open_account  # noqa: PLC0415 - loads boto3
    from cloudpack_baseline.sources.targets import SourceAccount  # noqa: PLC0415 - as above

    return open_account(SourceAccount(), profile=arguments.profile)
