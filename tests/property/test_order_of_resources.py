"""The order of the resources in a file changes no verdict."""

import copy
import json
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloudpack_baseline import assess, gather_template
from property.test_unknown_values import TEMPLATE_DOCUMENT

RESOURCES = TEMPLATE_DOCUMENT["Resources"]


@pytest.fixture(scope="module")
def judge(tmp_path_factory):
    """How many findings of a control have an outcome, with the resources in an order."""
    file = tmp_path_factory.mktemp("orders") / "template.json"

    def findings(resources):
        document = {**TEMPLATE_DOCUMENT, "Resources": dict(resources)}
        file.write_text(json.dumps(document), encoding="utf-8")
        assessment = assess(gather_template(file))
        return Counter((finding.control, finding.outcome) for finding in assessment.findings)

    return findings


@settings(max_examples=6, deadline=None)
@given(st.permutations(list(RESOURCES.items())))
def test_any_order_has_the_same_findings(judge, resources):
    assert judge(resources) == judge(RESOURCES)


PROPERTIES = sorted(
    (name, property_name)
    for name, resource in RESOURCES.items()
    for property_name in resource.get("Properties", ())
)


@settings(max_examples=10, deadline=None)
@given(st.sampled_from(PROPERTIES))
def test_a_resource_and_one_that_differs_from_it_in_any_order(judge, place):
    """The other one has the same name, or is about the same, and lacks a property."""
    name, property_name = place
    twin = copy.deepcopy(RESOURCES[name])
    del twin["Properties"][property_name]
    neighbours = [(key, resource) for key, resource in RESOURCES.items() if key != name]
    both = [(name, RESOURCES[name]), ("Other", twin)]
    assert judge([*neighbours, *both]) == judge([*neighbours, *both[::-1]])
