"""Programs that tests start: one limit of time for all, which grows with the machine's load."""

from __future__ import annotations

import os
import subprocess
import sys

_QUIET = 600.0
"""Seconds: a hundred times what the slowest of them takes on a quiet machine."""


def time_limit():
    """How long a program may take: a hang ends, a busy machine fails no test."""
    load, _, _ = os.getloadavg()
    return _QUIET * max(1.0, load / (os.cpu_count() or 1))


def run_program(*command, **options):
    """Run the program; what it printed is text."""
    defaults = {"capture_output": True, "text": True, "check": True, "timeout": time_limit()}
    return subprocess.run(command, **(defaults | options))  # noqa: PLW1510 - `check` is among them


def run_python(*arguments, **options):
    """Run a fresh interpreter of this environment."""
    return run_program(sys.executable, *arguments, **options)
