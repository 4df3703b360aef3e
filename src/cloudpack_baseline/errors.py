"""The exceptions, with one base class. Each says what is wrong, where, and what to do.

CloudpackError
├── InputError            wrong input: the baseline file, control IDs, options
│   └── SnapshotError     a recorded snapshot that cannot be read
├── SourceError           the source as a whole does not answer
│   ├── CredentialsError  missing, expired or rejected credentials
│   └── WrongAccountError credentials of an undeclared account
├── SignatureError        evidence that is not what was signed
├── MissingExtraError     an optional part of the package is not installed
├── NotReadOnlyError      a call that the sources did not declare (a defect)
└── OfflineError          a call that would have left the machine in offline mode
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from attrs import field

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.texts import printable

__all__ = [
    "CloudpackError",
    "CredentialsError",
    "InputError",
    "MissingExtraError",
    "NotReadOnlyError",
    "OfflineError",
    "Problem",
    "SignatureError",
    "SnapshotError",
    "SourceError",
    "WrongAccountError",
]


_USER = re.compile(r"(?<=[a-z0-9])://[^/?#\s\"']*@", re.IGNORECASE)
"""User and password of a URL, as in an endpoint variable."""


def _without_user(message: str) -> str:
    return _USER.sub("://", message)


@frozen
class Problem:
    """One problem with the input.

    Attributes:
        message: what is wrong and what is allowed.
        path: the path to the key, such as ``waivers[2].expires``; empty for the whole file.
        file: the file; empty for an option or an argument.
        line: the line of the key in `file`, or of the header of its table; 0 if there is none.
    """

    message: str = field(converter=_without_user)
    path: str = ""
    file: str = ""
    line: int = 0

    def __str__(self) -> str:
        """``FILE:LINE: KEY: message``, as far as each is known."""
        place = f"{self.file}:{self.line}" if self.file and self.line else self.file
        return printable(": ".join(filter(None, (place, self.path, self.message))))


class CloudpackError(Exception):
    """Base class of all exceptions here. Messages contain no user name or password of a URL."""

    def __init__(self, message: str = "") -> None:
        super().__init__(_without_user(message))


class InputError(CloudpackError):
    """Wrong input; all problems at once.

    Attributes:
        problems: at least one, in the order of the file.
    """

    def __init__(self, problems: Iterable[Problem] | Problem | str) -> None:
        if isinstance(problems, str):
            problems = Problem(problems)
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class SnapshotError(InputError):
    """A recorded snapshot that is broken, or of a schema that this version cannot read."""


class SourceError(CloudpackError):
    """The source as a whole does not answer; nothing was judged."""


class CredentialsError(SourceError):
    """AWS credentials are missing, expired or rejected."""


class WrongAccountError(SourceError):
    """The credentials belong to an account that the baseline does not declare."""


class SignatureError(CloudpackError):
    """Evidence, or its signature, is not what was signed with the key; the message says why."""


class MissingExtraError(CloudpackError):
    """A part of the package that is installed by an extra.

    Attributes:
        extra: its name, such as ``moto``.
    """

    def __init__(self, extra: str, needs: str) -> None:
        self.extra = extra
        super().__init__(
            f"{needs} needs the extra '{extra}': pip install 'cloudpack-baseline[{extra}]'"
        )


class NotReadOnlyError(CloudpackError):
    """A call that is not on the list of read-only operations was stopped before it was sent."""


class OfflineError(CloudpackError):
    """A call that would have left the machine was stopped: the source is moto."""
