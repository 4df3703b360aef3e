"""Keeps DEBUG messages of botocore out of all logs while accounts are read."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["SECRETIVE", "without_secrets"]

SECRETIVE = ("botocore.auth", "botocore.endpoint", "botocore.parsers")
"""Loggers that write signed headers, session tokens and whole answers, AssumeRole's too."""


@contextmanager
def without_secrets() -> Iterator[None]:
    """Inside the block, the loggers that would log credentials log nothing below INFO.

    Their levels do not change; blocks may overlap in several threads.
    """
    # One of this block's own, so that taking it away leaves those of other threads.
    hushed = _AtLeastInfo()
    loggers = [logging.getLogger(name) for name in SECRETIVE]
    for logger in loggers:
        logger.addFilter(hushed)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeFilter(hushed)


class _AtLeastInfo(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= logging.INFO
