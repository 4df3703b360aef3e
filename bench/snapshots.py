"""Recorded accounts: what judging one adds to a pytest run; fails where a bar is missed.

Whole processes, process start included, measured by the time they keep a core busy. The large one
is that of `large`, with 2,000 buckets instead of 500; the small one is a hundredth of it.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from _bars import report_bar
from large import large
from startup import work
from templates import EMPTY

from cloudpack_baseline.sources.recording import write_snapshot

RUNS = 5
JUDGED = (*EMPTY, "--cloudpack-baseline", "--cloudpack-source", "snapshot:account.json")
BARS = (("a small account", 0.01, 0.4), ("a large account", 1.0, 8.0))
"""The name, the share of the large account, and the seconds that judging it may add."""


def main() -> int:
    """Measure, print, and tell whether every bar was kept."""
    good = True
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "cloudpack-baseline.toml").touch()
        for name, share, bar in BARS:
            write_snapshot(large(share), Path(folder, "account.json"))
            empty = min(work(EMPTY, folder) for _ in range(RUNS))
            judged = min(work(JUDGED, folder) for _ in range(RUNS))
            good &= report_bar(f"{name}, recorded, more than without", judged - empty, bar)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
