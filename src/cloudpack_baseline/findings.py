"""What a check reports: findings, with the values read and expected, and a witness."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from attrs import evolve, field

from cloudpack_baseline.documentation import control_page
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.codec import encode
from cloudpack_baseline.model.denials import POLICIES
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Cause, Origin, Unknown, Why
from cloudpack_baseline.texts import Text, abridged, in_each_language, text
from cloudpack_baseline.whitepaper import Control, control_of
from cloudpack_baseline.witnesses import AllowedAccess, PassingTraffic, Witness

__all__ = [
    "FieldValue",
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
_FIELD = re.compile(r"([A-Za-z][A-Za-z0-9_.:-]*)(=|<=|>=|<|>)([^=<>]*)", re.DOTALL)
"""``NAME=VALUE``, as the API names them; what holds another sign may be several fields."""


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """The worst of the outcomes: fail, unknown, waived, pass, not applicable; the last if none."""
    present = frozenset(outcomes)
    return next((outcome for outcome in _WORST_FIRST if outcome in present), Outcome.NOT_APPLICABLE)


@frozen
class FieldValue:
    """A field of the API with its value, or with the values that pass.

    Attributes:
        name: the field, as the API names it.
        values: the value as the API spells it; several if it is a list, or if each of them passes.
        operator: ``=``, or ``<=``, ``>=``, ``<`` or ``>`` of a limit.
    """

    name: str
    values: tuple[str, ...]
    operator: str = "="

    def to_json(self) -> dict[str, Any]:
        """It as JSON values."""
        return {"name": self.name, "operator": self.operator, "values": list(self.values)}

    def shown(self, joint: str) -> str:
        """``NAME=VALUE``, with the text between several values."""
        return f"{self.name}{self.operator}{joint.join(self.values)}"

    @classmethod
    def each(cls, names: Iterable[str], value: str) -> tuple[FieldValue, ...]:
        """Several fields with the same value."""
        return tuple(cls(name, (value,)) for name in names)

    @classmethod
    def parse(cls, assignment: str) -> tuple[FieldValue, ...]:
        """The field of ``NAME=VALUE`` or ``NAME=VALUE | VALUE``; none of anything else."""
        match = _FIELD.fullmatch(assignment)
        return (cls(match[1], tuple(match[3].split(" | ")), match[2]),) if match else ()


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
        read_fields: the fields of the API that were read; empty if `read` is something else.
        expected_fields: the fields with what would have passed.
        allowed: who is allowed to do what, or which traffic passes, where that is the failure.
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
    read_fields: tuple[FieldValue, ...] = ()
    expected_fields: tuple[FieldValue, ...] = ()
    allowed: AllowedAccess | PassingTraffic | None = None

    def to_json(self) -> dict[str, Any]:
        """It as JSON values."""
        allowed = self.allowed.to_json() if self.allowed else None
        return {
            "outcome": self.outcome.value,
            "message": in_each_language(self.message),
            "read": self.read,
            "read_text": in_each_language(self.read_text) if self.read_text else None,
            "read_fields": [entry.to_json() for entry in self.read_fields],
            "expected": self.expected,
            "expected_text": in_each_language(self.expected_text) if self.expected_text else None,
            "expected_fields": [entry.to_json() for entry in self.expected_fields],
            "access": allowed if isinstance(self.allowed, AllowedAccess) else None,
            "traffic": allowed if isinstance(self.allowed, PassingTraffic) else None,
            "origin": encode(self.origin),
            "witness": self.witness.to_json() if self.witness else None,
            "causes": encode(self.causes),
        }


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

    def to_json(self) -> dict[str, str]:
        """It as JSON values."""
        return {
            "key": self.key,
            "arn": self.arn,
            "account": self.account,
            "region": self.region,
            "kind": self.kind,
            "name": self.name,
        }

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
        if self.resource.origin is None:
            return
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
        """The worst of the observations', which is the first."""
        return self.observations[0].outcome if self.observations else Outcome.NOT_APPLICABLE

    @property
    def waived(self) -> bool:
        """Whether it fails and an approved exception is in effect."""
        return self.waiver is not None and self.outcome is Outcome.FAIL

    @property
    def definition(self) -> Control:
        """The control that it is of."""
        return self.judged or control_of(self.control)

    @property
    def witness(self) -> Witness | None:
        """The first concrete case that shows the failure; ``None``: there is none."""
        witnesses = (observation.witness for observation in self.observations)
        return next((witness for witness in witnesses if witness is not None), None)

    @property
    def link(self) -> str | None:
        """The page about the control, in English; ``None`` if it is one of your own."""
        return control_page(self.control)

    def to_json(self) -> dict[str, Any]:
        """It as JSON values, as in ``docs/reference/json-report.md``."""
        judged = self.definition
        return {
            "id": self.id,
            "control": self.control,
            "title": dict(judged.title),
            "clauses": {link.clause: link.relation.value for link in judged.clauses},
            "link": self.link,
            "resource": self.resource.to_json(),
            "outcome": self.outcome.value,
            "waived": self.waived,
            "waiver": in_each_language(self.waiver) if self.waiver else None,
            "observations": [observation.to_json() for observation in self.observations],
            "notes": [in_each_language(note) for note in self.notes],
            "remedy": dict(judged.advice),
        }

    @property
    def title(self) -> Text:
        """What the control promises, in one sentence."""
        return _both(self.definition.title)

    @property
    def remedy(self) -> Text:
        """What to do where the control fails; without a remedy, the good state."""
        return _both(self.definition.advice)


def _both(words: Mapping[str, str]) -> Text:
    return text("common.verbatim", en=words["en"], ja=words["ja"])


def passed(
    message: Text, *, read: object = "", expected: object = "", origin: Origin | None = None
) -> Observation:
    """Something that is as it should be.

    Args:
        message: what was observed, in words.
        read: the value that was read: fields (`FieldValue`), ``NAME=VALUE``, or words.
        expected: the value that passes, likewise.
        origin: where the value came from.
    """
    return Observation(
        outcome=Outcome.PASS,
        message=message,
        **_values(read=read, expected=expected),
        origin=origin,
    )


def failed(  # noqa: PLR0913 - the parts of an observation
    message: Text,
    *,
    read: object = "",
    expected: object = "",
    origin: Origin | None = None,
    witness: Witness | None = None,
    allowed: AllowedAccess | PassingTraffic | None = None,
) -> Observation:
    """Something that is not as it should be.

    Args:
        message: what was observed, in words.
        read: the value that was read: fields (`FieldValue`), ``NAME=VALUE``, or words.
        expected: the value that would have passed, likewise.
        origin: where the value came from.
        witness: a concrete request or packet that gets through.
        allowed: who is allowed to do what, or which traffic passes.
    """
    return Observation(
        outcome=Outcome.FAIL,
        message=message,
        **_values(read=read, expected=expected),
        origin=origin,
        witness=witness,
        allowed=allowed,
    )


def not_applicable(message: Text) -> Observation:
    """That the control does not apply, and why."""
    return Observation(outcome=Outcome.NOT_APPLICABLE, message=message)


_FAULTS = frozenset((Why.DENIED, Why.THROTTLED, Why.FAILED, Why.MALFORMED))
"""What may be wrong with a call."""


def unknown(
    subject: str | Text, why: Unknown, *, expected: object = "", origin: Origin | None = None
) -> Observation:
    """A value that could not be read.

    The message names each call that went wrong, with the IAM actions that it needs.

    Args:
        subject: the field, as the API names it, or the whole message; calls that it does not name
            are added to it.
        why: the unknown value.
        expected: the value that would have passed.
        origin: where the value should have come from.
    """
    message = subject
    if isinstance(message, str):
        message = text("common.value", field=message, cause=causes_text(why.causes))
    elif unnamed := _unnamed(message, why.causes):
        message = text("common.with-cause", message=message, cause=causes_text(unnamed))
    return Observation(
        outcome=Outcome.UNKNOWN,
        message=message,
        **_values(expected=expected),
        origin=origin,
        causes=why.causes,
    )


def _unnamed(message: Text, causes: tuple[Cause, ...]) -> tuple[Cause, ...]:
    """The calls that went wrong, which the message does not name."""
    faults = [cause for cause in causes if cause.operation and cause.why in _FAULTS]
    words = message.in_language("en") if faults else ""
    return tuple(cause for cause in faults if cause.operation not in words)


def _values(**values: object) -> dict[str, Any]:
    """The attributes of read and expected values: a string, the text where it is words, fields."""
    attributes: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, Text):
            attributes[name], attributes[f"{name}_text"] = value.in_language("en"), value
        elif isinstance(value, tuple):
            joint = ", " if name == "read" else " | "
            attributes[name] = ", ".join(entry.shown(joint) for entry in value)
            attributes[f"{name}_fields"] = value
        else:
            attributes[name] = str(value)
            attributes[f"{name}_fields"] = FieldValue.parse(str(value))
    return attributes


def cause_text(cause: Cause) -> Text:
    """The cause in words."""
    words = f"causes.{cause.why.name.lower().replace('_', '-')}"
    detail: str | Text = cause.detail or cause.operation
    if cause.why is Why.DENIED and cause.detail in POLICIES:
        words = "causes.denied-by"
        detail = text(f"causes.{cause.detail.lower().replace(' ', '-')}")
    elif cause.why is Why.FAILED and cause.detail:
        words = "causes.failed-as"
    elif cause.why is Why.MALFORMED and not cause.operation and cause.detail:
        words = "causes.malformed-value"
    elif cause.why is Why.NOT_PROVIDED and cause.operation and cause.detail:
        words = "causes.not-provided-by"
    return text(
        words,
        operation=cause.operation,
        code=cause.code,
        actions=", ".join(cause.actions) or cause.operation,
        detail=detail,
    )


def causes_text(causes: tuple[Cause, ...]) -> tuple[str | Text, ...]:
    """The first causes in words, and how many more there are."""
    return abridged(map(cause_text, causes))
