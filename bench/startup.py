"""Start-up: what importing, helping and an idle plugin cost; fails where a bar is missed.

Each command is a process of its own, run several times; the figure is the smallest,
since everything that disturbs a measurement makes it larger. What the idle plugin adds is
the median of the differences in processor time.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from _bars import report_bar

RUNS = 7
PYTEST = ("-m", "pytest", "-q", "--collect-only", "-p", "no:cacheprovider", "-p", "no:xdist")
_EXAMPLE = str(Path(__file__).parents[1] / "examples/three-tier/cloudpack-baseline.toml")
BARS = {
    "import cloudpack_baseline": (("-c", "import cloudpack_baseline"), 0.05),
    "cloudpack-baseline --help": (("-m", "cloudpack_baseline", "--help"), 0.3),
    "cloudpack-baseline controls": (("-m", "cloudpack_baseline", "controls"), 0.3),
    "cloudpack-baseline validate": (("-m", "cloudpack_baseline", "validate", _EXAMPLE), 0.2),
}
IDLE_BAR = 0.05
"""Seconds that the plugin may add to a pytest run without the flag."""


def seconds(arguments: Sequence[str], folder: str) -> float:
    """The fastest of several runs of the interpreter with the arguments."""
    return min(run(arguments, folder) for _ in range(RUNS))


def run(arguments: Sequence[str], folder: str, command: str = sys.executable) -> float:
    """How long one run takes."""
    # Bytecode is kept beside what is measured: the first run, which compiles, is never the fastest.
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(Path(folder, "bytecode"))}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    start = time.perf_counter()
    subprocess.run(
        [command, *arguments], cwd=folder, env=environment, capture_output=True, check=False
    )
    return time.perf_counter() - start


def work(arguments: Sequence[str], folder: str, command: str = sys.executable) -> float:
    """How long one run keeps a core busy."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run(arguments, folder, command)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> int:
    """Measure, print, and tell whether every bar was kept."""
    good = True
    with tempfile.TemporaryDirectory() as folder:
        for name, (arguments, bar) in BARS.items():
            good &= report_bar(name, seconds(arguments, folder), bar)
        # In turn, and by work: what is asked is less than a busy machine's clock varies by.
        runs = [
            (work(PYTEST, folder), work((*PYTEST, "-p", "no:cloudpack-baseline"), folder))
            for _ in range(2 * RUNS)
        ]
        idle = statistics.median(with_plugin - without for with_plugin, without in runs)
        good &= report_bar("pytest with the idle plugin, more than without", idle, IDLE_BAR)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
