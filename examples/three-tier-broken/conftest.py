"""Fills the mocked account that ``pytest --cloudpack-baseline`` judges."""

import infrastructure
import pytest

from cloudpack_baseline.testing import set_root


# optionalhook: without the plugin, pytest would reject a hook that it does not know.
@pytest.hookimpl(optionalhook=True)
def pytest_cloudpack_provision(account):
    """Build the system as it is in production."""
    infrastructure.build(account.session)
    set_root(account, mfa=False)  # FAULT: the device was lost, and MFA turned off
