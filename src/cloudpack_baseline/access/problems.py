"""What is wrong with a policy, and where."""

from __future__ import annotations

from attrs import frozen

__all__ = ["MalformedPolicy", "PolicyProblem"]


@frozen(kw_only=True)
class PolicyProblem:
    """One fault of a policy document.

    Attributes:
        path: from ``$``, the document, to the fault: ``$.Statement[0].Effect``.
        fault: what is wrong, as an id: ``is-not-a-string``.
        detail: what belongs to it: the element beside it, or the place in the text.
    """

    path: str
    fault: str
    detail: str = ""

    @property
    def message(self) -> str:
        """The fault in English."""
        words = self.fault.replace("-", " ")
        return f"{words}: {self.detail}" if self.detail else words

    def __str__(self) -> str:
        """One line: message and path."""
        return f"{self.message} @ {self.path}"


class MalformedPolicy(ValueError):  # noqa: N818 - it names what was found, like its problems
    """A document that is no policy. ``problems`` holds at least one fault."""

    def __init__(self, problems: tuple[PolicyProblem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))

    def __reduce__(self) -> tuple[type[MalformedPolicy], tuple[tuple[PolicyProblem, ...]]]:
        """Pickle by the problems: xdist carries errors between processes."""
        return type(self), (self.problems,)
