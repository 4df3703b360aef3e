"""The hooks that users implement in their conftest.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import NotImplementedType

    from cloudpack_baseline.sources.mocked import MockedAccount
    from cloudpack_baseline.whitepaper import Catalogue, Control

__all__ = ["pytest_cloudpack_catalogue", "pytest_cloudpack_provision"]


@pytest.hookspec
def pytest_cloudpack_catalogue(  # type: ignore[empty-body]  # a specification
    config: pytest.Config,
) -> Catalogue | Control | Iterable[Catalogue | Control]:
    """Controls of your own, which are judged with those of the white paper.

    Called once in each process, before options and baseline file are read.

    Args:
        config: of the run.

    Returns:
        A control, a catalogue, or several of them.
    """


@pytest.hookspec
def pytest_cloudpack_provision(
    account: MockedAccount, config: pytest.Config
) -> NotImplementedType | None:
    """Fill a mocked account before it is gathered; called only with the source ``moto``.

    Called once for each declared account (once, for a default one, where none is
    declared), in the process that gathers: the controller under xdist. Write with
    ``account.session``, or with any tool that honours ``account.endpoint_url``.

    Args:
        account: the account that moto opened, under the declared ID.
        config: of the run.

    Returns:
        Nothing; or ``NotImplemented`` as long as nothing is built, which the run then says.
    """
