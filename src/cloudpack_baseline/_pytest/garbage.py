"""Python's collector of garbage, while there is none."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["seldom_collected", "without_collection"]


@contextmanager
def without_collection() -> Iterator[None]:
    """Collect no garbage within, and never look at what is there by the end.

    Modules and records that were loaded stay until the end of the run. To search them for garbage,
    as pytest does several times at its end, takes as long as to judge a small template.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()


_SELDOM = (20_000, 2, 2)
"""Thresholds of `gc`: with those of Python, which are lower, a run takes a second longer."""


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Collect only the garbage that arises within: released clients of boto3 refer to themselves.

    Without that, those of a run of all controls keep 40 MB.
    """
    thresholds = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(*_SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
