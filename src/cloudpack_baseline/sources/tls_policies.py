"""The versions of TLS that the security policies of load balancers accept.

Source: Elastic Load Balancing, Application Load Balancers, "Security policies for your Application
Load Balancer"; Classic Load Balancers, "Predefined SSL security policies".
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["CLASSIC_POLICIES", "DEFAULT_POLICY", "POLICIES", "protocols_of"]

_PREFIX = "ELBSecurityPolicy-"
_1_0, _1_1, _1_2, _1_3 = "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"
_BY_BEGINNING: Mapping[str, tuple[str, ...]] = {
    "TLS13-1-0": (_1_0, _1_1, _1_2, _1_3),
    "TLS13-1-1": (_1_1, _1_2, _1_3),
    "TLS13-1-2": (_1_2, _1_3),
    "TLS13-1-3": (_1_3,),
    "TLS-1-0-2015-04": (_1_0, _1_1, _1_2),
    "TLS-1-1-2017-01": (_1_1, _1_2),
    "TLS-1-2-2017-01": (_1_2,),
    "TLS-1-2-Ext-2018-06": (_1_2,),
    "FS-2018-06": (_1_0, _1_1, _1_2),
    "FS-1-1-2019-08": (_1_1, _1_2),
    "FS-1-2-2019-08": (_1_2,),
    "FS-1-2-Res-2019-08": (_1_2,),
    "FS-1-2-Res-2020-10": (_1_2,),
    "2011-08": (_1_0,),
    "2014-01": (_1_0, _1_1, _1_2),
    "2014-10": (_1_0, _1_1, _1_2),
    "2015-02": (_1_0, _1_1, _1_2),
    "2015-03": (_1_0, _1_1, _1_2),
    "2015-05": (_1_0, _1_1, _1_2),
    "2016-08": (_1_0, _1_1, _1_2),
}
"""By the name after its prefix, or by how it begins."""
_OF_TLS_1_3 = (
    "TLS13-1-0-2021-06",
    "TLS13-1-0-FIPS-2023-04",
    "TLS13-1-0-PQ-2025-09",
    "TLS13-1-1-2021-06",
    "TLS13-1-1-FIPS-2023-04",
    "TLS13-1-2-2021-06",
    "TLS13-1-2-Ext0-FIPS-2023-04",
    "TLS13-1-2-Ext0-FIPS-PQ-2025-09",
    "TLS13-1-2-Ext1-2021-06",
    "TLS13-1-2-Ext1-FIPS-2023-04",
    "TLS13-1-2-Ext1-FIPS-PQ-2025-09",
    "TLS13-1-2-Ext1-PQ-2025-09",
    "TLS13-1-2-Ext2-2021-06",
    "TLS13-1-2-Ext2-FIPS-2023-04",
    "TLS13-1-2-Ext2-FIPS-PQ-2025-09",
    "TLS13-1-2-Ext2-PQ-2025-09",
    "TLS13-1-2-FIPS-2023-04",
    "TLS13-1-2-FIPS-PQ-2025-09",
    "TLS13-1-2-PQ-2025-09",
    "TLS13-1-2-Res-2021-06",
    "TLS13-1-2-Res-FIPS-2023-04",
    "TLS13-1-2-Res-FIPS-PQ-2025-09",
    "TLS13-1-2-Res-PQ-2025-09",
    "TLS13-1-3-2021-06",
    "TLS13-1-3-FIPS-2023-04",
    "TLS13-1-3-FIPS-PQ-2025-09",
    "TLS13-1-3-PQ-2025-09",
)
_OF_CLASSIC = (
    "2011-08",
    "2014-01",
    "2014-10",
    "2015-02",
    "2015-03",
    "2015-05",
    "2016-08",
    "TLS-1-1-2017-01",
    "TLS-1-2-2017-01",
)

DEFAULT_POLICY = f"{_PREFIX}2016-08"
"""That of a listener with TLS that names none."""
POLICIES = tuple(
    f"{_PREFIX}{name}"
    for name in (*_OF_TLS_1_3, *(name for name in _BY_BEGINNING if not name.startswith("TLS13")))
)
"""The predefined policies, by their full names."""
CLASSIC_POLICIES = tuple(f"{_PREFIX}{name}" for name in _OF_CLASSIC)
"""Those of Classic Load Balancers."""


def protocols_of(policy: str) -> tuple[str, ...]:
    """The versions that the policy accepts; empty: there is no such policy of AWS."""
    if not policy.startswith(_PREFIX):
        return ()
    name = policy.removeprefix(_PREFIX)
    exact = _BY_BEGINNING.get(name)
    if exact is not None:
        return exact
    beginnings = (key for key in _BY_BEGINNING if key.startswith("TLS13") and name.startswith(key))
    return next((_BY_BEGINNING[key] for key in beginnings), ())
