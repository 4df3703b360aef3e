"""The JSON Schema of the baseline file, for editors: derived from the records that load it.

Editors read it through the line ``#:schema`` of the file (Taplo, and Even Better TOML for VS Code;
Tombi). It says everything about a single table, and nothing about several: whether a name is
declared, a date is early enough or a bucket is declared twice is left to `Baseline.load`.

Draft 7, without references and without ``allOf`` beside ``properties``: Taplo completes keys only
where the schema of the table stands there itself.
"""

from __future__ import annotations

import inspect
import json
import re
import types
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import attrs

from cloudpack_baseline._version import __version__
from cloudpack_baseline.baseline._consistency import MEMBERSHIP, needs_customers_decision
from cloudpack_baseline.baseline._patterns import URL
from cloudpack_baseline.baseline._structure import fields_in_file
from cloudpack_baseline.baseline.declarations import (
    Account,
    Attestation,
    Baseline,
    BucketDeclaration,
    Segment,
    Waiver,
)
from cloudpack_baseline.baseline.formats import Catalogued, Reference, ValueRule
from cloudpack_baseline.tables import read_table
from cloudpack_baseline.whitepaper import Catalogue, attested

__all__ = ["SCHEMA_NAME", "attribute_descriptions", "baseline_schema", "schema_text"]

SCHEMA_NAME = "cloudpack-baseline.schema.json"
"""The name of the file that `cloudpack-baseline init` writes next to the baseline file."""

_DATE = {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
_PLAIN: Mapping[type, Mapping[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    date: _DATE,
}


def baseline_schema(catalogue: Catalogue) -> dict[str, Any]:
    """The schema of a baseline file, and of the table ``[tool.cloudpack-baseline]``.

    Args:
        catalogue: the controls, clauses and promises that the file may name.

    Returns:
        JSON values. Descriptions are in English, then in Japanese.
    """
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$comment": f"Written by cloudpack-baseline {__version__}: cloudpack-baseline schema",
        "title": "cloudpack-baseline.toml",
        **_table(Baseline, catalogue),
    }


def schema_text(catalogue: Catalogue) -> str:
    """The schema as the text of a file."""
    return json.dumps(baseline_schema(catalogue), ensure_ascii=False, indent=1) + "\n"


def _of(  # noqa: PLR0911 - one line for each form of annotation
    annotation: Any,  # noqa: ANN401 - any annotation
    catalogue: Catalogue,
) -> dict[str, Any]:
    """The schema of the values that `Structurer.structure` takes for the annotation."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, types.UnionType):
        return _of(arguments[0], catalogue)
    if origin is Annotated:
        schema = _of(arguments[0], catalogue)
        for rule in arguments[1:]:
            schema |= _keywords(rule, catalogue)
        return schema
    if origin is Literal:
        return {**_PLAIN[type(arguments[0])], "enum": list(arguments)}
    if origin is tuple:
        return {"type": "array", "items": _of(arguments[0], catalogue)}
    if origin is Mapping:
        return {
            "type": "object",
            **_key_names(arguments[0]),
            "additionalProperties": _of(arguments[1], catalogue),
        }
    if attrs.has(annotation):
        return _table(annotation, catalogue)
    return dict(_PLAIN[annotation])


def _keywords(rule: ValueRule | Reference | Catalogued, catalogue: Catalogue) -> Mapping[str, Any]:
    if isinstance(rule, Reference):
        return {}  # what other tables declare
    if isinstance(rule, Catalogued):
        return _named(_names(rule.noun, catalogue))
    return rule.keywords()


def _key_names(annotation: Any) -> dict[str, Any]:  # noqa: ANN401 - any annotation
    if get_origin(annotation) is not Annotated:
        return {}
    (rule,) = get_args(annotation)[1:]
    return {"propertyNames": rule.keywords()}


def _names(noun: str, catalogue: Catalogue) -> Mapping[str, str]:
    """What the catalogue has of the kind: by ID, what it is."""
    if noun == "control":
        return {
            control.id: _in_both(control.title["en"], control.title["ja"])
            for control in catalogue.controls.values()
        }
    if noun == "attested promise":
        return {
            id_: _in_both(promise.title["en"], promise.title["ja"])
            for id_, promise in attested(catalogue).items()
        }
    return _clauses(catalogue)


def _clauses(catalogue: Catalogue) -> Mapping[str, str]:
    """The clauses, with the chapters above them, in the order of the paper."""
    names: dict[str, str] = {}
    for number, clause in catalogue.clauses.items():
        levels = number.split(".")
        for length in range(1, len(levels)):
            names.setdefault(".".join(levels[:length]), "")
        names[number] = _in_both(clause.heading_en, clause.heading)
    return names


def _named(names: Mapping[str, str]) -> dict[str, Any]:
    """One of the names; Taplo shows what each is."""
    return {
        "enum": list(names),
        "x-taplo": {"docs": {"enumValues": [words or None for words in names.values()]}},
    }


def _table(kind: type, catalogue: Catalogue) -> dict[str, Any]:
    fields = fields_in_file(kind)
    required = [name for name, (field, _) in fields.items() if field.default is attrs.NOTHING]
    return {
        "type": "object",
        "properties": {
            name: _property(kind, name, field, annotation, catalogue)
            for name, (field, annotation) in fields.items()
        },
        **({"required": required} if required else {}),
        "additionalProperties": False,
        **_rules(kind, catalogue),
    }


def _property(
    kind: type,
    name: str,
    field: attrs.Attribute[Any],
    annotation: Any,  # noqa: ANN401 - any annotation
    catalogue: Catalogue,
) -> dict[str, Any]:
    english = attribute_descriptions(kind).get(field.name, "")
    japanese = _japanese().get(kind.__name__, {}).get(name, "")
    if options := field.metadata.get("tables"):
        schema = _options({**options, **catalogue.options}, catalogue)
    else:
        schema = _of(annotation, catalogue)
    default = _default(field)
    return {
        **({"description": words} if (words := _in_both(english, japanese)) else {}),
        **schema,
        **({"default": default} if default is not None else {}),
    }


def _options(kinds: Mapping[str, type], catalogue: Catalogue) -> dict[str, Any]:
    """The tables of options, by the ID of the control."""
    titles = _names("control", catalogue)
    return {
        "type": "object",
        "properties": {
            id_: {"description": titles.get(id_, id_), **_table(kinds[id_], catalogue)}
            for id_ in sorted(kinds)
        },
        "additionalProperties": False,
    }


def _default(field: attrs.Attribute[Any]) -> Any:  # noqa: ANN401 - any JSON value
    """The default of a plain value or a list of them; ``None``: none that a user would write."""
    default = field.default
    if isinstance(default, tuple):
        return list(default) or None
    return default if isinstance(default, str | int) and default != "" else None


# -- what a table says as a whole


def _rules(kind: type, catalogue: Catalogue) -> dict[str, Any]:
    """The keywords for the combinations of keys that `inconsistencies` rejects in one table."""
    if kind is Account:
        return {"dependencies": {"role_arn": _properties(profile=False)}}
    if kind is Segment:
        return {"anyOf": [_filled(key) for key in MEMBERSHIP]}
    if kind is BucketDeclaration:
        return {"dependencies": _exposure_rules()}
    if kind is Waiver:
        return _customers_decision(catalogue)
    if kind is Attestation:
        return {"dependencies": {"sha256": _properties(evidence={"not": {"pattern": URL}})}}
    return {}


def _properties(**properties: Any) -> dict[str, Any]:  # noqa: ANN401 - any schema
    """A condition for some keys; Tombi takes all others for unknown unless they are allowed."""
    return {"properties": properties, "additionalProperties": True}


def _exposure_rules() -> dict[str, Any]:
    """By the key that is set: what `exposure` needs, and what needs `exposure`."""
    rules: dict[str, Any] = {}
    needs = []
    for pair in (("networks", "endpoints"), ("accounts", "organizations")):
        exposed = {"required": ["exposure"], **_properties(exposure=_contains(pair[0]))}
        for key in pair:
            rules[key] = {"if": _filled(key), "then": exposed}
        needs.append({"if": exposed, "then": {"anyOf": list(map(_filled, pair))}})
    opened = {"required": ["exposure"], **_properties(exposure={"not": _contains("private")})}
    rules |= {"access": opened, "objects": opened}
    alone = {"if": _contains("private"), "then": {"maxItems": 1}}
    rules["exposure"] = {"allOf": [*needs, _properties(exposure=alone)]}
    return rules


def _contains(text: str) -> dict[str, Any]:
    return {"contains": {"const": text}}


def _filled(key: str) -> dict[str, Any]:
    """The key is set, to a list or table that is not empty."""
    return {"required": [key], **_properties(**{key: {"minItems": 1, "minProperties": 1}})}


def _customers_decision(catalogue: Catalogue) -> dict[str, Any]:
    """4.7.2: a waiver of its controls needs the customer's decision and a ticket."""
    ids = [id_ for id_, control in catalogue.controls.items() if needs_customers_decision(control)]
    decided = {
        "required": ["approved_for", "ticket"],
        **_properties(approved_for={"const": "customer"}),
    }
    return {"if": _properties(control={"enum": ids}), "then": decided}


# -- words


def attribute_descriptions(kind: type) -> Mapping[str, str]:
    """What the docstring of a class says of each attribute, in one line; Markdown."""
    docstring = inspect.cleandoc(kind.__doc__ or "").partition("Attributes:\n")[2]
    entries = re.findall(r"^ {4}(\w+): (.*(?:\n {8}.*)*)", docstring, re.MULTILINE)
    return {name: " ".join(words.split()).replace("``", "`") for name, words in entries}


@cache
def _japanese() -> Mapping[str, Mapping[str, str]]:
    return read_table(__package__, "descriptions_ja")


def _in_both(english: str, japanese: str) -> str:
    """Both languages, a paragraph each: editors show Markdown."""
    english = english[:1].upper() + english[1:]
    return "\n\n".join(filter(None, (english, japanese)))
