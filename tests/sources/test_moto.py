"""moto as a source: accounts under the declared ids, its gaps mended, and no way out."""

from __future__ import annotations

import json
import os
import socket
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.request import Request, urlopen

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.server import ThreadedMotoServer

from cloudpack_baseline import Outcome, check_ecr_scan_on_push
from cloudpack_baseline.errors import (
    CloudpackError,
    InputError,
    MissingExtraError,
    OfflineError,
    SourceError,
)
from cloudpack_baseline.model.ec2_posture import LaunchTemplate
from cloudpack_baseline.model.iam import AccountSummary
from cloudpack_baseline.model.rds import DBInstance
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.s3 import AccountPublicAccessBlock, Bucket
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.sources import SourceAccount, parse_source
from cloudpack_baseline.sources.aws import gather_account
from cloudpack_baseline.sources.calls import CallError, Calls
from cloudpack_baseline.sources.corrected import CorrectedTransport
from cloudpack_baseline.sources.fidelity import GAPS, Constant
from cloudpack_baseline.sources.operations import OPERATIONS
from cloudpack_baseline.sources.recording import write_snapshot
from cloudpack_baseline.testing import assert_outcomes, mocked_account, set_root
from fakes import FakeTransport
from processes import run_python
from support import ACCOUNT, REGION

ONE = SourceAccount(id="111111111111", name="one", regions=(REGION,))
TWO = SourceAccount(id="222222222222", name="two", regions=("eu-west-1", "eu-central-1"))

HOSTILE = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "AWS_SESSION_TOKEN": "FwoGZXIvYXdzEXAMPLE",
    "AWS_PROFILE": "production",
    "AWS_DEFAULT_PROFILE": "production",
    "AWS_ENDPOINT_URL": "https://sts.example.com",
    "AWS_ENDPOINT_URL_S3": "https://s3.example.com",
    "AWS_ENDPOINT_URL_IAM": "https://iam.example.com",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    "AWS_WEB_IDENTITY_TOKEN_FILE": "/var/run/secrets/token",
    "AWS_ROLE_ARN": "arn:aws:iam::999999999999:role/Production",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.2/credentials",
    "AWS_CA_BUNDLE": "/etc/ssl/none.pem",
    "HTTPS_PROXY": "http://proxy.example.com:3128",
    "http_proxy": "http://proxy.example.com:3128",
    "MOTO_ACCOUNT_ID": "999999999999",
}


@pytest.fixture
def hostile(bare, tmp_path):
    """Real-looking credentials and endpoints everywhere that botocore looks."""
    config = tmp_path / "config"
    config.write_text(
        "[default]\nendpoint_url = https://default.example.com\n"
        "[profile production]\nendpoint_url = https://production.example.com\n"
        "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n",
        "utf-8",
    )
    for name, value in HOSTILE.items():
        bare.setenv(name, value)
    bare.setenv("AWS_CONFIG_FILE", str(config))
    bare.setenv("AWS_SHARED_CREDENTIALS_FILE", str(config))
    # A default session that another test left has read its configuration already.
    bare.setattr(boto3, "DEFAULT_SESSION", None)
    return bare


@pytest.fixture
def dialled(monkeypatch):
    """Every address that a socket of this process connects to, or a name that is looked up."""
    hosts = []
    connect, lookup = socket.socket.connect, socket.getaddrinfo

    def connecting(self, address):
        hosts.append(address[0])
        return connect(self, address)

    def looking(host, *rest, **named):
        hosts.append(host)
        return lookup(host, *rest, **named)

    monkeypatch.setattr(socket.socket, "connect", connecting)
    monkeypatch.setattr(socket, "getaddrinfo", looking)
    return hosts


def bucket(session, name):
    place = {"LocationConstraint": session.region_name}
    session.client("s3").create_bucket(Bucket=name, CreateBucketConfiguration=place)


def test_nothing_leaves_the_machine_whatever_the_environment_says(hostile, dialled):
    before = dict(os.environ)
    old = {name: boto3.client(name, region_name=REGION) for name in ("s3", "iam")}
    hostile.delenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")
    old["sts"] = boto3.Session().client("sts", region_name=REGION)
    assert old["sts"].meta.endpoint_url == "https://sts.example.com"
    hostile.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
    with parse_source("moto").open([ONE, TWO]) as cloud:
        first, second = cloud.accounts
        # As a conftest would: by the account's session, by boto3 itself, by a resource.
        bucket(first.session, "from-session")
        boto3.client("s3").create_bucket(
            Bucket="from-boto3", CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        boto3.resource("s3").create_bucket(
            Bucket="from-resource", CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        with second.acting():
            assert boto3.client("sts").get_caller_identity()["Account"] == TWO.id
        # Clients that were made before still know the old endpoints and keys.
        for escaping in (
            old["s3"].list_buckets,
            old["iam"].get_account_summary,
            old["sts"].get_caller_identity,
            boto3.client("s3", endpoint_url="https://s3.amazonaws.com").list_buckets,
            boto3.client("ec2", endpoint_url="http://169.254.169.254").describe_vpcs,
        ):
            with pytest.raises(OfflineError, match="was stopped: the run is offline"):
                escaping()
        snapshot = cloud.gather([reads(Bucket), reads(AccountSummary), reads(DBInstance)])
        inside = dict(os.environ)
    names = {bucket.name for bucket in snapshot.all(Bucket, ONE.id)}
    assert names == {"from-session", "from-boto3", "from-resource"}
    assert set(dialled) == {"127.0.0.1"}
    assert dict(os.environ) == before
    values = set(inside.values())
    assert not values & (set(HOSTILE.values()) - {"true"})
    assert inside["AWS_ENDPOINT_URL"].startswith("http://127.0.0.1:")


def test_tools_that_honour_the_environment_reach_the_account(hostile):  # noqa: ARG001 - the environment
    code = (
        "import boto3; print(boto3.client('sts').get_caller_identity()['Account'],"
        "boto3.client('s3').meta.endpoint_url, boto3.Session().profile_name)"
    )
    with parse_source("moto").open([ONE]) as cloud:
        done = run_python("-c", code)
        assert done.stdout.split() == [ONE.id, cloud.url, "default"]


def test_the_environment_keeps_what_is_not_about_aws(bare):
    bare.setenv("TF_IN_AUTOMATION", "1")
    with mocked_account() as account:
        assert os.environ["TF_IN_AUTOMATION"] == "1"
        assert account.environment({"PATH": "/bin", "AWS_PROFILE": "x"})["PATH"] == "/bin"
        assert "AWS_PROFILE" not in account.environment({"AWS_PROFILE": "x"})


def test_accounts_are_apart_and_named_as_declared(bare):  # noqa: ARG001 - the environment
    with parse_source("moto").open([ONE, TWO]) as cloud:
        for account in cloud.accounts:
            bucket(account.session, f"of-{account.name}")
            control = account.session.client("s3control")
            control.put_public_access_block(
                AccountId=account.id,
                PublicAccessBlockConfiguration={"BlockPublicAcls": account.name == "one"},
            )
        snapshot = cloud.gather([reads(Bucket), reads(AccountPublicAccessBlock), reads(DBInstance)])
    assert snapshot.source == "moto"
    assert [(account.id, account.name, account.regions) for account in snapshot.accounts] == [
        (ONE.id, "one", (REGION,)),
        (TWO.id, "two", ("eu-central-1", "eu-west-1")),
    ]
    for target, on in ((ONE, True), (TWO, False)):
        assert [bucket.name for bucket in snapshot.all(Bucket, target.id)] == [f"of-{target.name}"]
        (block,) = snapshot.all(AccountPublicAccessBlock, target.id)
        assert block.settings.block_public_acls is on


def test_the_server_prints_nothing_for_services_that_moto_lacks(bare, capfd):  # noqa: ARG001 - the environment
    with mocked_account(region=REGION) as account, pytest.raises(ClientError):
        account.session.client("neptune-graph").list_graphs()
    assert capfd.readouterr() == ("", "")


def test_each_opening_starts_empty(bare):  # noqa: ARG001 - the environment
    for _ in range(2):
        with mocked_account(region=REGION) as account:
            assert account.session.client("s3").list_buckets()["Buckets"] == []
            bucket(account.session, "one")
            set_root(account, mfa=True)


def summary(snapshot, account=ACCOUNT):
    (account_summary,) = snapshot.all(AccountSummary, account)
    return account_summary


def test_moto_cannot_tell_root_mfa_until_a_test_sets_it(bare):  # noqa: ARG001 - the environment
    with parse_source("moto").open([ONE, TWO]) as cloud:
        one = summary(cloud.gather([reads(AccountSummary)]), ONE.id)
        (cause,) = one.mfa_enabled.causes
        assert (cause.why, cause.operation) == (Why.NOT_PROVIDED, "iam:GetAccountSummary")
        assert "cloudpack_baseline.testing.set_root" in cause.detail
        set_root(cloud.accounts[0], mfa=True)
        set_root(TWO.id, mfa=False, password=False, access_keys=True)
        snapshot = cloud.gather([reads(AccountSummary)])
    one, two = (summary(snapshot, target.id) for target in (ONE, TWO))
    assert (one.mfa_enabled, one.password_present, one.access_keys_present) == (True, True, False)
    assert (two.mfa_enabled, two.password_present, two.access_keys_present) == (False, False, True)
    assert two.signing_certificates_present is False


def test_the_same_holds_within_the_process(session):
    assert isinstance(
        summary(gather_account(session, [reads(AccountSummary)])).mfa_enabled, Unknown
    )
    set_root(mfa=True)
    snapshot = gather_account(session, [reads(AccountSummary)])
    assert (snapshot.source, summary(snapshot).mfa_enabled) == ("moto", True)


def test_facts_end_with_the_mock(keys):  # noqa: ARG001 - the environment
    with mock_aws():
        set_root(mfa=True)
    with mock_aws():
        session = boto3.Session(region_name=REGION)
        held = summary(gather_account(session, [reads(AccountSummary)]))
        assert isinstance(held.mfa_enabled, Unknown)


@pytest.fixture
def server(bare):  # noqa: ARG001 - the environment
    """A server that was filled by somebody else."""
    started = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    started.start()
    host, port = started.get_host_and_port()
    url = f"http://{host}:{port}"
    keys = {"aws_access_key_id": "other", "aws_secret_access_key": "other"}
    session = boto3.Session(region_name=REGION, **keys)
    session.client("s3", endpoint_url=url).create_bucket(
        Bucket="filled", CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    yield url
    reset = Request(f"{url}/moto-api/reset", method="POST")  # noqa: S310 - our own server
    urlopen(reset).close()  # noqa: S310 - our own server
    started.stop()


@pytest.mark.parametrize("targets", [(), (SourceAccount(id=ACCOUNT, regions=(REGION,)),)])
def test_a_server_that_is_filled(server, targets):
    set_root(mfa=True)  # in another process this could not reach the server
    with parse_source(f"moto:{server}/").open(targets) as cloud:
        assert cloud.url == server
        assert not cloud.fillable
        snapshot = cloud.gather([reads(Bucket), reads(AccountSummary)])
    assert [bucket.name for bucket in snapshot.all(Bucket, ACCOUNT)] == ["filled"]
    assert summary(snapshot).mfa_enabled.causes[0].why is Why.NOT_PROVIDED


@pytest.mark.parametrize(
    ("query", "mfa", "password"),
    [
        ("root-mfa=true", True, True),
        ("root-mfa=false", False, True),
        ("root-mfa=false&root-password=false", False, False),
    ],
)
def test_a_server_takes_the_facts_of_the_root_user_from_the_url(server, query, mfa, password):
    source = parse_source(f"moto:{server}/?{query}")
    with source.open([SourceAccount(id=ACCOUNT, regions=(REGION,))]) as cloud:
        assert cloud.url == server
        snapshot = cloud.gather([reads(AccountSummary)])
    assert summary(snapshot).mfa_enabled is mfa
    assert summary(snapshot).password_present is password


@pytest.mark.parametrize(
    "query", ["root-mfa=yes", "root-mfa", "mfa=true", "root-password=true", "root-mfa=true&x=true"]
)
def test_other_facts_in_a_url(query):
    with pytest.raises(InputError, match=r"\?root-mfa=true; got"):
        parse_source(f"moto:http://127.0.0.1:5000?{query}")


@pytest.mark.parametrize(
    "url",
    [
        "http://u:geheim@[x",
        "http://u:ge/heim@host",
        "http://u:geheim@host:99999",
        "ftp://u:geheim@host",
        "http://host:0",
        "http://host?root-mfa=geheim",
    ],
)
def test_what_is_no_url_is_rejected_without_its_secret(url):
    with pytest.raises(InputError) as caught:
        parse_source(f"moto:{url}")
    assert "heim" not in str(caught.value)


def test_nobody_answers_at_the_url(bare):  # noqa: ARG001 - the environment
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
        with (
            pytest.raises(SourceError, match=f"no moto server answers at {url}"),
            parse_source(f"moto:{url}").open([ONE]),
        ):
            pass


def test_what_answers_is_no_moto(bare):  # noqa: ARG001 - the environment
    class Refusing(BaseHTTPRequestHandler):
        def do_POST(self):
            self.send_error(403)

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Refusing) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}"
        with (
            pytest.raises(SourceError, match=f"the server at {url} is not moto"),
            parse_source(f"moto:{url}").open([ONE]),
        ):
            pass
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("module", ["moto.server", "moto.iam.models"])
def test_a_missing_extra_is_told_by_name(monkeypatch, module):
    monkeypatch.setitem(sys.modules, module, None)

    def needing():
        if module == "moto.server":
            with parse_source("moto").open():
                pass
        set_root(mfa=True)

    with pytest.raises(MissingExtraError, match=r"pip install 'cloudpack-baseline\[moto\]'"):
        needing()


def test_regions_in_other_partitions(bare):  # noqa: ARG001 - the environment
    target = SourceAccount(id=ONE.id, regions=("cn-north-1",))
    with parse_source("moto").open([target]) as cloud:
        snapshot = cloud.gather([reads(DBInstance), reads(AccountSummary)])
    assert snapshot.accounts[0].partition == "aws-cn"
    assert snapshot.accounts[0].regions == ("cn-north-1",)


def mended(answers, told=None):
    transport = CorrectedTransport(FakeTransport(answers), told or {})
    return transport, Calls(transport=transport, account=ACCOUNT, partition="aws", region=REGION)


@pytest.mark.parametrize("code", ["500", "NotImplemented", "MalformedAnswer"])
def test_what_moto_lacks_is_the_documented_default_and_told(code):
    transport, bound = mended({"organizations:DescribeEffectivePolicy": code})
    found = bound.get(
        "organizations:DescribeEffectivePolicy",
        absent=("AWSOrganizationsNotInUseException",),
        PolicyType="S3_POLICY",
    )
    assert found is None
    assert transport.assumptions == {"no-organization-s3-policy"}


def test_what_moto_says_goes_before_the_default():
    said = {"EffectivePolicy": {"PolicyContent": "{}"}}
    transport, bound = mended({"organizations:DescribeEffectivePolicy": said})
    assert bound.get("organizations:DescribeEffectivePolicy", PolicyType="S3_POLICY") == said
    assert transport.assumptions == frozenset()


def test_a_refusal_is_no_gap():
    transport, bound = mended({"organizations:DescribeEffectivePolicy": "AccessDeniedException"})
    unknown = bound.get("organizations:DescribeEffectivePolicy", PolicyType="S3_POLICY")
    assert unknown.causes[0].why is Why.DENIED
    assert transport.assumptions == frozenset()
    with pytest.raises(CallError, match="500"):
        list(mended({"s3:ListBuckets": "500"})[0].pages(OPERATIONS["s3:ListBuckets"], REGION, {}))


@pytest.mark.parametrize(
    ("users", "assumed"),
    [
        ([{"UserName": "u"}], {"no-user-boundaries"}),
        ([{"UserName": "u"}, {"UserName": "v", "PermissionsBoundary": {}}], set()),
        ([], set()),
    ],
)
def test_what_moto_leaves_out_of_an_answer_is_told(users, assumed):
    operation = "iam:GetAccountAuthorizationDetails"
    transport, _ = mended({operation: {"UserDetailList": users}})
    assert list(transport.pages(OPERATIONS[operation], REGION, {})) == [{"UserDetailList": users}]
    assert transport.assumptions == assumed


@pytest.mark.parametrize(
    ("status", "answered", "assumed"),
    [("PENDING", "Success", {"recorder-succeeds"}), ("FAILURE", "FAILURE", set())],
)
def test_a_recorder_that_was_started_records(status, answered, assumed):
    operation, key = "config:DescribeConfigurationRecorderStatus", "ConfigurationRecordersStatus"
    transport, _ = mended({operation: {key: [{"name": "a", "lastStatus": status}]}})
    named = {"ConfigurationRecorderNames": ["a"]}
    (page,) = transport.pages(OPERATIONS[operation], REGION, named)
    assert page == {key: [{"name": "a", "lastStatus": answered}]}
    assert transport.assumptions == assumed


@pytest.mark.parametrize(
    ("cluster", "added", "assumed"),
    [
        (
            {},
            {"AtRestEncryptionEnabled": False, "TransitEncryptionEnabled": False},
            {"caches-unencrypted"},
        ),
        (
            {"TransitEncryptionEnabled": True},
            {"AtRestEncryptionEnabled": False},
            {"caches-unencrypted"},
        ),
        ({"AtRestEncryptionEnabled": True, "TransitEncryptionEnabled": True}, {}, set()),
        ({"ReplicationGroupId": "of its group"}, {}, set()),
    ],
)
def test_encryption_of_a_cluster_that_was_not_set_is_off(cluster, added, assumed):
    operation, key = "elasticache:DescribeCacheClusters", "CacheClusters"
    transport, _ = mended({operation: {key: [cluster]}})
    (page,) = transport.pages(OPERATIONS[operation], REGION, {"ShowCacheNodeInfo": True})
    assert page == {key: [{**cluster, **added}]}
    assert transport.assumptions == assumed


def test_a_failure_of_what_only_leaves_out_is_a_failure():
    operation = "iam:GetAccountAuthorizationDetails"
    with pytest.raises(CallError, match="500"):
        list(mended({operation: "500"})[0].pages(OPERATIONS[operation], REGION, {}))


POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": ACCOUNT, "Action": "lambda:InvokeFunction"},
        {"Effect": "Allow", "Principal": "alexa-appkit.amazon.com", "Action": "lambda:*"},
        {"Effect": "Allow", "Principal": "*", "FunctionUrlAuthType": "NONE"},
        {
            "Effect": "Allow",
            "Principal": {"Service": "s3.amazonaws.com"},
            "Condition": {"StringEquals": {"AWS:SourceAccount": ACCOUNT}},
        },
    ],
}


def respelled(operation, page):
    transport, _ = mended({operation: page})
    (answer,) = transport.pages(OPERATIONS[operation], REGION, {"FunctionName": "f"})
    assert transport.assumptions == frozenset()
    return answer


def test_permissions_of_functions_are_statements_as_aws_writes_them():
    answer = respelled("lambda:GetPolicy", {"Policy": json.dumps(POLICY), "RevisionId": "1"})
    own, service, url, bucket = json.loads(answer["Policy"])["Statement"]
    assert own["Principal"] == {"AWS": ACCOUNT}
    assert service["Principal"] == {"Service": "alexa-appkit.amazon.com"}
    assert url["Principal"] == "*"
    assert url["Condition"] == {"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}}
    assert "FunctionUrlAuthType" not in url
    assert bucket == POLICY["Statement"][3]


def test_everyone_may_use_a_bus_that_moto_opens_to_the_account_star():
    statement = '{"Statement": [{"Principal": {"AWS": "arn:aws:iam::*:root"}}]}'
    page = {"EventBuses": [{"Name": "default"}, {"Name": "open", "Policy": statement}]}
    default, everyone = respelled("events:ListEventBuses", page)["EventBuses"]
    assert default == {"Name": "default"}
    assert json.loads(everyone["Policy"]) == {"Statement": [{"Principal": {"AWS": "*"}}]}


def test_a_distribution_with_a_certificate_does_not_use_that_of_cloudfront():
    certificates = (
        {"CloudFrontDefaultCertificate": True, "ACMCertificateArn": "arn:aws:acm:::x"},
        {"CloudFrontDefaultCertificate": True, "IAMCertificateId": "x", "ACMCertificateArn": ""},
        {"CloudFrontDefaultCertificate": True, "IAMCertificateId": "", "ACMCertificateArn": ""},
    )
    items = [
        {"Id": str(number), "ViewerCertificate": certificate}
        for number, certificate in enumerate(certificates)
    ]
    page = {"DistributionList": {"Quantity": 3, "Items": [*items, {"Id": "3"}]}}
    listed = respelled("cloudfront:ListDistributions", page)["DistributionList"]["Items"]
    assert [item["ViewerCertificate"].get("CloudFrontDefaultCertificate") for item in listed] == [
        False,
        False,
        True,
        None,
    ]


@pytest.mark.parametrize(
    ("registry", "frequency"),
    [
        ({"scanType": "BASIC", "rules": []}, "SCAN_ON_PUSH"),
        ({"scanType": "BASIC", "rules": [{"scanFrequency": "SCAN_ON_PUSH"}]}, "MANUAL"),
        ({"scanType": "ENHANCED", "rules": []}, "MANUAL"),
        (None, "MANUAL"),
    ],
)
def test_a_repository_is_scanned_as_it_says_where_the_registry_has_no_rules(registry, frequency):
    operation = "ecr:BatchGetRepositoryScanningConfiguration"
    scanning = [
        {"repositoryName": name, "scanFrequency": "MANUAL"} for name in ("app", "jobs", "old")
    ]
    repositories = [
        {"repositoryName": "app", "imageScanningConfiguration": {"scanOnPush": True}},
        {"repositoryName": "jobs", "imageScanningConfiguration": {"scanOnPush": False}},
        {"repositoryName": "old"},
    ]
    answers = {
        operation: {"scanningConfigurations": scanning},
        "ecr:DescribeRepositories": {"repositories": repositories},
        "ecr:GetRegistryScanningConfiguration": {"scanningConfiguration": registry}
        if registry
        else "NotImplemented",
    }
    transport, _ = mended(answers)
    (page,) = transport.pages(
        OPERATIONS[operation], REGION, {"repositoryNames": ["app", "jobs", "old"]}
    )
    frequencies = [entry["scanFrequency"] for entry in page["scanningConfigurations"]]
    assert frequencies == [frequency, "MANUAL", "MANUAL"]


@mock_aws
def test_a_repository_of_moto_that_scans_on_push_passes(keys):  # noqa: ARG001 - the environment
    client = boto3.client("ecr", region_name=REGION)
    for name, on_push in (("app", True), ("jobs", False)):
        client.create_repository(
            repositoryName=name, imageScanningConfiguration={"scanOnPush": on_push}
        )
    session = boto3.Session(region_name=REGION)
    findings = check_ecr_scan_on_push(session, regions=[REGION]).findings
    outcomes = {finding.resource.name: finding.outcome for finding in findings}
    assert outcomes == {"app": Outcome.PASS, "jobs": Outcome.FAIL}


def test_a_default_group_of_clusters_that_moto_lacks_has_no_settings():
    operation = "rds:DescribeDBClusterParameters"
    named = {"DBClusterParameterGroupName": "default.aurora-mysql8.0"}
    transport, _ = mended({operation: "DBParameterGroupNotFound"})
    assert list(transport.pages(OPERATIONS[operation], REGION, named)) == [{"Parameters": []}]
    transport, _ = mended({operation: "AccessDenied"})
    with pytest.raises(CallError, match="AccessDenied"):
        list(transport.pages(OPERATIONS[operation], REGION, named))


@mock_aws
def test_all_launch_templates_are_listed():
    ec2 = boto3.client("ec2", region_name=REGION)
    data = {"MetadataOptions": {"HttpTokens": "required"}}
    for number in range(9):
        ec2.create_launch_template(LaunchTemplateName=f"tpl-{number}", LaunchTemplateData=data)
    snapshot = gather_account(boto3.Session(), [reads(LaunchTemplate)], regions=[REGION])
    assert len(snapshot.records) == 9


def test_security_policies_that_moto_lacks_have_the_versions_that_aws_documents():
    own = {"Name": "ELBSecurityPolicy-2016-08", "SslProtocols": ["of moto"]}
    listed = respelled("elbv2:DescribeSSLPolicies", {"SslPolicies": [own]})["SslPolicies"]
    versions = {policy["Name"]: policy["SslProtocols"] for policy in listed}
    assert len(versions) == len(listed)
    assert versions["ELBSecurityPolicy-2016-08"] == ["of moto"]
    assert versions["ELBSecurityPolicy-FS-2018-06"] == ["TLSv1", "TLSv1.1", "TLSv1.2"]
    assert versions["ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"] == ["TLSv1.2", "TLSv1.3"]
    assert all(versions.values())


def test_a_classic_listener_without_a_policy_has_the_default_one():
    listeners = [
        {"Listener": {"Protocol": protocol, "LoadBalancerPort": 443}, "PolicyNames": names}
        for protocol, names in (("HTTPS", []), ("SSL", ["own"]), ("TCP", []))
    ]
    page = {"LoadBalancerDescriptions": [{"ListenerDescriptions": listeners}]}
    (balancer,) = respelled("elb:DescribeLoadBalancers", page)["LoadBalancerDescriptions"]
    names = [listener["PolicyNames"] for listener in balancer["ListenerDescriptions"]]
    assert names == [["ELBSecurityPolicy-2016-08"], ["own"], []]


def test_a_classic_policy_has_the_versions_of_the_one_that_it_refers_to():
    reference = {
        "AttributeName": "Reference-Security-Policy",
        "AttributeValue": "ELBSecurityPolicy-TLS-1-2-2017-01",
    }
    own = {
        "PolicyName": "own",
        "PolicyTypeName": "SSLNegotiationPolicyType",
        "PolicyAttributeDescriptions": [reference],
    }
    page = respelled("elb:DescribeLoadBalancerPolicies", {"PolicyDescriptions": [own]})
    enabled = {
        policy["PolicyName"]: {
            attribute["AttributeName"] for attribute in policy["PolicyAttributeDescriptions"]
        }
        for policy in page["PolicyDescriptions"]
    }
    assert enabled["own"] == {"Reference-Security-Policy", "Protocol-TLSv1.2"}
    assert enabled["ELBSecurityPolicy-TLS-1-1-2017-01"] == {"Protocol-TLSv1.1", "Protocol-TLSv1.2"}


class BusyServer:
    """A server that fails with this code as often as it is told, and lists two domains then."""

    assumptions = frozenset()

    def __init__(self, code, failures):
        self.code, self.failures, self.calls = code, failures, 0

    def pages(self, _operation, _region, _parameters):
        self.calls += 1
        if self.calls <= self.failures:
            raise CallError(self.code)
        yield {"DomainNames": [{"DomainName": "a"}]}
        yield {"DomainNames": [{"DomainName": "b"}]}


def test_a_call_that_the_server_failed_to_answer_is_repeated_once():
    server = BusyServer("500", failures=1)
    transport = CorrectedTransport(server, {})
    pages = [*transport.pages(OPERATIONS["opensearch:ListDomainNames"], REGION, {})]
    assert [page["DomainNames"][0]["DomainName"] for page in pages] == ["a", "b"]
    assert server.calls == 2


@pytest.mark.parametrize(
    ("operation", "code", "failures", "calls"),
    [
        ("opensearch:ListDomainNames", "500", 2, 2),
        ("opensearch:ListDomainNames", "AccessDenied", 1, 1),
    ],
)
def test_a_call_that_fails_again_or_is_denied_fails(operation, code, failures, calls):
    server = BusyServer(code, failures)
    with pytest.raises(CallError, match=code):
        list(CorrectedTransport(server, {}).pages(OPERATIONS[operation], REGION, {}))
    assert server.calls == calls


def test_what_moto_lacks_is_not_asked_for_again():
    server = BusyServer("500", failures=1)
    operation = OPERATIONS["redshift-serverless:ListWorkgroups"]
    assert list(CorrectedTransport(server, {}).pages(operation, REGION, {})) == [{"workgroups": []}]
    assert server.calls == 1


LISTED = [{"Name": name, "CreationDate": "2026-01-01"} for name in "abcde"]
PLACES = {"a": "eu-west-1", "b": "", "c": "eu-west-1", "d": "eu-west-1", "e": ""}


class BucketListing:
    """Buckets of two Regions; an old moto cannot limit its listing to one."""

    assumptions = frozenset()

    def __init__(self, *, limits, denied=()):
        self.limits, self.denied, self.asked = limits, denied, []

    def pages(self, operation, _region, parameters):
        self.asked.append(operation.name)
        if operation.name == "GetBucketLocation":
            if parameters["Bucket"] in self.denied:
                raise CallError("AccessDenied")
            yield {"LocationConstraint": PLACES[parameters["Bucket"]]}
            return
        wanted = parameters.get("BucketRegion")
        if wanted and self.limits is None:
            raise CallError("ParamValidationError")
        inside = [
            bucket
            for bucket in LISTED
            if not (wanted and self.limits) or wanted == (PLACES[bucket["Name"]] or "us-east-1")
        ]
        yield {"Buckets": inside}


@pytest.mark.parametrize(
    ("limits", "denied", "calls"),
    [(True, (), 6), (False, (), 7), (None, (), 7), (True, ("a",), 7)],
)
def test_buckets_are_located_by_two_calls_a_region_where_moto_can_limit_its_listing(
    limits, denied, calls
):
    inner = BucketListing(limits=limits, denied=denied)
    (page,) = CorrectedTransport(inner, {}).pages(OPERATIONS["s3:ListBuckets"], REGION, {})
    regions = {bucket["Name"]: bucket.get("BucketRegion") for bucket in page["Buckets"]}
    assert regions == {name: place or "us-east-1" for name, place in PLACES.items()}
    assert len(inner.asked) == calls


def test_a_bucket_that_moto_does_not_locate_stays_without_a_region():
    inner = BucketListing(limits=False, denied=("a",))
    (page,) = CorrectedTransport(inner, {}).pages(OPERATIONS["s3:ListBuckets"], REGION, {})
    assert "BucketRegion" not in page["Buckets"][0]
    assert page["Buckets"][1]["BucketRegion"] == "us-east-1"


def test_the_fidelity_table_names_operations_that_are_called():
    assert {key for key, gap in GAPS.items() if isinstance(gap, Constant)} <= set(OPERATIONS)


class Counted:
    counts = {"pass": 1, "fail": 0, "unknown": 0, "not applicable": 0, "waived": 0}  # noqa: RUF012 - a stand-in

    def __repr__(self):
        return "<the assessment>"


def test_outcomes_are_compared_by_number():
    assert_outcomes(Counted(), passed=1)
    with pytest.raises(AssertionError, match=r"'fail': 1.*<the assessment>"):
        assert_outcomes(Counted(), failed=1)
    with pytest.raises(AssertionError):
        assert_outcomes(Counted())


def test_no_credential_is_in_a_snapshot(bare, tmp_path):  # noqa: ARG001 - the environment
    with parse_source("moto").open([ONE]) as cloud:
        (account,) = cloud.accounts
        account.session.client("rds").create_db_instance(
            DBInstanceIdentifier="db",
            Engine="mysql",
            DBInstanceClass="db.t3.micro",
            MasterUsername="the-master-user",
            MasterUserPassword="the-master-password",
        )
        bucket(account.session, "one")
        wanted = [reads(Bucket, "policy", "acl"), reads(DBInstance), reads(AccountSummary)]
        write_snapshot(cloud.gather(wanted), tmp_path / "it.json")
    text = (tmp_path / "it.json").read_text("utf-8")
    secrets = (account.access_key, account.secret_key, account.session_token)
    assert all(secret and secret not in text for secret in secrets)
    assert "the-master" not in text
    assert repr(account).count(account.secret_key) == 0
    assert repr(account).count(account.session_token) == 0


def test_a_password_of_a_url_is_in_no_part_of_an_error():
    for url in ("http://user:secret@127.0.0.1:1", "ftp://user:secret@x"):
        with pytest.raises(CloudpackError) as raised, parse_source(f"moto:{url}").open():
            pass
        problems = getattr(raised.value, "problems", ())
        assert "secret" not in f"{raised.value} {raised.value!r} {problems}"
