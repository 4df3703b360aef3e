"""What a check says: findings, with what was read, what was wanted, and a witness."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from attrs import field, frozen

from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Cause, Field, Origin, Unknown, Why
from cloudpack_baseline.texts import Text, text

__all__ = [
    "Finding",
    "Observation",
    "Outcome",
    "Resource",
    "Witness",
    "cause_text",
    "causes_text",
    "failed",
    "passed",
    "unknown",
    "worst",
]


class Outcome(StrEnum):
    """What a finding comes to."""

    FAIL = "fail"
    UNKNOWN = "unknown"
    PASS = "pass"  # noqa: S105 - an outcome, no password
    NOT_APPLICABLE = "not applicable"


_WORST_FIRST = (Outcome.FAIL, Outcome.UNKNOWN, Outcome.PASS, Outcome.NOT_APPLICABLE)


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """The worst of the outcomes: fail, unknown, pass, not applicable; the last if none."""
    held = frozenset(outcomes)
    return next((one for one in _WORST_FIRST if one in held), Outcome.NOT_APPLICABLE)


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
    """One thing that was seen of a resource.

    Attributes:
        outcome: what it means alone.
        message: what was seen, in words.
        read: the value that was read, as the API names it; empty where no single value is.
        wanted: the value that was wanted.
        origin: where the value came from.
        witness: a concrete case, where something gets through.
        causes: for an unknown: why.
    """

    outcome: Outcome
    message: Text
    read: str = ""
    wanted: str = ""
    origin: Origin | None = None
    witness: Witness | None = None
    causes: tuple[Cause, ...] = ()


@frozen(kw_only=True)
class Resource:
    """What a finding is about.

    Attributes:
        key: what identifies it beside the control: its ARN, or ``FILE#logical-id``.
        arn: the ARN; empty where it has none (a listing) or a template does not tell it.
        account: the account id; empty for a template.
        region: the region; empty for global resources.
        kind: the record's class name, as ``DBInstance``.
        name: the name people know it by.
    """

    key: str
    arn: str = ""
    account: str = ""
    region: str = ""
    kind: str = ""
    name: str = ""

    @classmethod
    def of(cls, record: Record) -> Resource:
        """The resource that the record describes."""
        return cls(
            key=record.key,
            arn=record.arn,
            account=record.account,
            region=record.region,
            kind=type(record).__name__,
            name=record.name,
        )

    @classmethod
    def listing(cls, kind: str, account: str, region: str) -> Resource:
        """All things of the kind in the account and region, where none is told apart."""
        key = ":".join(part for part in (account, region, kind, "*") if part)
        return cls(key=key, account=account, region=region, kind=kind, name="*")


def _worst_first(observations: Iterable[Observation]) -> tuple[Observation, ...]:
    return tuple(sorted(observations, key=lambda one: _WORST_FIRST.index(one.outcome)))


@frozen(kw_only=True)
class Finding:
    """What a control says of one resource.

    Attributes:
        control: the control's id.
        resource: what it is about.
        observations: what was seen, worst first; at least one.
        notes: what is worth telling but changes no outcome.
        waiver: how the approved exception reads; ``None``: not waived.
    """

    control: str
    resource: Resource
    observations: tuple[Observation, ...] = field(converter=_worst_first)
    notes: tuple[Text, ...] = ()
    waiver: Text | None = None

    @property
    def id(self) -> str:
        """Stable from run to run: control and resource key."""
        return f"{self.control}:{self.resource.key}"

    @property
    def outcome(self) -> Outcome:
        """The worst of the observations'."""
        return worst(one.outcome for one in self.observations)

    @property
    def waived(self) -> bool:
        """Whether it fails, and an approved exception holds."""
        return self.waiver is not None and self.outcome is Outcome.FAIL


def passed(
    message: Text, *, read: object = "", wanted: object = "", origin: Origin | None = None
) -> Observation:
    """Something that is as it should be."""
    return Observation(
        outcome=Outcome.PASS, message=message, read=str(read), wanted=str(wanted), origin=origin
    )


def failed(
    message: Text,
    *,
    read: object = "",
    wanted: object = "",
    origin: Origin | None = None,
    witness: Witness | None = None,
) -> Observation:
    """Something that is not as it should be."""
    return Observation(
        outcome=Outcome.FAIL,
        message=message,
        read=str(read),
        wanted=str(wanted),
        origin=origin,
        witness=witness,
    )


def unknown(
    what: str | Text, why: Unknown, *, wanted: object = "", origin: Origin | None = None
) -> Observation:
    """A value that could not be told.

    Args:
        what: the field, as the API names it (its words are made here), or the whole message.
        why: the unknown that stands in its place.
        wanted: the value that would have passed.
        origin: where it should have come from.
    """
    message = (
        what
        if isinstance(what, Text)
        else text("common.value", field=what, cause=causes_text(why.causes))
    )
    return Observation(
        outcome=Outcome.UNKNOWN,
        message=message,
        wanted=str(wanted),
        origin=origin,
        causes=why.causes,
    )


def cause_text(cause: Cause) -> Text:
    """The cause in words."""
    said = cause.why is Why.FAILED and cause.detail
    return text(
        "causes.failed-as" if said else f"causes.{cause.why.value}",
        operation=cause.operation,
        code=cause.code,
        actions=", ".join(cause.actions) or cause.operation,
        detail=cause.detail or cause.operation,
    )


def causes_text(causes: tuple[Cause, ...]) -> tuple[str | Text, ...]:
    """All causes in words."""
    return tuple(cause_text(cause) for cause in causes)


def shown(value: Field[object]) -> str:
    """A value for `Observation.read`; an unknown shows as nothing."""
    return "" if isinstance(value, Unknown) else str(value)
