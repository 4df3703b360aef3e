"""The catalogue in force: of the white paper, of installed packages, and of conftest.py files."""

from __future__ import annotations

from pathlib import Path

import pluggy
import pytest

from cloudpack_baseline.errors import InputError
from cloudpack_baseline.whitepaper import Catalogue, Control, additions_of, installed

__all__ = ["catalogue_in_force", "hooks_of"]


def catalogue_in_force(session: pytest.Session, anchor: Path) -> Catalogue:
    """What controls the run can select.

    Args:
        session: of the run.
        anchor: the baseline file; the conftest.py files from its folder upwards count.

    Raises:
        InputError: controls or clauses share an ID, or a hook or package fails.
    """
    hook = hooks_of(session, anchor)
    try:
        answers = hook.pytest_cloudpack_catalogue(config=session.config)
    except Exception as error:  # the user's code: anything
        message = f"pytest_cloudpack_catalogue failed: {type(error).__name__}: {error}"
        raise InputError(message) from error
    additions: list[Catalogue | Control] = []
    for answer in reversed(answers):  # the hook that was registered first comes last
        additions += additions_of(answer, "pytest_cloudpack_catalogue")
    return installed().extended(*additions)


def hooks_of(session: pytest.Session, anchor: Path) -> pluggy.HookRelay:
    """The hooks of the plugins, and of the conftest.py files from the baseline file upwards."""
    config = session.config
    # Nobody may have loaded these yet: collection comes later, and a controller of xdist
    # collects nothing.
    config.pluginmanager._loadconftestmodules(  # noqa: SLF001 - pytest has no public API for it
        anchor,
        config.getoption("importmode"),
        config.rootpath,
        consider_namespace_packages=config.getini("consider_namespace_packages"),
    )
    return session.gethookproxy(anchor)
