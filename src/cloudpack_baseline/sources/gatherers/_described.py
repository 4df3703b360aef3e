"""The gatherer that follows from a record's own declaration."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from types import MappingProxyType
from typing import Any, TypeAlias, TypeVar, cast

from attrs import evolve

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.arn import Arn
from cloudpack_baseline.model.described import Description, Listed, Singular, descriptions
from cloudpack_baseline.model.reading import (
    FieldReader,
    Misshapen,
    field_readers,
    is_field,
    member,
    string,
    tags_from,
)
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Origin, Unknown, Why
from cloudpack_baseline.sources.calls import Answer, Calls, Gathered, Listing, converted, known_of
from cloudpack_baseline.sources.gatherers._gatherer import Gatherer
from cloudpack_baseline.sources.located import (
    AnswerList,
    AnswerObject,
    documents_within,
    origin_within,
)
from cloudpack_baseline.sources.operations import operation

__all__ = [
    "Answered",
    "ListedItem",
    "Reply",
    "complete_each",
    "described_gatherer",
    "gather_listing",
    "list_items",
    "records_below",
    "records_of",
]

R = TypeVar("R", bound=Record)

Reply: TypeAlias = Answer | Unknown | None
"""An answer, why there is none, or ``None``: an error that means that there is no such thing."""


@frozen
class ListedItem:
    """An item of a listing.

    Attributes:
        kind: the class of its record.
        listing: the operation that listed it.
        item: the item, as listed.
        identity: the fields that every record has.
        subject: what identifies it for further operations.
        replies: what the operations replied that are asked before the others.
    """

    kind: type[Record]
    listing: str
    item: Answer
    identity: Mapping[str, Any]
    subject: str
    replies: Mapping[str, Reply] = MappingProxyType({})


Answered: TypeAlias = Callable[[Calls, ListedItem], Reply]
"""Answers a further operation about a thing, in its region."""


def described_gatherer(kind: type[Record]) -> Gatherer:
    """The gatherer of a kind whose declaration says all.

    Raises:
        LookupError: the kind declares nothing.
    """
    api = kind.api
    if api is None:
        raise LookupError(f"nothing gathers {kind.__name__}")
    run = (
        partial(_gather_settings, kind, api)
        if isinstance(api, Singular)
        else partial(gather_listing, kind, api)
    )
    always, selected = _further_operations(kind)
    return Gatherer(
        kind=kind,
        run=run,
        operations=(*api.operations, *always),
        fields=selected,
        regional=api.regional,
        among=_among(kind, api) if isinstance(api, Listed) else {},
    )


def _among(kind: type[Record], api: Listed) -> dict[str, tuple[str, str, str]]:
    further = {
        description.operation
        for description in descriptions(kind).values()
        if description.operation
    }
    return dict.fromkeys(sorted(further), (api.operations[0], api.items, api.id))


def _further_operations(kind: type[Record]) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    """The operations beside the kind's own: those always called, and those of each field."""
    further = {
        name: description
        for name, description in descriptions(kind).items()
        if description.operation
    }
    always = dict.fromkeys(
        description.operation for description in further.values() if description.always_read
    )
    selected: dict[str, tuple[str, ...]] = {
        name: (description.operation,)
        for name, description in further.items()
        if not description.always_read
    }
    return tuple(always), selected


def gather_listing(
    kind: type[Record], api: Listed, calls: Calls, selected: frozenset[str]
) -> Gathered:
    """A record for each item of the kind's listings."""
    return Gathered.joined(
        records_of(calls, kind, key, list_items(calls, key, api), selected)
        for key in api.operations
    )


def complete_each(calls: Calls, gathered: Gathered, complete: Callable[[R], Record]) -> Gathered:
    """The gathered records, each completed by further calls.

    Args:
        calls: run them concurrently.
        gathered: what the gatherer of one kind made: records of that kind.
        complete: takes a record of that kind.
    """
    records = cast("tuple[R, ...]", gathered.records)
    return evolve(gathered, records=tuple(calls.map(complete, records)))


def records_of(  # noqa: PLR0913 - what one listing takes
    calls: Calls,
    kind: type[Record],
    key: str,
    listing: Listing,
    selected: frozenset[str],
    *,
    answered: Mapping[str, Answered] = MappingProxyType({}),
    asked_before: Collection[str] = (),
) -> Gathered:
    """A record for each item of a listing; a malformed item is reported, and affects only itself.

    Args:
        calls: calls to the account and Region.
        kind: of the records.
        key: the operation that listed the items.
        listing: the items.
        selected: the fields to read that need separate calls.
        answered: for further operations: what answers instead of the plain call.
        asked_before: further operations whose replies `answered` needs.
    """
    identify = partial(_identified, calls, kind, key)
    listed, unknown = known_of(
        (converted(key, identify, item) for item in listing.items), listing.unknown
    )
    operations = _selected_operations(kind, selected)
    before = {key: operations[key] for key in operations if key in asked_before}
    if before:
        replies = _asked(calls, listed, before, {})
        listed = tuple(
            evolve(item, replies=replies_of_item)
            for item, replies_of_item in zip(listed, replies, strict=True)
        )
    after = {key: operations[key] for key in operations if key not in asked_before}
    completed = _completed(calls, listed, _asked(calls, listed, after, answered))
    return Gathered.joined([completed], unknown)


def records_below(  # noqa: PLR0913 - what two listings take
    calls: Calls,
    kind: type[Record],
    parents: str,
    name: str,
    key: str,
    *,
    selected: frozenset[str],
    answered: Mapping[str, Callable[[str, Calls, ListedItem], Reply]],
) -> Gathered:
    """A record for each item of the listings that another listing leads to.

    Args:
        calls: calls to the account and Region.
        kind: of the records.
        parents: the operation that lists the parents.
        name: the member that names a parent, and the parameter of `key`.
        key: the operation that lists the items of a parent.
        selected: the fields to read that need separate calls.
        answered: for further operations: what answers, given the name of the parent.
    """
    listing = calls.listing(parents)
    names, unknown = known_of(
        (converted(parents, lambda parent: string(parent, name), item) for item in listing.items),
        listing.unknown,
    )
    listings = calls.map(lambda parent: calls.listing(key, **{name: parent}), names)
    gathered = []
    for parent, items in zip(names, listings, strict=True):
        answers = {operation_: partial(answer, parent) for operation_, answer in answered.items()}
        gathered.append(records_of(calls, kind, key, items, selected, answered=answers))
    return Gathered.joined(gathered, unknown)


def list_items(calls: Calls, key: str, api: Listed) -> Listing:
    """The items of one of the kind's listings."""
    if operation(key).items or api.items:
        listing = calls.listing(key, api.items, **api.parameters)
    else:
        answer = calls.get(key, absent=api.absent, **api.parameters)
        if isinstance(answer, Unknown):
            return Listing((), answer)
        return Listing(() if answer is None else (answer,))
    unknown = listing.unknown
    if (
        api.absent
        and unknown is not None
        and all(cause.code in api.absent for cause in unknown.causes)
    ):
        return Listing(listing.items)
    return listing


def _identified(calls: Calls, kind: type[Record], key: str, item: Answer | str) -> ListedItem:
    """The thing that the item is, with the fields that every record has.

    Raises:
        Misshapen: its name or ARN is missing or malformed.
        ValueError: its ARN is none.
    """
    api = kind.api
    if not isinstance(api, Listed):
        raise TypeError(f"{kind.__name__} is not listed")
    item = {api.id: item} if isinstance(item, str) else item
    arn = _arn(calls, api, item)
    subject = string(item, api.id) if api.id else ""
    # A template that may be deployed to any Region has ARNs with <AWS-Region>.
    region = calls.region if arn.region.startswith("<") else arn.region
    identity = {
        "arn": str(arn),
        "account": calls.account,
        "region": _optional(item, api.region) if api.region else region,
        "name": _name(kind, api, item, subject),
        "origin": getattr(item, "origin", None) or Origin(operation=key),
    }
    return ListedItem(kind, key, item, identity, subject)


def _arn(calls: Calls, api: Listed, item: Answer) -> Arn:
    if "{" not in api.arn:
        return Arn.parse(_present(item, api.arn))
    owner = (_optional(item, api.owner) if api.owner else "") or calls.account
    return Arn.parse(api.arn.format_map(_Members(item, _place(calls) | {"account": owner})))


class _Members(dict[str, str]):
    """The values for braces in an ARN: members of the item, and a few other names."""

    def __init__(self, item: Answer, names: Mapping[str, str]) -> None:
        super().__init__(names)
        self._item = item

    def __missing__(self, key: str) -> str:
        return string(self._item, key)


def _present(item: Answer, path: str) -> str:
    value = member(item, path)
    return string({path: value}, path) if value is not None else string(item, path)


def _optional(item: Answer, path: str) -> str:
    value = member(item, path)
    return "" if value is None else string({path: value}, path)


def _place(calls: Calls) -> dict[str, str]:
    return {"partition": calls.partition, "region": calls.region, "account": calls.account}


def _name(kind: type[Record], api: Listed, item: Answer, subject: str) -> str:
    if callable(api.name):
        return api.name(item)
    if api.name:
        return (_optional(item, api.name) or subject) if subject else _present(item, api.name)
    tags = descriptions(kind).get("tags")
    try:
        names = dict(tags_from(member(item, tags.path))) if tags else {}
    except Misshapen as error:
        if error.unknown is None:
            raise
        return subject  # its tags may be any
    return names.get("Name") or subject


def _completed(
    calls: Calls, listed: Sequence[ListedItem], replies: Iterable[Mapping[str, Reply]]
) -> Gathered:
    """The records of the things, with what further operations say of them."""
    if not listed:
        return Gathered(())
    kind = listed[0].kind
    gone = kind.api.gone if isinstance(kind.api, Listed) else ()
    records = []
    for item, later in zip(listed, replies, strict=True):
        of_item = {**item.replies, **later}
        if not of_item or not all(_is_gone(reply, gone) for reply in of_item.values()):
            records.append(_known_record(calls, item, of_item))
    return Gathered(*known_of(records))


def _asked(
    calls: Calls,
    listed: Sequence[ListedItem],
    operations: Mapping[str, tuple[str, ...]],
    answered: Mapping[str, Answered],
) -> list[dict[str, Reply]]:
    """The replies about each thing: one call an operation, all of them at once."""
    questions = [(index, key) for index in range(len(listed)) for key in operations]

    def ask(question: tuple[int, str]) -> Reply:
        index, key = question
        item = listed[index]
        place = calls.in_region(item.identity["region"] or calls.region)
        if key in answered:
            return answered[key](place, item)
        return _ask(place, key, operations[key], **operation(key).about(item.subject))

    replies: list[dict[str, Reply]] = [{} for _ in listed]
    for (index, key), reply in zip(questions, calls.map(ask, questions), strict=True):
        replies[index][key] = reply
    return replies


def _selected_operations(
    kind: type[Record], selected: frozenset[str]
) -> dict[str, tuple[str, ...]]:
    """The further operations to call, each with the error codes that mean that there is none."""
    operations: dict[str, tuple[str, ...]] = {}
    for name, description in descriptions(kind).items():
        if description.operation and (description.always_read or name in selected):
            operations[description.operation] = (
                *operations.get(description.operation, ()),
                *description.absent,
            )
    return dict(sorted(operations.items()))


def _ask(calls: Calls, key: str, absent: tuple[str, ...], **parameters: object) -> Reply:
    api_operation = operation(key)
    if not api_operation.items:
        return calls.get(key, absent=absent, **parameters)
    listing = calls.listing(key, **parameters)
    if listing.unknown is not None:
        return listing.unknown
    return AnswerObject({api_operation.items: AnswerList(listing.items)})


def _is_gone(reply: Reply, gone: tuple[str, ...]) -> bool:
    return isinstance(reply, Unknown) and any(cause.code in gone for cause in reply.causes)


def _known_record(calls: Calls, item: ListedItem, replies: Mapping[str, Reply]) -> Record | Unknown:
    if calls.known is None:
        return _record(item, replies)
    key = item.kind, item.listing, item.identity["arn"]
    answers = item.identity, item.item, replies
    return calls.known.record(key, answers, partial(_record, item, replies))


def _record(item: ListedItem, replies: Mapping[str, Reply]) -> Record | Unknown:
    """The record; unknown if a field that cannot be unknown is malformed."""
    values: dict[str, Any] = {}
    origins: list[tuple[str, Origin]] = []
    for name, read in field_readers(item.kind).items():
        description = read.description
        key = description.operation or item.listing
        reply = replies.get(key, _not_gathered(key)) if description.operation else item.item
        value = _field_value(read, key, reply)
        if isinstance(value, Unknown) and not is_field(item.kind, name):
            return value
        values[name] = value
        if isinstance(reply, AnswerObject):
            origins += _origins(name, description, reply, item.identity["origin"])
    if origins:
        values["origins"] = tuple(origins)
    return converted(item.listing, lambda _: item.kind(**item.identity, **values), {})


def _origins(
    name: str, description: Description, reply: AnswerObject, of_record: Origin | None
) -> Iterator[tuple[str, Origin]]:
    """Where a field is written, if not where its record is, and the statements of its policy."""
    path = description.path
    if path.isidentifier() and reply.raw(path) is None:  # most members are not given
        return
    origin = origin_within(reply, path)
    if origin is not None and origin != of_record:
        yield name, origin
    for statement, place in documents_within(reply, path):
        yield f"{name}{statement}", place


@cache
def _not_gathered(key: str) -> Unknown:
    return Unknown.because(Why.NOT_GATHERED, operation=key)


def _field_value(read: FieldReader, key: str, reply: Reply) -> Any:  # noqa: ANN401 - fields have values of any type
    """The field's value, from the reply that describes it."""
    return reply if isinstance(reply, Unknown) else converted(key, read, reply)


def _gather_settings(
    kind: type[Record], api: Singular, calls: Calls, selected: frozenset[str]
) -> Gathered:
    """The one record of the account, or of the region."""
    further = _selected_operations(kind, selected)
    keys = {api.operation: api.absent} | further
    parameters = {api.operation: api.parameters}
    replies = {
        key: _ask(calls, key, absent, **parameters.get(key, {})) for key, absent in keys.items()
    }
    written_at = getattr(replies[api.operation], "origin", None)
    values: dict[str, Any] = {}
    origins: list[tuple[str, Origin]] = []
    for name, read in field_readers(kind).items():
        key = read.description.operation or api.operation
        reply = replies.get(key, _not_gathered(key))
        values[name] = _field_value(read, key, reply)
        if isinstance(reply, AnswerObject):
            origins += _origins(name, read.description, reply, written_at)
    record = kind(
        arn=api.arn.format(**_place(calls)),
        account=calls.account,
        region=calls.region if api.regional else "",
        name=api.name.format(**_place(calls)),
        origin=Origin(operation=api.operation) if written_at is None else written_at,
        origins=tuple(origins),
        **values,
    )
    return Gathered((record,))
