"""Python's collector of garbage, while there is none."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["without_collection"]


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
