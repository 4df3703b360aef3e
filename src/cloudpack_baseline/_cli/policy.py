"""``cloudpack-baseline policy``: the smallest IAM policy for the audit role."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from typing import Any

from cloudpack_baseline._cli._catalogue import catalogue_of
from cloudpack_baseline.judging import reads_of
from cloudpack_baseline.model.read import Read
from cloudpack_baseline.sources.gathering import operations_of
from cloudpack_baseline.sources.operations import actions_of

__all__ = ["least_privilege_policy", "run"]


def run(arguments: argparse.Namespace) -> None:
    """Print the IAM policy of the selected controls as JSON.

    Raises:
        InputError: a control or a clause that does not exist.
    """
    selected = catalogue_of(arguments).select(arguments.control, arguments.clause)
    print(json.dumps(least_privilege_policy(reads_of(selected)), indent=2))


def least_privilege_policy(selection: Iterable[Read]) -> dict[str, Any]:
    """An identity policy with only the actions that gathering requires.

    Listings cannot be limited to resources, and what they list is not known beforehand, so the
    resource is ``*``; each action only reads. A selection that needs only sts:GetCallerIdentity,
    which every caller may call, has no statement.

    Args:
        selection: the kinds of records, with the fields that need separate calls.
    """
    actions = list(actions_of(operations_of(selection)))
    statement = {
        "Sid": "CloudpackBaselineRead",
        "Effect": "Allow",
        "Action": actions,
        "Resource": "*",
    }
    return {"Version": "2012-10-17", "Statement": [statement] if actions else []}
