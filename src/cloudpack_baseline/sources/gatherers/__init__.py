"""From API answers to records, one module per AWS service.

Each module names a `Gatherer` for each kind of record that it makes. A gatherer says
which operations it calls, so that the least-privilege policy and the guard follow.
"""

from __future__ import annotations

from cloudpack_baseline.sources.gatherers._gatherer import Gatherer
from cloudpack_baseline.sources.gatherers._registry import gatherer_of

__all__ = ["Gatherer", "gatherer_of"]
