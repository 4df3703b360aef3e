"""Fills the mocked account that ``pytest --cloudpack-baseline`` judges."""

import infrastructure

from cloudpack_baseline.testing import set_root


def pytest_cloudpack_provision(account):
    """Build the system as it would be built in production."""
    infrastructure.build(account.session)
    set_root(account, mfa=True)
