"""What every test starts from."""

from __future__ import annotations

import os

# Messages are in the language of the locale: the tests read English ones, wherever they run.
os.environ["LC_ALL"] = "C.UTF-8"
