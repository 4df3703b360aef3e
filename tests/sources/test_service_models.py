"""Clients that gather have what they call; all other sessions stay complete."""

from __future__ import annotations

import json
import threading

import boto3
import pytest
from botocore.loaders import Loader

from cloudpack_baseline.sources.clients import Clients
from cloudpack_baseline.sources.operations import OPERATIONS
from cloudpack_baseline.sources.service_models import CalledOperations
from cloudpack_baseline.sources.sessions import core_session
from processes import time_limit
from support import REGION

CLIENTS = sorted({operation.client for operation in OPERATIONS.values()})


def gathering():
    return boto3.Session(botocore_session=core_session(gathering=True), region_name=REGION)


@pytest.mark.parametrize("service", CLIENTS)
@pytest.mark.usefixtures("keys")
def test_every_operation_that_is_called_has_the_same_shapes_as_in_the_complete_model(service):
    model = gathering().client(service).meta.service_model
    session = boto3.Session(botocore_session=core_session(), region_name=REGION)
    complete = session.client(service).meta.service_model
    assert {shape.name for shape in model.error_shapes} <= {
        shape.name for shape in complete.error_shapes
    }
    assert all(shapes_within(model.shape_for(name)) for name in model.shape_names)
    for operation in OPERATIONS.values():
        if operation.client == service:
            reduced = model.operation_model(operation.name)
            whole = complete.operation_model(operation.name)
            for side in ("input_shape", "output_shape"):
                assert shapes_of(getattr(reduced, side)) == shapes_of(getattr(whole, side))
            assert [shape.name for shape in reduced.error_shapes] == [
                shape.name for shape in whole.error_shapes
            ]


def shapes_within(shape):
    """The shape itself, and those of its members, entries, keys and values."""
    if shape.type_name == "structure":
        return [shape, *shape.members.values()]
    if shape.type_name == "list":
        return [shape, shape.member]
    if shape.type_name == "map":
        return [shape, shape.key, shape.value]
    return [shape]


def shapes_of(shape):
    """What the model says of the shape, and of each shape inside it, by name."""
    described = {}
    pending = [] if shape is None else [shape]
    while pending:
        shape = pending.pop()
        if shape.name not in described:
            within = shapes_within(shape)
            described[shape.name] = (
                [(inner.name, inner.type_name, dict(inner.serialization)) for inner in within],
                (list(shape.members), shape.required_members)
                if shape.type_name == "structure"
                else (),
            )
            pending += within
    return described


@pytest.mark.usefixtures("keys")
def test_what_is_never_called_is_left_out():
    client = gathering().client("s3")
    assert hasattr(client, "head_bucket")
    assert not hasattr(client, "delete_bucket")


@pytest.mark.usefixtures("keys")
def test_credentials_and_other_sessions_have_complete_models():
    assert hasattr(gathering().client("sts"), "assume_role_with_web_identity")
    assert hasattr(gathering().client("sso"), "get_role_credentials")
    complete = boto3.Session(botocore_session=core_session(), region_name=REGION)
    assert hasattr(complete.client("s3"), "delete_bucket")


def test_a_file_that_does_not_exist(tmp_path):
    assert CalledOperations().load_file(str(tmp_path / "service-2")) is None
    loader = Loader(extra_search_paths=[str(tmp_path)], file_loader=CalledOperations())
    (tmp_path / "s3" / "1").mkdir(parents=True)
    (tmp_path / "s3" / "1" / "other-1.json").write_text('{"a": 1}')
    assert loader.load_service_model("s3", "other-1", "1") == {"a": 1}


def test_what_botocore_adds_to_a_model_of_which_nothing_is_called(tmp_path):
    folder = tmp_path / "unread" / "1"
    folder.mkdir(parents=True)
    model = {"operations": {}, "shapes": {"A": {"type": "structure", "members": {}}}}
    extras = {"merge": {"shapes": {"A": {"members": {"B": {"shape": "A"}}}}}}
    (folder / "service-2.json").write_text(json.dumps(model))
    (folder / "service-2.sdk-extras.json").write_text(json.dumps(extras))
    loader = Loader(extra_search_paths=[str(tmp_path)], file_loader=CalledOperations())
    loaded = loader.load_service_model("unread", "service-2", "1")
    assert loaded["shapes"]["A"]["members"] == {"B": {"shape": "A"}}
    (folder / "service-2.sdk-extras.json").write_text('{"merge": {"metadata": {"x": 1}}}')
    loader = Loader(extra_search_paths=[str(tmp_path)], file_loader=CalledOperations())
    assert loader.load_service_model("unread", "service-2", "1")["metadata"] == {"x": 1}


@pytest.mark.usefixtures("keys")
def test_clients_are_created_in_one_thread_that_ends_with_them():
    before = set(threading.enumerate())
    clients = Clients(gathering(), ["s3:ListBuckets"])
    assert clients.get("s3", REGION) is clients.get("s3", REGION)
    clients.get("iam", REGION)
    (maker,) = set(threading.enumerate()) - before
    clients.close()
    maker.join(time_limit())
    assert not maker.is_alive()


@pytest.mark.usefixtures("keys")
def test_a_client_that_cannot_be_created_raises_where_it_is_asked_for():
    clients = Clients(gathering(), [])
    with pytest.raises(Exception, match="nowhere"):
        clients.get("nowhere", REGION)
    clients.close()
