"""Who can do what: the policy language of AWS, decided exactly, with a witness for each answer.

    from cloudpack_baseline.access import BucketAccess, exposure, parse_policy

    found = exposure(BucketAccess(name="docs", owner_account="123456789012",
                                  policy=parse_policy(text)))
    found.public, found.anonymous.ipv4, found.public_witness

The package knows no boto3, no pytest and no white paper. Names are loaded when they are first used,
because a question about a bucket needs a third of the engine.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cloudpack_baseline.access.administration import FullAdmin, has_full_admin
    from cloudpack_baseline.access.allowed_requests import can_act_from_outside, may
    from cloudpack_baseline.access.blocked import BlockedDeclaration
    from cloudpack_baseline.access.bucket import (
        ALL_USERS,
        AUTHENTICATED_USERS,
        LOG_DELIVERY,
        AccessPointAccess,
        AclGrant,
        BucketAccess,
        PublicAccessSettings,
    )
    from cloudpack_baseline.access.comparison import Comparison, compare, compare_access
    from cloudpack_baseline.access.declarations import Declaration
    from cloudpack_baseline.access.deny_effect import denied_by
    from cloudpack_baseline.access.distributions import CLOUDFRONT_SERVICE
    from cloudpack_baseline.access.excess import Deputy, ExcessAccess
    from cloudpack_baseline.access.exposures import exposure
    from cloudpack_baseline.access.log_delivery import LOAD_BALANCING_ACCOUNTS
    from cloudpack_baseline.access.parsing import parse_policy
    from cloudpack_baseline.access.permissions import EffectivePermissions, means_action
    from cloudpack_baseline.access.policy import (
        UNDETERMINED,
        Condition,
        Policy,
        PrincipalElement,
        Statement,
        undetermined_parts,
    )
    from cloudpack_baseline.access.principal_requests import (
        NO_ORGANIZATION,
        AllowedRequest,
        PrincipalIdentity,
    )
    from cloudpack_baseline.access.problems import MalformedPolicy, PolicyProblem
    from cloudpack_baseline.access.requests import Request, RequestWitness
    from cloudpack_baseline.access.results import (
        AccessPointExposure,
        AccountAccess,
        Approximation,
        DeniedGrant,
        Endpoints,
        Exposure,
        Objects,
        Reach,
        ServiceAccess,
    )
    from cloudpack_baseline.access.role_assumption import (
        Assumer,
        KeyUse,
        TrustGrant,
        trust_grant_for,
        trust_of_principal,
        who_can_assume,
    )
    from cloudpack_baseline.access.shared_resources import (
        AllowedSharing,
        SharedResource,
        SharingComparison,
        UndeclaredAccess,
    )
    from cloudpack_baseline.access.sharing import undeclared_access

__all__ = [
    "ALL_USERS",
    "AUTHENTICATED_USERS",
    "CLOUDFRONT_SERVICE",
    "LOAD_BALANCING_ACCOUNTS",
    "LOG_DELIVERY",
    "NO_ORGANIZATION",
    "UNDETERMINED",
    "AccessPointAccess",
    "AccessPointExposure",
    "AccountAccess",
    "AclGrant",
    "AllowedRequest",
    "AllowedSharing",
    "Approximation",
    "Assumer",
    "BlockedDeclaration",
    "BucketAccess",
    "Comparison",
    "Condition",
    "Declaration",
    "DeniedGrant",
    "Deputy",
    "EffectivePermissions",
    "Endpoints",
    "ExcessAccess",
    "Exposure",
    "FullAdmin",
    "KeyUse",
    "MalformedPolicy",
    "Objects",
    "Policy",
    "PolicyProblem",
    "PrincipalElement",
    "PrincipalIdentity",
    "PublicAccessSettings",
    "Reach",
    "Request",
    "RequestWitness",
    "ServiceAccess",
    "SharedResource",
    "SharingComparison",
    "Statement",
    "TrustGrant",
    "UndeclaredAccess",
    "can_act_from_outside",
    "compare",
    "compare_access",
    "denied_by",
    "exposure",
    "has_full_admin",
    "may",
    "means_action",
    "parse_policy",
    "trust_grant_for",
    "trust_of_principal",
    "undeclared_access",
    "undetermined_parts",
    "who_can_assume",
]

_HOMES = {
    "administration": ("FullAdmin", "has_full_admin"),
    "allowed_requests": ("can_act_from_outside", "may"),
    "blocked": ("BlockedDeclaration",),
    "bucket": (
        "ALL_USERS",
        "AUTHENTICATED_USERS",
        "LOG_DELIVERY",
        "AccessPointAccess",
        "AclGrant",
        "BucketAccess",
        "PublicAccessSettings",
    ),
    "comparison": ("Comparison", "compare", "compare_access"),
    "declarations": ("Declaration",),
    "deny_effect": ("denied_by",),
    "distributions": ("CLOUDFRONT_SERVICE",),
    "excess": ("Deputy", "ExcessAccess"),
    "exposures": ("exposure",),
    "log_delivery": ("LOAD_BALANCING_ACCOUNTS",),
    "parsing": ("parse_policy",),
    "permissions": ("EffectivePermissions", "means_action"),
    "policy": (
        "UNDETERMINED",
        "Condition",
        "Policy",
        "PrincipalElement",
        "Statement",
        "undetermined_parts",
    ),
    "principal_requests": ("NO_ORGANIZATION", "AllowedRequest", "PrincipalIdentity"),
    "problems": ("MalformedPolicy", "PolicyProblem"),
    "requests": ("Request", "RequestWitness"),
    "results": (
        "AccessPointExposure",
        "AccountAccess",
        "Approximation",
        "DeniedGrant",
        "Endpoints",
        "Exposure",
        "Objects",
        "Reach",
        "ServiceAccess",
    ),
    "role_assumption": (
        "Assumer",
        "KeyUse",
        "TrustGrant",
        "trust_grant_for",
        "trust_of_principal",
        "who_can_assume",
    ),
    "shared_resources": (
        "AllowedSharing",
        "SharedResource",
        "SharingComparison",
        "UndeclaredAccess",
    ),
    "sharing": ("undeclared_access",),
}


def __getattr__(name: str) -> object:
    """Load a public name from the module where it lives."""
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
