"""Problems of policy documents."""

from __future__ import annotations

from cloudpack_baseline.immutable import frozen

__all__ = ["MalformedPolicy", "PolicyProblem"]


@frozen(kw_only=True)
class PolicyProblem:
    """One problem of a policy document.

    Attributes:
        path: the path from ``$``, the document: ``$.Statement[0].Effect``.
        fault: what is wrong, as an ID: ``is-not-a-string``.
        detail: further information: the conflicting element, or the position in the text.
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
    """A document that is not a policy; ``problems`` contains at least one problem."""

    def __init__(self, problems: tuple[PolicyProblem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))

    def __reduce__(self) -> tuple[type[MalformedPolicy], tuple[tuple[PolicyProblem, ...]]]:
        """Pickle by the problems: xdist carries errors between processes."""
        return type(self), (self.problems,)
