"""Elastic Load Balancing delivers access logs below ``AWSLogs/ACCOUNT/``.

The account is that of the load balancer's owner, and a prefix that contains ``AWSLogs`` is
rejected, so the folder shows whose logs they are.

Source: Elastic Load Balancing, "Enable access logs for your Application Load Balancer".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cloudpack_baseline.access.patterns import glob
from cloudpack_baseline.access.predicates import StringPredicate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cloudpack_baseline.access.callers import Caller
    from cloudpack_baseline.access.policy import Policy

__all__ = ["LOAD_BALANCING_ACCOUNTS", "delivers_logs", "log_folders"]

LOAD_BALANCING_ACCOUNTS: Final = {
    "127311923021": "us-east-1",
    "033677994240": "us-east-2",
    "027434742980": "us-west-1",
    "797873946194": "us-west-2",
    "098369216593": "af-south-1",
    "754344448648": "ap-east-1",
    "582318560864": "ap-northeast-1",
    "600734575887": "ap-northeast-2",
    "383597477331": "ap-northeast-3",
    "718504428378": "ap-south-1",
    "114774131450": "ap-southeast-1",
    "783225319266": "ap-southeast-2",
    "589379963580": "ap-southeast-3",
    "985666609251": "ca-central-1",
    "054676820928": "eu-central-1",
    "897822967062": "eu-north-1",
    "635631232127": "eu-south-1",
    "156460612806": "eu-west-1",
    "652711504416": "eu-west-2",
    "009996457667": "eu-west-3",
    "076674570225": "me-south-1",
    "507241528517": "sa-east-1",
    "190560391635": "us-gov-east-1",
    "048591011584": "us-gov-west-1",
    "638102146993": "cn-north-1",
    "037604701340": "cn-northwest-1",
}
"""Accounts of AWS's own from which load balancers deliver logs, and their regions; regions opened
since August 2022 use the service principal."""

_LOAD_BALANCING: Final = "logdelivery.elasticloadbalancing.amazonaws.com"
_FOLDER: Final = re.compile(r"[:/]AWSLogs/(\d{12})/", re.ASCII)


def delivers_logs(caller: Caller) -> bool:
    """Whether it is Elastic Load Balancing, by its service principal or by an account of AWS's."""
    if caller.kind == "service":
        return caller.name == _LOAD_BALANCING
    return caller.kind == "account" and caller.account in LOAD_BALANCING_ACCOUNTS


def log_folders(
    policies: Iterable[Policy], callers: Iterable[Caller]
) -> dict[str, StringPredicate]:
    """For each account whose log folder a policy names, the keys of that folder's objects."""
    if not any(map(delivers_logs, callers)):
        return {}
    texts = (text for policy in policies for s in policy.statements for text in s.resources or ())
    accounts = dict.fromkeys(account for text in texts for account in _FOLDER.findall(text))
    return {
        account: StringPredicate(
            tuple(glob(((f"{prefix}AWSLogs/{account}/*", False),)) for prefix in ("", "*/"))
        )
        for account in accounts
    }
