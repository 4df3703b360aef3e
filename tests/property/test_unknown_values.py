"""A value that becomes unknown adds and removes no failure, unless it makes something unknown."""

import copy
import json
from collections import Counter
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cloudpack_baseline import assess, gather_template

TEMPLATE = Path(__file__).parents[1] / "sources/cloudformation/broad.yaml"


class Loader(yaml.SafeLoader):
    """Reads short intrinsics as long ones."""


def intrinsic(loader, name, node):
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if name == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {name if name in {"Ref", "Condition"} else f"Fn::{name}": value}


Loader.add_multi_constructor("!", intrinsic)
TEMPLATE_DOCUMENT = Loader(TEMPLATE.read_text(encoding="utf-8")).get_single_data()
TEMPLATE_DOCUMENT.setdefault("Parameters", {})["Anything"] = {"Type": "String"}


def is_intrinsic(value):
    return isinstance(value, dict) and any(
        key == "Ref" or str(key).startswith("Fn::") for key in value
    )


def children(value):
    if isinstance(value, dict):
        return value.items()
    return enumerate(value) if isinstance(value, list) else ()


def refers(value):
    """Whether anything in a value refers to something, which is elsewhere once it is unknown."""
    return is_intrinsic(value) or any(refers(child) for _, child in children(value))


def literals(value, path):
    """The paths of values that refer to nothing."""
    if not refers(value):
        yield path
    if not is_intrinsic(value):
        for key, child in children(value):
            yield from literals(child, (*path, key))


PATHS = [
    ("Resources", name, "Properties", *path)
    for name, resource in TEMPLATE_DOCUMENT["Resources"].items()
    for property_name, value in resource.get("Properties", {}).items()
    for path in literals(value, (property_name,))
]


def outcomes(document, folder):
    """How many findings of each control have each outcome."""
    file = folder / "template.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    findings = assess(gather_template(file)).findings
    counts = {}
    for finding in findings:
        counts.setdefault(finding.control, Counter())[finding.outcome.value] += 1
    return counts


def test_there_are_values_to_try():
    assert len(PATHS) > 200


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("unknown")


@pytest.fixture(scope="module")
def before(folder):
    return outcomes(TEMPLATE_DOCUMENT, folder)


@settings(max_examples=25)
@example(path=("Resources", "Cluster", "Properties", "Engine"))
@given(path=st.sampled_from(PATHS))
def test_an_unknown_value_changes_no_failure_without_a_doubt(path, before, folder):
    document = copy.deepcopy(TEMPLATE_DOCUMENT)
    *steps, last = path
    parent = document
    for step in steps:
        parent = parent[step]
    parent[last] = {"Ref": "Anything"}
    after = outcomes(document, folder)
    for control in before.keys() | after.keys():
        known, changed = before.get(control, Counter()), after.get(control, Counter())
        if changed["fail"] != known["fail"]:
            assert changed["unknown"] > known["unknown"], (control, path)
