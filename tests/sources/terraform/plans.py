"""Plans in JSON, as ``terraform show -json`` writes them, from a few resources."""

from __future__ import annotations

import json

from cloudpack_baseline import Baseline, assess
from cloudpack_baseline.judging import reads_of
from cloudpack_baseline.sources import parse_source
from cloudpack_baseline.whitepaper import select


class PlanBuilder:
    """Builds a plan.

    Each resource has known values, attributes that are known after apply, and the references of
    its configuration.
    """

    def __init__(self, region="ap-northeast-1", version="1.2"):
        self.version = version
        self.region = region
        self.planned = []
        self.changes = []
        self.configured = []
        self.prior = []
        self.calls = {}
        self.children = []

    def add(self, address, values=None, unknown=(), references=None, **fields):
        """A managed resource of the root module."""
        type_, _, rest = address.partition(".")
        name, _, index = rest.partition("[")
        resource = {"address": address, "mode": "managed", "type": type_, "name": name}
        if index:
            key = index.rstrip("]")
            resource["index"] = int(key) if key.isdigit() else key.strip('"')
        self.planned.append(
            resource | {"values": values or {}, "sensitive_values": fields.pop("sensitive", {})}
        )
        after_unknown = unknown if isinstance(unknown, dict) else dict.fromkeys(unknown, True)
        change = {"actions": ["create"], "after": values or {}, "after_unknown": after_unknown}
        self.changes.append(resource | {"change": change})
        self.configure(type_, name, values, references)
        return self

    def configure(self, type_, name, values, references, mode="managed"):
        """A resource of the configuration, once for all its instances."""
        expressions = {name: constant(value) for name, value in (values or {}).items()}
        for attribute, names in (references or {}).items():
            expressions[attribute] = merged(expressions.get(attribute), expression(names))
        entry = {"mode": mode, "type": type_, "name": name, "provider_config_key": "aws"}
        if not any(known["type"] == type_ and known["name"] == name for known in self.configured):
            self.configured.append(entry | {"expressions": expressions})

    def data(self, name, values, unknown, references):
        """A policy document that is read during apply."""
        resource = {"mode": "data", "type": "aws_iam_policy_document", "name": name}
        change = {"actions": ["read"], "after": values, "after_unknown": unknown | {"json": True}}
        address = f"data.aws_iam_policy_document.{name}"
        self.changes.append(resource | {"address": address, "change": change})
        self.configure("aws_iam_policy_document", name, {}, references, mode="data")
        return self

    def document(self, **fields):
        """The plan."""
        expressions = {"region": {"constant_value": self.region}} if self.region else {}
        root = {"resources": self.planned, "child_modules": self.children}
        return {
            "format_version": self.version,
            "terraform_version": "1.9.0",
            "planned_values": {"root_module": root},
            "resource_changes": self.changes,
            "prior_state": {"values": {"root_module": {"resources": self.prior}}},
            "configuration": {
                "provider_config": {"aws": {"name": "aws", "expressions": expressions}},
                "root_module": {"resources": self.configured, "module_calls": self.calls},
            },
        } | fields

    def write(self, folder, **fields):
        """The plan as a file."""
        file = folder / "plan.json"
        file.write_text(json.dumps(self.document(**fields)), encoding="utf-8")
        return file


def constant(value):
    """The expression of a known value; a list of objects is nested blocks."""
    if isinstance(value, list) and value and all(isinstance(block, dict) for block in value):
        return [{name: constant(inner) for name, inner in block.items()} for block in value]
    return {"constant_value": value}


def merged(known, further):
    """The expressions of blocks of which a part is known."""
    if isinstance(known, list) and isinstance(further, list):
        return [{**first, **second} for first, second in zip(known, further, strict=False)]
    return further


def expression(names):
    """The references of an expression; a list of objects is nested blocks."""
    if isinstance(names, list) and names and isinstance(names[0], dict):
        return [{key: expression(inner) for key, inner in block.items()} for block in names]
    return {"references": [part for name in names for part in _parts(name)]}


def _parts(name):
    yield name
    steps = name.split(".")
    keep = 3 if steps[0] == "data" else 2
    if len(steps) > keep:
        yield ".".join(steps[:keep])


def judge(folder, builder, control, baseline=None, **fields):
    """The findings of a control over a plan, by the address of the resource."""
    with parse_source(f"plan:{builder.write(folder, **fields)}").open() as opened:
        snapshot = opened.gather(reads_of(select([control])))
    findings = assess(snapshot, baseline or Baseline(), controls=[control]).findings
    return {
        finding.resource.origin.path if finding.resource.origin else finding.resource.name: finding
        for finding in findings
    }


def outcomes(*arguments, **fields):
    """The outcome of each finding."""
    return {path: finding.outcome.value for path, finding in judge(*arguments, **fields).items()}
