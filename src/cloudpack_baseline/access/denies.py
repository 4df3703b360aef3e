"""The requests that no Deny matches, within budgets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cloudpack_baseline.access.space import RequestSet, TooComplex

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cloudpack_baseline.access.rules import Rule
    from cloudpack_baseline.access.space import Space

__all__ = ["STEPS", "UNBOUND", "subtract"]

STEPS: Final = 200_000
"""The work for all Denies of an analysis: about 0.2 s, where real policies need some hundreds."""

UNBOUND: Final = 1 << 60

# One Deny may take a tenth of the work, so that a hostile one leaves enough for the others.
_OF_ONE: Final = 20_000
# So few Denies cannot make a set large whatever they are; beyond, simple ones go first.
_FEW: Final = 8
# Each further rule meets the set, so its size times the number of rules is bounded (60,000 node
# pairs, 50 ms); 200 nodes are always allowed, the size of a set with a dozen plain conditions.
_SMALLEST: Final = 200
_LARGEST: Final = 60_000


def subtract(
    space: Space, everything: RequestSet, denies: Sequence[Rule], *, rules: int, steps: int = STEPS
) -> tuple[RequestSet, RequestSet, list[Rule]]:
    """What the Denies leave possibly and surely, and those that were skipped; simple ones first.

    A Deny that makes the set too complex is skipped: the answer is then on the side of exposure.
    ``rules`` is the number of all statements, each of which will meet the set.
    """
    size = max(_SMALLEST, _LARGEST // (1 + rules))
    high = low = everything
    skipped: list[Rule] = []
    sort_by_size = len(denies) > _FEW
    for rule in sorted(denies, key=lambda rule: rule.high.size) if sort_by_size else denies:
        before = high
        granted = min(steps, _OF_ONE)
        space.allow(granted)
        try:
            sure = rule.low is rule.high and low is high
            high = high - rule.low
            low = high if sure else low - rule.high
            fits = not sort_by_size or max(high.size, low.size) <= size
        except TooComplex:
            fits = False
        steps -= granted - space.left
        if not fits:
            high, low = before, RequestSet.nothing(space)
            skipped.append(rule)
    space.allow(UNBOUND)
    return high, low, skipped
