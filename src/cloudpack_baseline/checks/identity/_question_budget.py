"""How many questions about permissions a run may ask.

A plan or template may describe any number of principals, and the paths from one lead over all
others. What is counted is the work, never the time, so that the same files have the same findings.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from attrs import define

from cloudpack_baseline.access import Policy

__all__ = ["QUESTIONS", "QuestionBudget", "TooManyQuestions", "cost_of_question"]

QUESTIONS: Final = 150_000
"""Of a template or plan: about 5 s, where a hundred principals that use conditions on everything
need a tenth of it."""

_STATEMENTS: Final = 5
"""So many statements are read in the time that a question takes besides."""


class TooManyQuestions(Exception):  # noqa: N818 - no error: what is left is unknown
    """The questions of a run are used up."""


@define
class QuestionBudget:
    """The questions that may still be asked; ``None``: any number.

    The files of a run share one, in the order of their principals.
    """

    remaining: int | None = None

    def spend(self, cost: int) -> None:
        """Take the cost of one question.

        Raises:
            TooManyQuestions: there are none left.
        """
        if self.remaining is None:
            return
        if self.remaining < cost:
            raise TooManyQuestions
        self.remaining -= cost


def cost_of_question(policies: Sequence[Policy]) -> int:
    """What a question about the policies costs: each reads all statements."""
    return 1 + sum(len(policy.statements) for policy in policies) // _STATEMENTS
