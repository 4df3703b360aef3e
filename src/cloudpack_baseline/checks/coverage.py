"""Why there may be more of a kind in one region than the snapshot holds."""

from __future__ import annotations

from functools import reduce
from operator import or_

from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.snapshot import Snapshot
from cloudpack_baseline.model.values import Unknown, Why

__all__ = ["gap_in"]


def gap_in(snapshot: Snapshot, kind: type[Record], account: str, region: str) -> Unknown | None:
    """Why there may be more records of the kind there; ``None``: there are no more.

    A region that nobody read is a gap. Every gap of the account counts where the region
    is empty: nobody knows which one is asked about.
    """
    covered = [
        one
        for one in snapshot.covered(kind, account)
        if not region or one.region in (region, "", "*")
    ]
    holes = [one.unknown for one in covered if one.unknown is not None]
    if not covered:
        read_elsewhere = region and snapshot.covered(kind, account)
        detail = f"{kind.__name__} ({region})" if read_elsewhere else kind.__name__
        holes = [Unknown.because(Why.NOT_GATHERED, detail=detail)]
    return reduce(or_, holes) if holes else None
