"""The extract of the provider's schema, from what Terraform prints."""

import importlib.util
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOL = ROOT / "tools" / "terraform_schema.py"
if not TOOL.exists():
    pytest.skip("needs the source tree", allow_module_level=True)
SPEC = importlib.util.spec_from_file_location("terraform_schema", TOOL)
MODULE = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(MODULE)

BLOCK = {
    "attributes": {
        "arn": {"type": "string", "computed": True},
        "id": {"type": "string", "optional": True, "computed": True},
        "name": {"type": "string", "required": True},
        "tags_all": {"type": ["map", "string"], "optional": True, "computed": True},
        "names": {"type": ["list", "string"], "optional": True},
        "ingress": {
            "type": ["set", ["object", {"to_port": "number", "from_port": "number"}]],
            "optional": True,
        },
        "limits": {
            "nested_type": {"attributes": {"size": {"type": "number", "required": True}}},
            "required": True,
        },
    },
    "block_types": {
        "rule": {"block": {"attributes": {"id": {"type": "string", "optional": True}}}},
        "origin": {"min_items": 1, "block": {}},
        "timeouts": {"block": {}},
    },
}
EXTRACT = {
    "arguments": {
        "id": "optional",
        "ingress": {
            "required": False,
            "fields": {"from_port": "optional", "to_port": "optional"},
        },
        "limits": {"required": True, "fields": {"size": "required"}},
        "name": "required",
        "names": "optional",
        "origin": {"required": True, "fields": {}},
        "rule": {"required": False, "fields": {"id": "optional"}},
    },
    "attributes": ["arn"],
}


def test_a_type_has_its_arguments_and_computed_attributes():
    assert MODULE.extract_of(BLOCK) == EXTRACT


def test_only_types_that_examples_declare_are_used():
    examples = ['resource "aws_a" "x" {}\n', 'data "aws_b" "x" {}\nresource "aws_a" "y" {}\n']
    assert MODULE.used_types(examples, "resource") == ["aws_a"]
    assert MODULE.used_types(examples, "data") == ["aws_b"]


def test_the_extract_is_written_and_missing_types_are_named(tmp_path, monkeypatch, capsys):
    extract = tmp_path / "extract.json"
    monkeypatch.setattr(MODULE, "EXTRACT", extract)
    types = {"resource_schemas": {"aws_s3_bucket": {"block": BLOCK}}, "data_source_schemas": {}}
    printed = tmp_path / "schema.json"
    printed.write_text(json.dumps({"provider_schemas": {MODULE.PROVIDER: types}}), "utf-8")
    assert MODULE.main(str(printed)) == 0
    assert json.loads(extract.read_text("utf-8"))["resource"] == {"aws_s3_bucket": EXTRACT}
    assert "no such type: aws_kms_key" in capsys.readouterr().out


def test_the_extract_in_use_has_every_type_of_the_examples():
    schema = json.loads((ROOT / "tests/docs/terraform_schema.json").read_text("utf-8"))
    examples = [file.read_text("utf-8") for file in (ROOT / "docs/remediation").glob("*.toml")]
    for mode in ("resource", "data"):
        assert list(schema[mode]) == MODULE.used_types(examples, mode)
