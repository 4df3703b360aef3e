"""Writes the extract of the schema of the AWS provider that the remediation examples need.

python tools/terraform_schema.py SCHEMA.json

SCHEMA.json is what ``terraform providers schema -json`` prints in a folder whose configuration
requires ``hashicorp/aws``. The extract has the types that ``docs/remediation`` uses.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
EXTRACT = ROOT / "tests" / "docs" / "terraform_schema.json"
PROVIDER = "registry.terraform.io/hashicorp/aws"
LEFT_OUT = {"timeouts", "tags_all"}


def main(path: str) -> int:
    """Write the extract, and name the types that the provider does not have."""
    schema = json.loads(Path(path).read_text(encoding="utf-8"))["provider_schemas"][PROVIDER]
    sources = {"resource": schema["resource_schemas"], "data": schema["data_source_schemas"]}
    examples = [file.read_text(encoding="utf-8") for file in (ROOT / "docs/remediation").glob("*")]
    types = {mode: used_types(examples, mode) for mode in sources}
    extract = {"source": f"{PROVIDER}, the types that docs/remediation uses"}
    for mode, schemas in sources.items():
        known = [type_ for type_ in types[mode] if type_ in schemas]
        extract[mode] = {type_: extract_of(schemas[type_]["block"]) for type_ in known}
        for type_ in sorted(set(types[mode]) - set(known)):
            print(f"no such type: {type_}")
    EXTRACT.write_text(json.dumps(extract, indent=1) + "\n", encoding="utf-8")
    return 0


def used_types(examples: Iterable[str], mode: str) -> list[str]:
    """The types of a mode, ``resource`` or ``data``, that the examples declare."""
    declared = re.compile(rf'^{mode} "(\w+)"', re.MULTILINE)
    return sorted({type_ for example in examples for type_ in declared.findall(example)})


def extract_of(block: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a type, and the attributes that only the provider sets."""
    attributes = block.get("attributes", {})
    computed = {name for name, attribute in attributes.items() if not _is_argument(attribute)}
    return {"arguments": _fields(block), "attributes": sorted(computed - LEFT_OUT)}


def _is_argument(attribute: Mapping[str, Any]) -> bool:
    return bool(attribute.get("required") or attribute.get("optional"))


def _fields(block: Mapping[str, Any]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, attribute in block.get("attributes", {}).items():
        if name not in LEFT_OUT and _is_argument(attribute):
            fields[name] = _argument(attribute)
    for name, nested in block.get("block_types", {}).items():
        if name not in LEFT_OUT:
            required = nested.get("min_items", 0) > 0
            fields[name] = {"required": required, "fields": _fields(nested["block"])}
    return dict(sorted(fields.items()))


def _argument(attribute: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a word, or an object
    """``required`` or ``optional``; with fields if its elements are objects."""
    required = bool(attribute.get("required"))
    if "nested_type" in attribute:
        return {"required": required, "fields": _fields(attribute["nested_type"])}
    members = _members(attribute.get("type"))
    if members is not None:
        return {"required": required, "fields": dict.fromkeys(sorted(members), "optional")}
    return "required" if required else "optional"


def _members(type_: Any) -> Iterable[str] | None:  # noqa: ANN401 - a type as Terraform writes it
    """The members of a list or set of objects, such as ``["set", ["object", {...}]]``."""
    if isinstance(type_, list) and type_[0] in ("list", "set"):
        inner = type_[1]
        if isinstance(inner, list) and inner[0] == "object":
            return inner[1]
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
