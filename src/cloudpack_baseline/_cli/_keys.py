"""What the commands that use an AWS KMS key share."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from cloudpack_baseline.errors import CredentialsError

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
    import boto3  # noqa: PLC0415 - only where AWS KMS is asked
    from botocore.exceptions import BotoCoreError  # noqa: PLC0415 - only where AWS KMS is asked

    # Not a session of the sources, which knows read-only operations alone.
    try:
        return boto3.Session(profile_name=arguments.profile)
    except BotoCoreError as error:
        raise CredentialsError(f"no AWS credentials: {error}") from error
