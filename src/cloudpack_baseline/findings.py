"""What a check reports: findings, with the values read and expected, and a witness."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from attrs import evolve, field, frozen

from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Cause, Origin, Unknown, Why
from cloudpack_baseline.texts import Text, text
from cloudpack_baseline.whitepaper import Control, control

__all__ = [
    "Finding",
    "Observation",
    "Outcome",
    "Resource",
    "Witness",
    "cause_text",
    "causes_text",
    "failed",
    "not_applicable",
    "passed",
    "unknown",
    "worst",
]


class Outcome(StrEnum):
    """The outcome of a finding or of an assessment, worst first."""

    FAIL = "fail"
    UNKNOWN = "unknown"
    WAIVED = "waived"
    """Of an assessment only: it fails, and every failure has an approved exception in effect."""
    PASS = "pass"  # noqa: S105 - an outcome, no password
    NOT_APPLICABLE = "not applicable"


_WORST_FIRST = tuple(Outcome)
_SEPARATORS = ("", ":", "/", "#")
"""What stands before a name at the end of a key."""


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """The worst of the outcomes: fail, unknown, waived, pass, not applicable; the last if none."""
    present = frozenset(outcomes)
    return next((outcome for outcome in _WORST_FIRST if outcome in present), Outcome.NOT_APPLICABLE)


@frozen(kw_only=True)
class Witness:
    """A concrete case that shows the failure: a request, a packet.

    Attributes:
        summary: it in one line.
        steps: how it comes about: statements, hops.
        command: a ready command line that tries it; empty where there is none.
    """

    summary: Text
    steps: tuple[Text, ...] = ()
    command: str = ""


@frozen(kw_only=True)
class Observation:
    """One thing that was observed about a resource.

    Attributes:
        outcome: the outcome of this observation alone.
        message: what was observed, in words.
        read: the value that was read, as the API names it; empty if there is no single value.
        expected: the value that would have passed.
        read_text: the value that was read in both languages, if it is words.
        expected_text: the expected value in both languages, if it is words.
        origin: where the value came from; in a finding, by default where its record came from.
        witness: a concrete request or packet that gets through, if there is one.
        causes: the causes of an unknown outcome.
    """

    outcome: Outcome
    message: Text
    read: str = ""
    expected: str = ""
    read_text: Text | None = None
    expected_text: Text | None = None
    origin: Origin | None = None
    witness: Witness | None = None
    causes: tuple[Cause, ...] = ()


@frozen(kw_only=True)
class Resource:
    """What a finding is about.

    Attributes:
        key: its ARN, or ``FILE#logical-id``; with the control, it identifies the finding.
        arn: the ARN; empty if there is none (a listing) or a template does not contain it.
        account: the account ID; empty for a template.
        region: the Region; empty for global resources.
        kind: the class name of the record, such as ``DBInstance``.
        name: the name for people: the tag ``Name``, or its name or ID.
        origin: where its record came from; ``None`` for a listing.
    """

    key: str
    arn: str = ""
    account: str = ""
    region: str = ""
    kind: str = ""
    name: str = ""
    origin: Origin | None = None

    @property
    def label(self) -> str:
        """The key, with the name before it where the key does not end with it."""
        before = self.key.removesuffix(self.name)
        within = before != self.key and before[-1:] in _SEPARATORS
        return self.key if within or self.name in ("", "*") else f"{self.name} ({self.key})"

    @classmethod
    def of(cls, record: Record) -> Resource:
        """The resource that the record describes."""
        return cls(
            key=record.key,
            arn=record.arn,
            account=record.account,
            region=record.region,
            kind=type(record).__name__,
            name=record.display_name,
            origin=record.origin,
        )

    @classmethod
    def listing(cls, kind: str, account: str, region: str) -> Resource:
        """All resources of the kind in the account and Region, if none could be listed."""
        key = ":".join(filter(None, (account, region, kind, "*")))
        return cls(key=key, account=account, region=region, kind=kind, name="*")


def _worst_first(observations: Iterable[Observation]) -> tuple[Observation, ...]:
    return tuple(
        sorted(observations, key=lambda observation: _WORST_FIRST.index(observation.outcome))
    )


@frozen(kw_only=True)
class Finding:
    """What a control reports about one resource.

    Attributes:
        control: the ID of the control.
        resource: the resource.
        observations: what was observed, worst first; at least one. Each has an origin if the
            resource has one.
        notes: remarks that do not change the outcome.
        waiver: the text of the approved exception; ``None`` if it is not waived.
        judged: the control; by default the one of the white paper with that ID.
    """

    control: str
    resource: Resource
    observations: tuple[Observation, ...] = field(converter=_worst_first)
    notes: tuple[Text, ...] = ()
    waiver: Text | None = None
    judged: Control | None = field(default=None, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Give each observation that names no origin that of the resource."""
        located = tuple(
            observation if observation.origin else evolve(observation, origin=self.resource.origin)
            for observation in self.observations
        )
        object.__setattr__(self, "observations", located)

    @property
    def id(self) -> str:
        """Stable from run to run: control and resource key."""
        return f"{self.control}:{self.resource.key}"

    @property
    def outcome(self) -> Outcome:
        """The worst of the observations'."""
        return worst(observation.outcome for observation in self.observations)

    @property
    def waived(self) -> bool:
        """Whether it fails and an approved exception is in effect."""
        return self.waiver is not None and self.outcome is Outcome.FAIL

    @property
    def definition(self) -> Control:
        """The control that it is of."""
        return self.judged or control(self.control)

    @property
    def title(self) -> Text:
        """What the control promises, in one sentence."""
        return _both(self.definition.title)

    @property
    def remedy(self) -> Text:
        """What to do where the control fails."""
        return _both(self.definition.remedy)


def _both(words: Mapping[str, str]) -> Text:
    return text("common.told", en=words["en"], ja=words["ja"])


def passed(
    message: Text, *, read: object = "", expected: object = "", origin: Origin | None = None
) -> Observation:
    """Something that is as it should be."""
    return Observation(
        outcome=Outcome.PASS,
        message=message,
        **_values(read=read, expected=expected),
        origin=origin,
    )


def failed(
    message: Text,
    *,
    read: object = "",
    expected: object = "",
    origin: Origin | None = None,
    witness: Witness | None = None,
) -> Observation:
    """Something that is not as it should be."""
    return Observation(
        outcome=Outcome.FAIL,
        message=message,
        **_values(read=read, expected=expected),
        origin=origin,
        witness=witness,
    )


def not_applicable(message: Text) -> Observation:
    """That the control does not apply, and why."""
    return Observation(outcome=Outcome.NOT_APPLICABLE, message=message)


def unknown(
    subject: str | Text, why: Unknown, *, expected: object = "", origin: Origin | None = None
) -> Observation:
    """A value that could not be read.

    Args:
        subject: the field, as the API names it, or the whole message.
        why: the unknown value.
        expected: the value that would have passed.
        origin: where the value should have come from.
    """
    message = subject
    if isinstance(message, str):
        message = text("common.value", field=message, cause=causes_text(why.causes))
    return Observation(
        outcome=Outcome.UNKNOWN,
        message=message,
        **_values(expected=expected),
        origin=origin,
        causes=why.causes,
    )


def _values(**values: object) -> dict[str, Any]:
    """The attributes of read and expected values: a string, and the text where it is words."""
    texts = {name: value for name, value in values.items() if isinstance(value, Text)}
    strings = {name: str(value) for name, value in values.items() if name not in texts}
    strings |= {name: value.in_language("en") for name, value in texts.items()}
    return strings | {f"{name}_text": value for name, value in texts.items()}


def cause_text(cause: Cause) -> Text:
    """The cause in words."""
    words = f"causes.{cause.why.value}"
    if cause.why is Why.FAILED and cause.detail:
        words = "causes.failed-as"
    elif cause.why is Why.MALFORMED and not cause.operation and cause.detail:
        words = "causes.malformed-value"
    elif cause.why is Why.NOT_TOLD and cause.operation and cause.detail:
        words = "causes.not-told-by"
    return text(
        words,
        operation=cause.operation,
        code=cause.code,
        actions=", ".join(cause.actions) or cause.operation,
        detail=cause.detail or cause.operation,
    )


def causes_text(causes: tuple[Cause, ...]) -> tuple[str | Text, ...]:
    """All causes in words."""
    return tuple(cause_text(cause) for cause in causes)
