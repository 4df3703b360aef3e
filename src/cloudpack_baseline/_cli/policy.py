"""``cloudpack-baseline policy``: the smallest IAM policy for the audit role."""

from __future__ import annotations

import argparse
import json

from cloudpack_baseline.judging import reads_of
from cloudpack_baseline.sources.privileges import least_privilege_policy
from cloudpack_baseline.whitepaper import select

__all__ = ["run"]


def run(arguments: argparse.Namespace) -> None:
    """Print the IAM policy of the selected controls as JSON.

    Raises:
        InputError: a control or a clause that does not exist.
    """
    selected = select(arguments.control, arguments.clause)
    print(json.dumps(least_privilege_policy(reads_of(selected)), indent=2))
