"""What every test starts from."""

from __future__ import annotations

import gc
import os
import pickle
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from unittest.mock import patch

import pytest
from botocore.loaders import JSONFileLoader
from hypothesis import HealthCheck, settings

from tables import stale_tables

# Messages are in the language of the locale: the tests read English ones, wherever they run.
os.environ["LC_ALL"] = "C.UTF-8"

# moto makes more than a thousand public images in each Region, a third of a second each time.
os.environ["MOTO_AMIS_PATH"] = str(Path(__file__).with_name("images.json"))

# A busy machine is no fault of an example; `--hypothesis-profile=ci` says the same.
settings.register_profile("any", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any")


# Tests build many records that live as long as their module: by default, up to a third of their
# time goes to looking for cycles among these.
gc.set_threshold(50_000, 20, 20)


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option of the session `tests`; `tools/mutate.py` needs the lines of every test."""
    help_ = "run the tests with the marker `lengthy` at the end, when coverage measures no more"
    parser.addoption("--trace-briefly", action="store_true", help=help_)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is computed once a process is then computed while coverage measures."""
    if config.getoption("--trace-briefly"):
        items.sort(key=_is_lengthy)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> None:
    """Trace no lengthy test, if the option says so."""
    if item.config.getoption("--trace-briefly") and _is_lengthy(item):
        tracing = sys.modules["coverage"].Coverage.current()
        if tracing is not None:
            tracing.stop()


def _is_lengthy(item: pytest.Item) -> bool:
    return item.get_closest_marker("lengthy") is not None


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


@pytest.fixture(autouse=True, scope="session")
def _service_models() -> Iterator[None]:
    """Parse each file of botocore's data once, and not for each session of boto3.

    Each has a copy of its own: moto adds to the models that it loads.
    """
    load = JSONFileLoader().load_file
    content = cache(lambda path: pickle.dumps(load(path)))
    with patch.object(JSONFileLoader, "load_file", lambda _, path: pickle.loads(content(path))):  # noqa: S301 - pickled above
        yield
