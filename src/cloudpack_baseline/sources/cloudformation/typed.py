"""What a resource type is, and what its resources may answer.

A type has a function of a `TypedResource`, which adds items to listings or answers about one
subject. An error in it is a gap in every answer that the type takes part in, never a resource
that vanishes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, TypeAlias

from attrs import evolve, field

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.reading import DocumentInteger, Misshapen
from cloudpack_baseline.model.values import Origin, Unknown, Why
from cloudpack_baseline.sources.cloudformation.answers import PLACED, answered
from cloudpack_baseline.sources.cloudformation.stack_answers import (
    GivenAnswer,
    Join,
    StackAnswers,
)
from cloudpack_baseline.sources.cloudformation.values import (
    Resolved,
    ResolvedObject,
    why_of,
)
from cloudpack_baseline.sources.located import AnswerList, AnswerObject, Mark

__all__ = [
    "Named",
    "ResourceType",
    "TypedResource",
    "Types",
    "as_list",
    "camel_case",
    "either",
    "exact",
    "follow",
    "is_true",
    "member",
    "shown",
    "truth_of",
    "vague",
]

Named: TypeAlias = str | Callable[[str], Any]
"""A format, or a function of the logical id, unique among the stacks of a run."""


@frozen(kw_only=True, slots=False)
class ResourceType:
    """How resources of a type are named, and what they answer.

    Attributes:
        name: as ``AWS::EC2::Subnet``.
        describes: the operations whose answers the type takes part in; of an operation that lists
            several kinds, the list too, as ``iam:GetAccountAuthorizationDetails RoleDetailList``.
        describe: adds what a resource of the type answers.
        prefix: of the id that ``Ref`` returns, as ``subnet-``; or a function that makes the
            id of the logical id.
        ref: the property that ``Ref`` returns where it is given, else the logical id; or a format
            as of `attributes`.
        name_property: the property that names the resource, if ``Ref`` does not return its name.
        attributes: what ``Fn::GetAtt`` returns: a format over ``{id}`` (what ``Ref`` returns),
            ``{name}``, ``{logical}``, ``{partition}``, ``{region}``, ``{account}`` and
            properties, such as ``{Path}``, or a function of the logical id; an attribute that is
            not here is the property of its name, or unknown.
        order: types of a lower order run first; a part of another resource runs later.
        also: the same type as other modules describe it.
    """

    name: str
    describes: tuple[str, ...]
    describe: Callable[[TypedResource], None]
    prefix: Named = ""
    ref: str = ""
    name_property: str = ""
    attributes: Mapping[str, Named] = field(factory=dict)
    order: int = 0
    also: tuple[ResourceType, ...] = ()

    @property
    def parts(self) -> tuple[ResourceType, ...]:
        """The type as each module describes it, in no particular order."""
        return (self, *self.also)

    @cached_property
    def naming(self) -> frozenset[str]:
        """The properties that name a resource."""
        reference = "" if "{" in self.ref else self.ref
        return frozenset(name for name in (reference, self.name_property) if name)

    def together(self, declared: ResourceType) -> ResourceType:
        """The type with what another module says of it."""
        return evolve(
            self,
            prefix=self.prefix or declared.prefix,
            ref=self.ref or declared.ref,
            name_property=self.name_property or declared.name_property,
            attributes={**declared.attributes, **self.attributes},
            also=(*self.also, *declared.parts),
        )

    def identify(self, logical_id: str) -> str:
        """What ``Ref`` returns of a resource that is named by its logical id."""
        if callable(self.prefix):
            return str(self.prefix(logical_id))
        return f"{self.prefix}{logical_id}"

    @property
    def operations(self) -> tuple[str, ...]:
        """The operations whose answers the type takes part in."""
        return tuple(key.partition(" ")[0] for declared in self.parts for key in declared.describes)


class Types(dict[str, ResourceType]):
    """The resource types of a service, declared one after the other."""

    def of(  # noqa: PLR0913 - one declaration; all but the type are names
        self,
        kind: str,
        *describes: str,
        prefix: Named = "",
        ref: str = "",
        name: str = "",
        attributes: Mapping[str, Named] | None = None,
        order: int = 0,
    ) -> Callable[[Callable[[TypedResource], None]], Callable[[TypedResource], None]]:
        """Declare the function that describes resources of a type; see `ResourceType`."""

        def declare(describe: Callable[[TypedResource], None]) -> Callable[[TypedResource], None]:
            declared = ResourceType(
                name=kind,
                describes=describes,
                describe=describe,
                prefix=prefix,
                ref=ref,
                name_property=name,
                attributes=attributes or {},
                order=order,
            )
            self[kind] = self[kind].together(declared) if kind in self else declared
            return describe

        return declare


@frozen(kw_only=True)
class TypedResource:
    """A resource with its resolved properties, and where its answers go.

    Attributes:
        name: the logical id, unique among the stacks of a run.
        id: what ``Ref`` of it returns.
        properties: resolved.
        attribute: what ``Fn::GetAtt`` of it returns, so that references to it match.
        origin: of the resource, with file and line.
        account: the account id of the stack.
        region: of the stack.
        partition: of the stack.
        answers: of the account and region.
        marks: the position of each value of a property by its `id`; not of numbers and truth
            values, which may be the same object.
        known_answers: what values of properties became as answers, by their `id`; completed here.
    """

    name: str
    id: str
    properties: ResolvedObject
    attribute: Callable[[str], Any]
    origin: Origin
    account: str
    region: str
    partition: str
    answers: StackAnswers
    marks: Mapping[int, Mark] = field(factory=dict, repr=False)
    known_answers: dict[int, Resolved] = field(factory=dict, repr=False)

    def get(self, name: str, default: Resolved = None) -> Resolved:
        """The resolved property; the default where it is not given."""
        return _entry(self.properties, name, default)

    @property
    def unnamed(self) -> str:
        """What a part belongs to that does not say what, as in parts of templates."""
        return f"<that of {self.name}>"

    def named(self, *values: object) -> tuple[object, ...]:
        """What values name, as far as they are given; `unnamed` if none is."""
        return tuple(value for value in values if value is not None) or (self.unnamed,)

    def subject(self, name: str) -> str:
        """The property that names what the answers of the resource are about.

        A reference to what the template does not contain names something elsewhere.

        Raises:
            Misshapen: it is no text, or may be any.
        """
        (value,) = self.subjects_of([self.get(name)], name)
        return value

    @staticmethod
    def subjects_of(values: Iterable[object], name: str) -> Iterator[str]:
        """The same for the values of a list; one that may be any is named by the reason.

        Raises:
            Misshapen: one is no text, or, once all are named, one may be any: what else it may be
                is not known either.
        """
        open_values: list[Unknown] = []
        for value in values:
            unknown = why_of(value)
            is_elsewhere = unknown is not None and unknown.causes[0].why is Why.MALFORMED
            is_text = isinstance(value, (str, DocumentInteger))
            if not is_text and not is_elsewhere:
                if unknown is None:
                    raise Misshapen(f"{name}: is not a string")
                open_values.append(unknown)
            yield str(shown(value))
        if open_values:
            raise Misshapen(f"{name}: is not known", open_values[0])

    def subjects(self, name: str) -> Iterator[str]:
        """The same for a property, as a list of one; without it, what it names is `unnamed`.

        Raises:
            Misshapen: as of `subjects_of`.
        """
        return self.subjects_of(self.named(self.get(name)), name)

    def item(self, operation: str, same_names: str = "", /, **members: Resolved) -> AnswerObject:
        """Add an item to a listing.

        Args:
            operation: the listing.
            same_names: names of properties that the API calls the same, separated by spaces.
            members: further members; ``None`` is left out.
        """
        answer = self.object(same_names, **members)
        self.answers.items.setdefault(operation, []).append(answer)
        return answer

    def elsewhere(self, operation: str, /, **members: Resolved) -> AnswerObject:
        """Add a resource to a listing that is not in the template, which says a part of it only."""
        answer = self.item(operation, **members)
        answer.origin = evolve(self.origin, elsewhere=True)
        return answer

    def about(
        self,
        operation: str,
        subject: object,
        /,
        at: str = "",
        *,
        is_default: bool = False,
        join: Join | None = None,
        **members: Resolved,
    ) -> AnswerObject:
        """Answer an operation about one subject; returns the answer that is in effect.

        Args:
            operation: of the API.
            subject: what it is about; empty for an operation that names none.
            at: the property that the members come from, if they are not values of one.
            is_default: whether that of another resource replaces it.
            join: as of `StackAnswers.give`.
            members: of the answer; ``None`` is left out.
        """
        answer = self.object("", **members)
        if at in self.properties.key_marks:
            for name in members:
                answer.marks.setdefault(name, self.properties.key_marks[at])
        given_answer = GivenAnswer(answer=answer, resources=(self.name,), is_default=is_default)
        return self.answers.give(operation, str(subject), given_answer, join)

    def settle(self, answer: AnswerObject, **members: Resolved) -> None:
        """Set members of an answer of another resource; see `StackAnswers.settle`."""
        self.answers.settle(answer, self.name, members)

    def append(self, operation: str, key: str, members: str, member: AnswerObject) -> None:
        """Add a member to the list of the item that the property `key` names.

        An item outside of the template is not described here at all, so nothing is lost.
        """
        item = self.answers.find(operation, key, str(self.get(key)))
        if item is not None:
            known = item.raw(members)
            if not isinstance(known, Unknown):
                item[members] = AnswerList([*(known or ()), member])

    def append_about(self, operation: str, subject: object, members: str, value: Resolved) -> None:
        """Add a member to a list of the answer about one subject, if it is described here."""
        answer = self.answers.subjects.get((operation, str(subject)))
        if answer is not None:
            answer[members] = AnswerList([*answer.raw(members), answered(value, self.origin)])

    def object(self, same_names: str = "", /, **members: Resolved) -> AnswerObject:
        """An object of an answer, at the place of the resource.

        A member that is a value of a property, at any depth, has its position.
        """
        properties, key_marks = self.properties, self.properties.key_marks
        values = {
            name: value
            for name in same_names.split()
            if (value := _entry(properties, name, _ABSENT)) is not _ABSENT
        }
        values |= {name: value for name, value in members.items() if value is not None}
        answers: dict[str, Resolved] = {}
        marks: dict[str, Mark] = {}
        for name, value in values.items():
            mark = key_marks.get(name) or self.marks.get(id(value))
            if mark is not None:
                marks[name] = mark
            answers[name] = self._answered(value) if isinstance(value, PLACED) else value
        return AnswerObject(answers, self.origin, marks)

    def _answered(self, value: Resolved) -> Resolved:
        """The value as an answer; scenarios share those of properties that they share."""
        if not isinstance(value, dict | list) or id(value) not in self.marks:
            return answered(value, self.origin)
        if id(value) not in self.known_answers:
            self.known_answers[id(value)] = answered(value, self.origin)
        return self.known_answers[id(value)]

    def locate(self, answer: AnswerObject, **properties: str) -> None:
        """Say which property each member of an answer comes from, if its value is another one."""
        for member_name, property_name in properties.items():
            mark = self.properties.key_marks.get(property_name)
            if mark is not None and member_name in answer:
                answer.marks.setdefault(member_name, mark)

    def object_at(self, value: Resolved, /, **members: Resolved) -> AnswerObject:
        """An object of an answer, at the place of an object of the properties."""
        mark = value.mark if isinstance(value, ResolvedObject) else None
        origin = self.origin
        if mark is not None and mark.line:
            origin = evolve(origin, line=mark.line, column=mark.column)
        present = {name: member for name, member in members.items() if member is not None}
        answers = {name: answered(member, origin) for name, member in present.items()}
        return AnswerObject(answers, origin)

    def tags(self, name: str = "Tags") -> Resolved:
        """The tags as most APIs describe them."""
        tags = self.get(name, [])
        if isinstance(tags, dict):
            return [{"Key": key, "Value": value} for key, value in tags.items()]
        return tags


def as_list(value: Resolved) -> list[Any]:
    """The items of a list property; one item stands for itself, an absent list is empty."""
    if value is None:
        return []
    return list(list.__iter__(value)) if isinstance(value, list) else [value]


def listed(value: Resolved) -> Resolved:
    """A list property, in which one item stands for itself; what is not known stays as it is."""
    is_item = isinstance(value, Mapping) or (isinstance(value, str) and why_of(value) is None)
    return [value] if is_item else value


def camel_case(value: Resolved) -> Resolved:
    """The value with the keys of its objects as APIs have them that begin with a small letter."""
    if isinstance(value, dict):
        return {key[:1].lower() + key[1:]: camel_case(member) for key, member in value.items()}
    return [camel_case(item) for item in value] if isinstance(value, list) else value


def member(value: Resolved, name: str, default: object = None) -> Resolved:
    """The member of an object; an unknown object has unknown members, and so has no object."""
    if isinstance(value, Mapping):
        return _entry(value, name, default)
    if value is None:
        return None
    unknown = why_of(value)
    return _malformed(f"{name}: is not in an object") if unknown is None else unknown


_ABSENT = object()


def _entry(properties: Mapping[str, Resolved], name: str, default: object) -> Resolved:
    """The property of a name; in other letters, it is meant too, as AWS would reject it."""
    value = properties.get(name, _ABSENT)
    if value is not _ABSENT or type(properties) is not ResolvedObject:
        return default if value is _ABSENT else value
    letters = name.lower()
    return next((other for key, other in properties.items() if key.lower() == letters), default)


def _malformed(detail: str) -> Unknown:
    return Unknown.because(Why.MALFORMED, detail=detail)


_TRUE, _FALSE = frozenset(("true", "yes", "on")), frozenset(("false", "no", "off"))
"""What CloudFormation takes for booleans, which are those of YAML 1.1."""


def is_true(value: object) -> bool:
    """Whether a truth value, which may be a text, is true for certain."""
    return str(value).lower() in _TRUE


def either(value: Resolved, *, yes: object, no: object) -> Resolved:
    """What a truth value chooses; why it is not known where it is not."""
    unknown = why_of(value)
    if unknown is not None:
        return unknown
    return yes if is_true(value) else no


def exact(value: Resolved) -> Resolved:
    """The value where all of it is known; else why it is not."""
    unknown = why_of(value)
    return value if unknown is None else unknown


def truth_of(value: Resolved) -> bool | Unknown:
    """Whether a boolean property is true; absent means false, and what is no boolean is unknown."""
    unknown = why_of(value)
    if unknown is not None:
        return unknown
    if value is None or str(value).lower() in _TRUE | _FALSE:
        return is_true(value)
    return _malformed(f"{str(value)[:80]}: is not a boolean")


def follow(value: Resolved, *names: str) -> Resolved:
    """What the names lead to; why it is not known; ``None``: it is not given.

    CloudFormation rejects a list or a text in place of an object, so that its members are unknown.
    """
    for name in names:
        if value is None:
            return None
        if not isinstance(value, dict):
            unknown = why_of(value)
            return _malformed(f"{name}: is not in an object") if unknown is None else unknown
        # An answer would raise at an unknown member.
        value = (
            _entry(value, name, None) if type(value) is ResolvedObject else dict.get(value, name)
        )
    return value


def shown(value: Resolved) -> Resolved:
    """A name as a plain text, where a part that is not known shows as its reason."""
    if isinstance(value, Unknown):
        return vague([value])
    if isinstance(value, dict | list):
        return "<not a text>"
    return str(value) if isinstance(value, str) else value


def vague(values: Iterable[object]) -> str:
    """An id that nothing has, for a peer that is not known: ``<parameter Office>``."""
    unknowns = [unknown for unknown in map(why_of, values) if unknown is not None]
    if not unknowns:
        return "<not understood>"
    cause = unknowns[0].causes[0]
    return f"<{cause.detail or cause.why.value}>"
