"""Terraform configurations, held to the schema of the AWS provider.

``terraform_schema.json`` is an extract of the schema of the provider: of the types that the
documentation uses, each argument (``required`` or ``optional``, or its fields) and each attribute.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import hcl2

SCHEMA = json.loads(Path(__file__).with_name("terraform_schema.json").read_text(encoding="utf-8"))
META_ARGUMENTS = {"depends_on", "lifecycle", "provider", "for_each", "count"}
REFERENCE = re.compile(r"\b(data\.)?(aws_\w+)\.(\w+)(?:\[[^\]]*\])?\.(\w+)")
VARIABLE = re.compile(r"\bvar\.(\w+)")


def blocks_of(document, mode):
    """The type, the name and the body of each block of a mode."""
    return [
        (type_.strip('"'), name.strip('"'), body)
        for block in document.get(mode, [])
        for type_, bodies in block.items()
        for name, body in bodies.items()
    ]


def problems_of(text):
    """What the provider would reject in a configuration."""
    document = hcl2.loads(text + "\n")
    declared = {
        (mode, type_, name)
        for mode in ("resource", "data")
        for type_, name, _ in blocks_of(document, mode)
    }
    variables = {name.strip('"') for block in document.get("variable", []) for name in block}
    for mode in ("resource", "data"):
        for type_, name, body in blocks_of(document, mode):
            if type_ not in SCHEMA[mode]:
                yield f"{type_}: the schema has no such type"
                continue
            yield from _problems_of_body(body, SCHEMA[mode][type_]["arguments"], f"{type_}.{name}")
    for data, type_, name, attribute in REFERENCE.findall(text):
        mode = "data" if data else "resource"
        if (mode, type_, name) not in declared:
            yield f"{data}{type_}.{name} is not declared"
        elif attribute not in _attributes(SCHEMA[mode].get(type_)):
            yield f"{data}{type_}.{name} has no attribute {attribute}"
    for name in set(VARIABLE.findall(text)) - variables:
        yield f"var.{name} is not declared"


def _attributes(schema):
    if schema is None:
        return set()
    return {"id", "arn", *schema["arguments"], *schema["attributes"]}


def _problems_of_body(body, arguments, place):
    given = {name for name in body if not name.startswith("__")} - META_ARGUMENTS
    for name in sorted(given - arguments.keys()):
        yield f"{place}: no argument {name}"
    for name, schema in arguments.items():
        required = schema["required"] if isinstance(schema, dict) else schema == "required"
        if required and name not in given:
            yield f"{place}: {name} is required"
        if isinstance(schema, dict):
            for block in _nested(body.get(name, [])):
                yield from _problems_of_body(block, schema["fields"], f"{place}.{name}")


def _nested(value):
    """The blocks or objects of an argument; an expression has none that are known."""
    values = value if isinstance(value, list) else [value]
    return [block for block in values if isinstance(block, dict)]
