"""Repositories that are judged in CI, and a bucket for evidence on moto."""

from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection

import boto3
import pytest
from moto.server import ThreadedMotoServer

from ci.steps import repository


@dataclass
class Evidence:
    """A bucket.

    Attributes:
        url: `s3://BUCKET`.
        environment: the variables with which the AWS CLI reaches it.
        client: of boto3.
    """

    url: str
    environment: dict[str, str]
    client: object

    def keys(self) -> set[str]:
        listed = self.client.list_objects_v2(Bucket=self.url.removeprefix("s3://"))
        return {content["Key"] for content in listed["Contents"]}


@pytest.fixture
def template(tmp_path):
    """A repository with the example of a broken template."""
    return repository(tmp_path / "work", "template")


@pytest.fixture
def evidence():
    server = ThreadedMotoServer(port=0)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    environment = {
        "AWS_ENDPOINT_URL": url,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
    }
    client = boto3.client(
        "s3",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="x",
        aws_secret_access_key="x",
    )
    # Servers of one process share their accounts.
    connection = HTTPConnection(host, port)
    connection.request("POST", "/moto-api/reset")
    assert connection.getresponse().status == HTTPStatus.OK
    connection.close()
    client.create_bucket(Bucket="example-evidence")
    yield Evidence("s3://example-evidence", environment, client)
    server.stop()
