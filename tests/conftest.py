"""What every test starts from."""

from __future__ import annotations

import gc
import os

import pytest
from hypothesis import HealthCheck, settings

from tables import stale_tables

# Messages are in the language of the locale: the tests read English ones, wherever they run.
os.environ["LC_ALL"] = "C.UTF-8"

# A busy machine is no fault of an example; `--hypothesis-profile=ci` says the same.
settings.register_profile("any", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any")


def pytest_sessionstart() -> None:
    """Test no texts and no catalogue that are not those of the sources."""
    if stale := list(stale_tables()):
        names = ", ".join(path.name for path in stale)
        raise pytest.UsageError(f"the JSON of {names} is not current: run python docs/generate.py")


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Let the garbage collector pass over what lives to the end: the modules and the tests."""
    gc.collect()
    gc.freeze()
