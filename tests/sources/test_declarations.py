"""What records declare, against botocore's models: nothing that is read stays unfilled."""

from __future__ import annotations

import functools
import re
from pathlib import Path

import attrs
import botocore.session
import pytest

import cloudpack_baseline
from cloudpack_baseline.model.described import Listed, Singular, descriptions
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.sources.operations import operation
from model.golden_snapshots import record_classes

CORE = botocore.session.Session()
KINDS = [kind for kind in record_classes() if kind.__name__ != "CredentialReportEntry"]
"""All but the one whose answer is a CSV document, which botocore's models do not describe."""
SOURCE = Path(cloudpack_baseline.__file__).parent
WITHIN = {"DBParameterGroup": ("DBParameterGroups[]",)}
"""Where the items of a listing contain those of the kind."""
LISTED = [
    kind
    for kind in KINDS
    if isinstance(kind.api, Listed) and not operation(kind.api.operations[0]).bare
]


@functools.cache
def output(key):
    one = operation(key)
    return CORE.get_service_model(one.client).operation_model(one.name).output_shape


def at(shape, path):
    """The shape that the path leads to; ``None`` where there is no such member."""
    for name in filter(None, path.split(".")):
        if shape.type_name == "map":
            shape = shape.value
            continue
        shape = getattr(shape, "members", {}).get(name.removesuffix("[]"))
        if shape is None:
            return None
        shape = shape.member if name.endswith("[]") else shape
    return shape


def item_shapes(kind):
    """The shapes of the items of the kind's listings, or of its one answer."""
    for key in kind.api.operations:
        items = operation(key).items
        if isinstance(kind.api, Listed) and kind.api.items:
            items = kind.api.items
        shape = at(output(key), items)
        shape = shape.member if items and shape.type_name == "list" else shape
        yield at(shape, "Instances[]") or shape if key == "ec2:DescribeInstances" else shape
        yield from filter(None, [at(shape, path) for path in WITHIN.get(kind.__name__, ())])


def described():
    for kind in KINDS:
        for name, description in descriptions(kind).items():
            yield pytest.param(kind, description, id=f"{kind.__name__}.{name}")


def paths(kind, one):
    shapes = [output(one.operation)] if one.operation else list(item_shapes(kind))
    if isinstance(kind.api, Singular) and not one.operation:
        shapes.append(output(kind.api.operation))
    if one.operation and operation(one.operation).items:  # of a second listing: its items
        items = at(output(one.operation), operation(one.operation).items)
        shapes.append(items.member if items.type_name == "list" else items)
    for alternative in one.path.split(" || "):
        yield any(at(shape, alternative) is not None for shape in shapes)


@pytest.mark.parametrize(("kind", "one"), list(described()))
def test_every_path_is_in_the_answer_that_describes_it(kind, one):
    assert all(paths(kind, one)), one.path


@pytest.mark.parametrize("kind", LISTED, ids=lambda kind: kind.__name__)
def test_what_names_a_record_is_in_its_listing(kind):
    named = [kind.api.id, kind.api.region, *kind.api.arn.split(" || ")]
    named += [] if callable(kind.api.name) else kind.api.name.split(" || ")
    shapes = list(item_shapes(kind))
    for path in named:
        members = re.findall(r"\{([A-Z]\w*)\}", path) if "{" in path else [path]
        for member in filter(None, members):
            assert any(at(shape, member) is not None for shape in shapes), member


def derived():
    for kind in KINDS:
        own = [field.name for field in attrs.fields(kind) if not field.inherited]
        for name in own:
            if name not in descriptions(kind):
                yield pytest.param(kind, name, id=f"{kind.__name__}.{name}")


@pytest.mark.parametrize(("kind", "name"), list(derived()))
def test_every_field_that_no_answer_holds_is_filled_by_code(kind, name):
    text = "".join(path.read_text("utf-8") for path in (SOURCE / "sources").rglob("*.py"))
    assert re.search(rf"\b{name}=", text), f"nothing fills {kind.__name__}.{name}"


def test_every_kind_says_how_it_is_described():
    assert all(isinstance(kind.api, Listed | Singular) for kind in KINDS)
    assert Record.api is None
