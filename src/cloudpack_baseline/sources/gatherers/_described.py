"""The gatherer that follows from a record's own declaration."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial, reduce
from typing import Any, TypeAlias

from attrs import frozen

from cloudpack_baseline.model.arn import Arn
from cloudpack_baseline.model.described import Listed, Settings, descriptions
from cloudpack_baseline.model.reading import (
    is_field,
    member,
    string,
    tags_from,
    value_of,
)
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Origin, Unknown, Why
from cloudpack_baseline.sources.calls import Answer, Calls, Gathered, Listing, both, converted
from cloudpack_baseline.sources.gatherers._gatherer import Gatherer
from cloudpack_baseline.sources.operations import operation

__all__ = ["Thing", "described_gatherer", "further_operations", "gather_listing", "identified"]

_Reply: TypeAlias = Answer | Unknown | None
"""An answer, why there is none, or ``None``: an error that means that there is no such thing."""


@frozen
class Thing:
    """An item of a listing.

    Attributes:
        kind: of the record that it becomes.
        listing: the operation that listed it.
        item: as the listing holds it.
        identity: the fields of every record.
        subject: what names it to further operations.
    """

    kind: type[Record]
    listing: str
    item: Answer
    identity: Mapping[str, Any]
    subject: str


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
        if isinstance(api, Settings)
        else partial(gather_listing, kind, api)
    )
    always, selected = further_operations(kind)
    return Gatherer(
        kind=kind,
        run=run,
        operations=(*api.operations, *always),
        fields=selected,
        regional=api.regional,
    )


def further_operations(kind: type[Record]) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    """The operations beside the kind's own: those always called, and those of each field."""
    further = {name: one for name, one in descriptions(kind).items() if one.operation}
    always = dict.fromkeys(one.operation for one in further.values() if one.always_read)
    selected: dict[str, tuple[str, ...]] = {
        name: (one.operation,) for name, one in further.items() if not one.always_read
    }
    return tuple(always), selected


def gather_listing(
    kind: type[Record], api: Listed, calls: Calls, selected: frozenset[str]
) -> Gathered:
    """A record for each item of the kind's listings."""
    found = Gathered(())
    for key in api.operations:
        listing = _list(calls, key, api)
        made = [
            converted(key, partial(identified, calls, kind, key), item) for item in listing.items
        ]
        things = [thing for thing in made if isinstance(thing, Thing)]
        unknown = reduce(both, (one for one in made if isinstance(one, Unknown)), listing.unknown)
        found += Gathered((), unknown) + _completed(calls, api, things, selected)
    return found


def _list(calls: Calls, key: str, api: Listed) -> Listing:
    if operation(key).items or api.items:
        listing = calls.listing(key, api.items, **api.parameters)
    else:
        answer = calls.get(key, absent=api.none, **api.parameters)
        if isinstance(answer, Unknown):
            return Listing((), answer)
        return Listing(() if answer is None else (answer,))
    unknown = listing.unknown
    if api.none and unknown is not None and all(one.code in api.none for one in unknown.causes):
        return Listing(listing.items)
    return listing


def identified(calls: Calls, kind: type[Record], key: str, item: Answer | str) -> Thing:
    """The thing that the item is, with the fields that every record has.

    Raises:
        Misshapen: what names it is missing or odd.
        ValueError: its ARN is none.
    """
    api = kind.api
    if not isinstance(api, Listed):
        raise TypeError(f"{kind.__name__} is not listed")
    item = {api.id: item} if isinstance(item, str) else item
    arn = _arn(calls, api, item)
    subject = string(item, api.id) if api.id else ""
    identity = {
        "arn": str(arn),
        "account": calls.account,
        "region": (member(item, api.region) or "") if api.region else arn.region,
        "name": _name(kind, api, item) or subject,
        "origin": Origin(operation=key),
    }
    return Thing(kind, key, item, identity, subject)


def _arn(calls: Calls, api: Listed, item: Answer) -> Arn:
    if "{" not in api.arn:
        return Arn.parse(_present(item, api.arn))
    owner = (member(item, api.owner) if api.owner else None) or calls.account
    return Arn.parse(api.arn.format_map(_Members(item, _place(calls) | {"account": owner})))


class _Members(dict[str, str]):
    """What braces of an ARN stand for: members of the item, beside a few names of ours."""

    def __init__(self, item: Answer, names: Mapping[str, str]) -> None:
        super().__init__(names)
        self._item = item

    def __missing__(self, key: str) -> str:
        return string(self._item, key)


def _present(item: Answer, path: str) -> str:
    value = member(item, path)
    return string({path: value}, path) if value is not None else string(item, path)


def _place(calls: Calls) -> dict[str, str]:
    return {"partition": calls.partition, "region": calls.region, "account": calls.account}


def _name(kind: type[Record], api: Listed, item: Answer) -> str:
    if callable(api.name):
        return api.name(item)
    if api.name:
        return member(item, api.name) or ""
    tags = descriptions(kind).get("tags")
    return dict(tags_from(member(item, tags.path))).get("Name", "") if tags else ""


def _completed(
    calls: Calls, api: Listed, things: Iterable[Thing], selected: frozenset[str]
) -> Gathered:
    """The records of the things, with what further operations say of them."""
    found = Gathered(())
    for thing, replies in _asked(calls, api, tuple(things), selected):
        if replies and all(_is_gone(reply, api.gone) for reply in replies.values()):
            continue
        made = _record(thing, replies)
        found += Gathered((), made) if isinstance(made, Unknown) else Gathered((made,))
    return found


def _asked(
    calls: Calls, api: Listed, things: tuple[Thing, ...], selected: frozenset[str]
) -> Iterator[tuple[Thing, dict[str, _Reply]]]:
    """Each thing with the replies about it: one call an operation, all of them at once."""
    if not things:
        return
    asked = _selected_operations(things[0].kind, selected)
    questions = [(index, key) for index in range(len(things)) for key in asked]

    def ask(question: tuple[int, str]) -> _Reply:
        index, key = question
        place = calls.in_region(things[index].identity["region"] or calls.region)
        named = {operation(key).subject: things[index].subject}
        return _ask(place if api.region else calls, key, asked[key], **named)

    replies: list[dict[str, _Reply]] = [{} for _ in things]
    for (index, key), reply in zip(questions, calls.map(ask, questions), strict=True):
        replies[index][key] = reply
    yield from zip(things, replies, strict=True)


def _selected_operations(
    kind: type[Record], selected: frozenset[str]
) -> dict[str, tuple[str, ...]]:
    """The further operations to call, each with the error codes that mean that there is none."""
    found: dict[str, tuple[str, ...]] = {}
    for name, one in descriptions(kind).items():
        if one.operation and (one.always_read or name in selected):
            found[one.operation] = (*found.get(one.operation, ()), *one.absent)
    return dict(sorted(found.items()))


def _ask(calls: Calls, key: str, absent: tuple[str, ...], **parameters: object) -> _Reply:
    one = operation(key)
    if not one.items:
        return calls.get(key, absent=absent, **parameters)
    listing = calls.listing(key, **parameters)
    return {one.items: list(listing.items)} if listing.unknown is None else listing.unknown


def _is_gone(reply: _Reply, gone: tuple[str, ...]) -> bool:
    return isinstance(reply, Unknown) and any(cause.code in gone for cause in reply.causes)


def _record(thing: Thing, replies: Mapping[str, _Reply]) -> Record | Unknown:
    """The record; unknown where a field that cannot be unknown is odd."""
    values: dict[str, Any] = {}
    for name, description in descriptions(thing.kind).items():
        key = description.operation or thing.listing
        reply = replies.get(key, _not_gathered(key)) if description.operation else thing.item
        value = field_value(thing.kind, name, key, reply)
        if isinstance(value, Unknown) and not is_field(thing.kind, name):
            return value
        values[name] = value
    return converted(thing.listing, lambda _: thing.kind(**thing.identity, **values), {})


def _not_gathered(key: str) -> Unknown:
    return Unknown.because(Why.NOT_GATHERED, operation=key)


def field_value(kind: type[Record], name: str, key: str, reply: _Reply) -> Any:  # noqa: ANN401 - of the field
    """The field's value, from the reply that describes it."""
    if isinstance(reply, Unknown):
        return reply
    return converted(key, partial(value_of, kind, name), reply)


def _gather_settings(
    kind: type[Record], api: Settings, calls: Calls, selected: frozenset[str]
) -> Gathered:
    """The one record of the account, or of the region."""
    further = _selected_operations(kind, selected)
    keys = {api.operation: api.absent} | further
    replies = {key: _ask(calls, key, absent) for key, absent in keys.items()}
    values = {}
    for name, description in descriptions(kind).items():
        key = description.operation or api.operation
        values[name] = field_value(kind, name, key, replies.get(key, _not_gathered(key)))
    record = kind(
        arn=api.arn.format(**_place(calls)),
        account=calls.account,
        region=calls.region if api.regional else "",
        name=api.name.format(**_place(calls)),
        origin=Origin(operation=api.operation),
        **values,
    )
    return Gathered((record,))
