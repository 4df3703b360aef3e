"""Start-up: what importing, helping and an idle plugin cost; fails where a bar is missed.

Each command is a process of its own, run several times; the figure is the smallest,
since everything that disturbs a measurement makes it larger.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence

from _bars import told

RUNS = 7
PYTEST = ("-m", "pytest", "-q", "--collect-only", "-p", "no:cacheprovider", "-p", "no:xdist")
BARS = {
    "import cloudpack_baseline": (("-c", "import cloudpack_baseline"), 0.1),
    "cloudpack-baseline --help": (("-m", "cloudpack_baseline", "--help"), 0.3),
    "cloudpack-baseline controls": (("-m", "cloudpack_baseline", "controls"), 0.3),
}
IDLE_BAR = 0.05
"""Seconds that the plugin may add to a pytest run without the flag."""


def seconds(arguments: Sequence[str], folder: str) -> float:
    """The fastest of several runs of the interpreter with the arguments."""
    taken = []
    for _ in range(RUNS):
        start = time.perf_counter()
        subprocess.run([sys.executable, *arguments], cwd=folder, capture_output=True, check=False)
        taken.append(time.perf_counter() - start)
    return min(taken)


def main() -> int:
    """Measure, print, and tell whether every bar was kept."""
    good = True
    with tempfile.TemporaryDirectory() as folder:
        for name, (arguments, bar) in BARS.items():
            good &= told(name, seconds(arguments, folder), bar)
        without = seconds((*PYTEST, "-p", "no:cloudpack-baseline"), folder)
        idle = seconds(PYTEST, folder) - without
        good &= told("pytest with the idle plugin, more than without", idle, IDLE_BAR)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
