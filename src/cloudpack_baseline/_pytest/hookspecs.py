"""The hook that users implement in their conftest.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from cloudpack_baseline.sources.mocked import MockedAccount

__all__ = ["pytest_cloudpack_provision"]


@pytest.hookspec
def pytest_cloudpack_provision(account: MockedAccount, config: pytest.Config) -> None:
    """Fill a mocked account before it is gathered; called only with the source ``moto``.

    Called once for each declared account (once, for a default one, where none is
    declared), in the process that gathers: the controller under xdist. Write with
    ``account.session``, or with any tool that honours ``account.endpoint_url``.

    Args:
        account: the account that moto opened, under the declared ID.
        config: of the run.
    """
