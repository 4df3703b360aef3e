"""``python -m cloudpack_baseline``: the command of the same name."""

from __future__ import annotations

import sys

from cloudpack_baseline.cli import main

__all__: list[str] = []

if __name__ == "__main__":
    sys.exit(main())
