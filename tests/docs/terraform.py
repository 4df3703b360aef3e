"""Terraform configurations, held to the schema of the AWS provider.

``terraform_schema.json`` is an extract of the schema of the provider: of the types that the
documentation uses, each argument (``required`` or ``optional``, or its fields) and each attribute.
``tools/terraform_schema.py`` writes it.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import hcl2

from cloudpack_baseline.sources.cloudformation.values import PLACEHOLDER_ACCOUNT
from sources.terraform.plans import PlanBuilder

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


# As a plan -------------------------------------------------------------------------------------

KNOWN = {
    "data.aws_caller_identity.current.account_id": PLACEHOLDER_ACCOUNT,
    "data.aws_partition.current.partition": "aws",
    "data.aws_region.current.region": "ap-northeast-1",
}
"""What Terraform reads during the plan; the account is that of files which name none."""


def resources_of(text):
    """The bodies of the resources and of the policy documents, by their address."""
    document = hcl2.loads(text + "\n")
    return {
        f"{'data.' if mode == 'data' else ''}{type_}.{name}": body
        for mode in ("resource", "data")
        for type_, name, body in blocks_of(document, mode)
    }


def plan_of(resources):
    """The plan that creates the resources: references are known after apply."""
    builder = PlanBuilder()
    for address, body in resources.items():
        values, unknown, references = _split({**body})
        if address.startswith("data.aws_iam_policy_document."):
            name = address.rpartition(".")[2]
            builder.data(name, values, unknown or {}, references or {})
        elif not address.startswith("data."):
            computed = {"id": True, "arn": True}
            builder.add(address, values, computed | (unknown or {}), references)
    return builder


def _split(value):
    """What is known of a value, which parts are unknown, and the references of those."""
    if isinstance(value, dict):
        parts = {name.strip('"'): _split(inner) for name, inner in value.items() if _given(name)}
        known = {name: part[0] for name, part in parts.items() if part[1] is not True}
        return (
            known,
            {name: part[1] for name, part in parts.items() if part[1]},
            {name: part[2] for name, part in parts.items() if part[2]},
        )
    if isinstance(value, list):
        parts = [_split(inner) for inner in value]
        references = [part[2] for part in parts if part[2]]
        if any(isinstance(inner, dict) for inner in value):
            references = [part[2] or {} for part in parts] if references else None
        else:
            references = [name for names in references for name in names]
        unknown = [part[1] for part in parts]
        return [part[0] for part in parts], unknown if any(unknown) else None, references
    return _split_text(value) if isinstance(value, str) else (value, None, None)


def _given(name):
    return not name.startswith("__") and name not in META_ARGUMENTS


def _split_text(text):
    if text.startswith(('"${jsonencode(', "${jsonencode(")):
        inner = text.strip('"')[len("${jsonencode(") : -2]
        known, unknown, references = _split(hcl2.loads(f"value = {inner}\n")["value"])
        return (None, True, _flat(references)) if unknown else (json.dumps(known), None, None)
    for reference, known in KNOWN.items():
        text = text.replace("${" + reference + "}", known)
    references = [
        f"{data}{type_}.{name}.{last}" for data, type_, name, last in REFERENCE.findall(text)
    ]
    if references:
        return None, True, references
    if heredoc := re.fullmatch(r'"?<<-?(\w+)\n(.*)\n\s*\1"?', text, re.DOTALL):
        return heredoc[2], None, None
    return text.strip('"').replace('\\"', '"'), None, None


def _flat(references):
    if isinstance(references, dict):
        return [name for inner in references.values() for name in _flat(inner)]
    if isinstance(references, list):
        return [name for inner in references for name in _flat(inner)]
    return [references] if references else []
