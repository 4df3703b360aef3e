"""Who can do what: the policy language of AWS, decided exactly, with a witness for each answer.

    from cloudpack_baseline.access import BucketAccess, exposure, parse_policy

    found = exposure(BucketAccess(name="docs", owner_account="123456789012",
                                  policy=parse_policy(text)))
    found.public, found.anonymous.ipv4, found.public_witness

The package knows no boto3, no pytest and no white paper.
"""

from __future__ import annotations

from cloudpack_baseline.access.administration import FullAdmin, at_large, has_full_admin, regions_of
from cloudpack_baseline.access.assume import Assumer, Entry, KeyUse, entry_of, who_can_assume
from cloudpack_baseline.access.bucket import (
    ALL_USERS,
    AUTHENTICATED_USERS,
    LOG_DELIVERY,
    AccessPoint,
    AclGrant,
    BucketAccess,
    PublicAccessBlock,
)
from cloudpack_baseline.access.declarations import Declaration
from cloudpack_baseline.access.declared import Comparison, compare
from cloudpack_baseline.access.exposure import exposure
from cloudpack_baseline.access.holders import Capability, Holder
from cloudpack_baseline.access.identity import Powers, can_act_from_outside, may
from cloudpack_baseline.access.parsing import parse_policy
from cloudpack_baseline.access.policy import Condition, Policy, PrincipalElement, Statement
from cloudpack_baseline.access.problems import MalformedPolicy, PolicyProblem
from cloudpack_baseline.access.requests import Request, Witness
from cloudpack_baseline.access.results import (
    AccessPointExposure,
    AccountAccess,
    Approximation,
    Endpoints,
    Exposure,
    Objects,
    Reach,
    ServiceAccess,
    Stopped,
)
from cloudpack_baseline.access.shut import Shut
from cloudpack_baseline.access.stops import stopped_by
from cloudpack_baseline.access.surplus import Deputy, Surplus

__all__ = [
    "ALL_USERS",
    "AUTHENTICATED_USERS",
    "LOG_DELIVERY",
    "AccessPoint",
    "AccessPointExposure",
    "AccountAccess",
    "AclGrant",
    "Approximation",
    "Assumer",
    "BucketAccess",
    "Capability",
    "Comparison",
    "Condition",
    "Declaration",
    "Deputy",
    "Endpoints",
    "Entry",
    "Exposure",
    "FullAdmin",
    "Holder",
    "KeyUse",
    "MalformedPolicy",
    "Objects",
    "Policy",
    "PolicyProblem",
    "Powers",
    "PrincipalElement",
    "PublicAccessBlock",
    "Reach",
    "Request",
    "ServiceAccess",
    "Shut",
    "Statement",
    "Stopped",
    "Surplus",
    "Witness",
    "at_large",
    "can_act_from_outside",
    "compare",
    "entry_of",
    "exposure",
    "has_full_admin",
    "may",
    "parse_policy",
    "regions_of",
    "stopped_by",
    "who_can_assume",
]
