"""A process without AWS's environment, and moto within it."""

from __future__ import annotations

import os

import boto3
import pytest
from moto import mock_aws

from cloudpack_baseline.sources.sessions import core_session
from support import REGION


@pytest.fixture
def bare(monkeypatch):
    """No variable of AWS, no configuration, one attempt, made-up keys."""
    for name in [name for name in os.environ if name.upper().startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    return monkeypatch


@pytest.fixture
def keys(bare):
    bare.setenv("AWS_ACCESS_KEY_ID", "testing")
    bare.setenv("AWS_SECRET_ACCESS_KEY", "made-up-secret")
    return bare


@pytest.fixture
def session(keys):  # noqa: ARG001 - the environment
    """A session of an empty account on moto, in this process."""
    with mock_aws():
        yield boto3.Session(botocore_session=core_session(), region_name=REGION)
