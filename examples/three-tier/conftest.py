"""Fills the mocked account that ``pytest --cloudpack-baseline`` judges."""

from __future__ import annotations

from typing import Any

import infrastructure
from cloudpack_baseline.testing import set_root


def pytest_cloudpack_provision(account: Any) -> None:
    """Build the system as it would be built in production."""
    infrastructure.build(account.session, account.id)
    set_root(account, mfa=True)
