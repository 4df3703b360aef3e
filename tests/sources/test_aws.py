"""boto3 as the transport: the guard, patience, pages, faults, and who is asked."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import (
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)
from moto import mock_aws

from cloudpack_baseline.errors import (
    CredentialsError,
    InputError,
    NotReadOnlyError,
    SourceError,
    WrongAccountError,
)
from cloudpack_baseline.model.ecr import Repository
from cloudpack_baseline.model.iam import AccountSummary
from cloudpack_baseline.model.rds import DBInstance
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.s3 import AccessPoint, AccountPublicAccessBlock, Bucket
from cloudpack_baseline.model.values import Why
from cloudpack_baseline.sources.aws import AwsTransport, gather_account, gather_fleet, open_account
from cloudpack_baseline.sources.calls import CallError
from cloudpack_baseline.sources.clients import Clients
from cloudpack_baseline.sources.operations import OPERATIONS, operation
from cloudpack_baseline.sources.targets import SourceAccount
from support import ACCOUNT, REGION

S3 = reads(Bucket, "policy", "acl", "owner", "ownership", "public_access_block")


@pytest.fixture
def sent(monkeypatch):
    """Every operation that reaches moto, in order."""
    from moto.core.models import botocore_stubber  # noqa: PLC0415 - after mock_aws

    names = []
    process = type(botocore_stubber).__call__

    def counted(stubber, event_name, request, **kwargs):
        names.append(event_name.partition(".")[2])
        return process(stubber, event_name, request, **kwargs)

    monkeypatch.setattr(type(botocore_stubber), "__call__", counted)
    return names


class Raw:
    def __init__(self, body):
        self.body = body

    def stream(self, **_):
        yield self.body

    def read(self):
        return self.body


def answering(session, event, *, status=200, body=b"", fault=None):
    """A session whose clients get this in the place of the operation's answer."""

    def handler(request, **_):
        if fault is not None:
            raise fault
        return AWSResponse(request.url, status, {}, Raw(body))

    session.events.register_first(f"before-send.{event}", handler)
    return session


def bucket(session, name, region=REGION):
    place = {"LocationConstraint": region}
    session.client("s3").create_bucket(Bucket=name, CreateBucketConfiguration=place)


def test_root_mfa_costs_two_calls_and_lists_no_regions(session, sent):
    snapshot = gather_account(session, [reads(AccountSummary)])
    assert len(sent) <= 3
    assert sent[0] == "sts.GetCallerIdentity"
    assert not any("Regions" in name for name in sent)
    assert snapshot.accounts[0].id == ACCOUNT
    assert len(snapshot.all(AccountSummary, ACCOUNT)) == 1


def test_s3_asks_only_for_the_fields_that_are_wanted(session, sent):
    for name in ("one", "two"):
        bucket(session, name)
    sent.clear()
    snapshot = gather_account(session, [reads(Bucket, "policy")])
    assert sorted(sent) == [
        "s3.GetBucketLocation",  # of moto, whose listing leaves it out
        "s3.GetBucketLocation",
        "s3.GetBucketPolicy",
        "s3.GetBucketPolicy",
        "s3.ListBuckets",
        "sts.GetCallerIdentity",
    ]
    one, two = snapshot.all(Bucket, ACCOUNT)
    assert (one.name, two.name, one.policy) == ("one", "two", None)
    assert one.acl.causes[0].why is Why.NOT_GATHERED


def test_everything_of_s3_on_moto(session):
    bucket(session, "one")
    session.client("s3").put_public_access_block(
        Bucket="one", PublicAccessBlockConfiguration={"BlockPublicPolicy": True}
    )
    control = session.client("s3control")
    control.create_access_point(AccountId=ACCOUNT, Name="point", Bucket="one")
    kinds = [
        S3,
        reads(AccountPublicAccessBlock, "organization"),
        reads(AccessPoint, "policy", "public_access_block"),
    ]
    snapshot = gather_account(session, kinds)
    (one,) = snapshot.all(Bucket, ACCOUNT)
    assert one.arn == "arn:aws:s3:::one"
    assert one.public_access_block.block_public_policy
    assert not one.public_access_block.ignore_public_acls
    assert [grant.permission for grant in one.acl] == ["FULL_CONTROL"]
    assert one.acl[0].grantee == one.owner
    (block,) = snapshot.all(AccountPublicAccessBlock, ACCOUNT)
    assert (block.settings, block.organization) == (None, None)
    assert snapshot.assumptions == ("no-organization-s3-policy",)
    (point,) = snapshot.all(AccessPoint, ACCOUNT)
    assert (point.bucket, point.network_origin, point.policy) == ("one", "Internet", None)
    assert point.public_access_block.restrict_public_buckets


@pytest.mark.parametrize(
    ("region", "partition"), [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")]
)
def test_other_partitions(keys, region, partition):  # noqa: ARG001 - the environment
    with mock_aws():
        session = boto3.Session(region_name=region)
        bucket(session, "one", region)
        session.client("rds").create_db_instance(
            DBInstanceIdentifier="db", Engine="mysql", DBInstanceClass="db.t3.micro"
        )
        kinds = [S3, reads(DBInstance), reads(AccountSummary), reads(AccountPublicAccessBlock)]
        snapshot = gather_account(session, kinds, regions=[region])
    assert snapshot.accounts[0].partition == partition
    kinds = {type(record).__name__ for record in snapshot.records}
    assert kinds >= {"AccountPublicAccessBlock", "AccountSummary", "Bucket", "DBInstance"}
    assert all(record.arn.startswith(f"arn:{partition}:") for record in snapshot.records)


def test_the_guard_stops_a_write_before_it_is_sent(session, sent):
    clients = Clients(session, ["s3:ListBuckets"])
    client = clients.get("s3", REGION)
    with pytest.raises(NotReadOnlyError, match="s3:DeleteBucket was stopped before it was sent"):
        client.delete_bucket(Bucket="one")
    with pytest.raises(NotReadOnlyError):
        client.get_bucket_policy(Bucket="one")  # read-only, but nobody declared it
    assert sent == []
    client.list_buckets()
    assert sent == ["s3.ListBuckets"]


def test_the_guard_stops_every_operation_of_a_service_that_is_not_selected(session, sent):
    client = Clients(session, ["sts:GetCallerIdentity"]).get("s3", REGION)
    for method in ("head_bucket", "delete_bucket"):
        with pytest.raises(NotReadOnlyError):
            getattr(client, method)(Bucket="one")
    assert sent == []


def test_the_users_session_stays_as_it_is(session):
    bucket(session, "one")
    before = session.client("s3")
    gather_account(session, [S3])
    before.put_bucket_tagging(Bucket="one", Tagging={"TagSet": []})
    session.client("s3").delete_bucket(Bucket="one")


READING = ("BatchGet", "Describe", "Get", "List", "Lookup", "Search")
READING_BY_ANOTHER_NAME = {
    "elasticbeanstalk:CheckDNSAvailability",
    "iam:GenerateCredentialReport",  # of access level Read; it changes nothing else
    "s3:HeadBucket",
}


def test_only_read_operations_are_on_the_list():
    others = {
        operation.id for operation in OPERATIONS.values() if not operation.name.startswith(READING)
    }
    assert others == READING_BY_ANOTHER_NAME


def attempts_of(session, **fields):
    retries = Clients(session, [], **fields).get("s3", REGION).meta.config.retries
    return retries["total_max_attempts"], retries["mode"]


def test_retries_are_botocores_own_and_the_users_settings_win(keys):
    keys.delenv("AWS_MAX_ATTEMPTS")
    assert attempts_of(boto3.Session()) == (5, "standard")
    keys.setenv("AWS_MAX_ATTEMPTS", "9")
    keys.setenv("AWS_RETRY_MODE", "adaptive")
    assert attempts_of(boto3.Session()) == (9, "adaptive")
    assert attempts_of(boto3.Session(), attempts=1) == (1, "adaptive")


def test_retry_modes_of_the_configuration_file_win_too(keys, tmp_path):
    keys.delenv("AWS_MAX_ATTEMPTS")
    (tmp_path / "config").write_text("[default]\nretry_mode = legacy\nmax_attempts = 2\n", "utf-8")
    keys.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    assert attempts_of(boto3.Session()) == (2, "legacy")


def test_a_profile_of_the_environment_that_does_not_exist(keys):
    keys.setenv("AWS_PROFILE", "missing")
    with pytest.raises(CredentialsError, match=r"no AWS credentials: .*missing"):
        gather_fleet([SourceAccount()], [reads(AccountSummary)])


THROTTLED = (
    b"<ErrorResponse><Error><Code>Throttling</Code><Message>x</Message></Error></ErrorResponse>"
)
DENIED = b"<Error><Code>AccessDenied</Code><Message>arn:aws:secret</Message></Error>"


def test_a_throttled_listing_is_unknown_and_the_others_stand(session):
    bucket(session, "one")
    answering(session, "rds.DescribeDBInstances", status=400, body=THROTTLED)
    snapshot = gather_account(session, [reads(DBInstance), S3], regions=[REGION])
    (gap,) = [coverage.unknown for coverage in snapshot.covered(DBInstance, ACCOUNT)]
    assert (gap.causes[0].why, gap.causes[0].code) == (Why.THROTTLED, "Throttling")
    assert [coverage.unknown for coverage in snapshot.covered(Bucket, ACCOUNT)] == [None]


def test_a_denied_field_is_unknown_names_the_action_and_quotes_nothing(session):
    bucket(session, "one")
    answering(session, "s3.GetPublicAccessBlock", status=403, body=DENIED)
    (one,) = gather_account(session, [S3]).all(Bucket, ACCOUNT)
    (cause,) = one.public_access_block.causes
    assert (cause.why, cause.operation) == (Why.DENIED, "s3:GetPublicAccessBlock")
    assert cause.actions == ("s3:GetBucketPublicAccessBlock",)
    assert cause.detail == ""
    assert (one.policy, one.ownership) == (None, None)


def test_a_denial_names_the_kind_of_policy_and_quotes_nothing(session):
    bucket(session, "one")
    message = b"arn:aws:secret with an explicit deny in a service control policy: arn:aws:secret"
    body = DENIED.replace(b"arn:aws:secret", message)
    answering(session, "s3.GetPublicAccessBlock", status=403, body=body)
    (one,) = gather_account(session, [S3]).all(Bucket, ACCOUNT)
    (cause,) = one.public_access_block.causes
    assert (cause.why, cause.detail) == (Why.DENIED, "service control policy")


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (ConnectTimeoutError(endpoint_url="x"), "ConnectTimeoutError"),
        (ReadTimeoutError(endpoint_url="x"), "ReadTimeoutError"),
    ],
)
def test_a_fault_of_the_network_is_unknown(session, fault, code):
    answering(session, "rds.DescribeDBInstances", fault=fault)
    snapshot = gather_account(session, [reads(DBInstance)], regions=[REGION])
    (gap,) = [coverage.unknown for coverage in snapshot.covered(DBInstance, ACCOUNT)]
    assert (gap.causes[0].why, gap.causes[0].code) == (Why.FAILED, code)


@pytest.mark.parametrize(
    ("endpoint", "start"), [("", "https://"), ("http://127.0.0.1:5000", "http://127.0.0.1:5000/")]
)
def test_the_sign_in_policy_is_read_from_the_endpoint_of_the_client(keys, endpoint, start):
    keys.setenv("AWS_ENDPOINT_URL", endpoint)
    session = boto3.Session(region_name=REGION)
    urls = []

    def handler(request, **_):
        urls.append(request.url)
        return AWSResponse(request.url, 200, {}, Raw(b"{}"))

    session.events.register_last("before-send", handler)
    Clients(session, ["signin:GetResourcePolicy"]).get("signin", REGION).get_resource_policy()
    assert [url.startswith(start) for url in urls] == [True]


PAGE = b"<!DOCTYPE html><html><body>proxy error</body></html>"


@pytest.mark.parametrize("body", [b"", b" ", b'{"policyText": "{', PAGE, b"\n<html></html>"])
def test_a_body_that_is_cut_off_is_not_an_answer_without_a_policy(session, body):
    session.client("ecr").create_repository(repositoryName="app")
    answering(session, "ecr.GetRepositoryPolicy", body=body)
    snapshot = gather_account(session, [reads(Repository, "policy")], regions=[REGION])
    (repository,) = snapshot.all(Repository, ACCOUNT)
    assert repository.policy.causes[0].why is Why.MALFORMED


@pytest.mark.parametrize("body", [b"", PAGE])
def test_a_web_page_in_xml_is_not_an_answer_without_a_website(session, body):
    bucket(session, "one")
    answering(session, "s3.GetBucketWebsite", body=body)
    (one,) = gather_account(session, [reads(Bucket, "website")]).all(Bucket, ACCOUNT)
    assert one.website.causes[0].why is Why.MALFORMED


def test_a_whole_body_is_an_answer(session):
    session.client("ecr").create_repository(repositoryName="app")
    answering(session, "ecr.GetRepositoryPolicy", body=b'{"policyText": "{}"}')
    snapshot = gather_account(session, [reads(Repository, "policy")], regions=[REGION])
    (repository,) = snapshot.all(Repository, ACCOUNT)
    assert repository.policy == "{}"


@pytest.mark.parametrize(
    "body",
    [
        b"<DescribeDBInstancesResponse><DescribeDBInstancesResult><DBInst",
        b"<html><body>Please log in</body></html>",
        b"",
    ],
)
def test_half_an_answer_is_unknown(session, body):
    answering(session, "rds.DescribeDBInstances", body=body)
    snapshot = gather_account(session, [reads(DBInstance)], regions=[REGION])
    (gap,) = [coverage.unknown for coverage in snapshot.covered(DBInstance, ACCOUNT)]
    assert gap.causes[0].why is Why.MALFORMED
    assert gap.causes[0].operation == "rds:DescribeDBInstances"


def test_a_bucket_deleted_between_list_and_read_vanishes(session):
    bucket(session, "one")
    gone = b"<Error><Code>NoSuchBucket</Code></Error>"
    answering(session, "s3.GetBucketAcl", status=404, body=gone)
    snapshot = gather_account(session, [reads(Bucket, "acl")])
    assert snapshot.all(Bucket, ACCOUNT) == ()
    assert [coverage.unknown for coverage in snapshot.covered(Bucket, ACCOUNT)] == [None]


PAGE = (
    b"<ListAllMyBucketsResult><Owner><ID>o</ID></Owner><Buckets><Bucket><Name>%s</Name>"
    b"<BucketRegion>%s</BucketRegion></Bucket></Buckets>%s</ListAllMyBucketsResult>"
)


def test_buckets_are_listed_page_by_page_and_read_where_they_are(session):
    urls, hosts = [], []

    def listing(request, **_):
        urls.append(request.url)
        more = (
            b""
            if "continuation-token" in request.url
            else (b"<ContinuationToken>t</ContinuationToken>")
        )
        body = PAGE % ((b"one", b"eu-west-1", b"") if not more else (b"two", b"us-west-2", more))
        return AWSResponse(request.url, 200, {}, Raw(body))

    def policy(request, **_):
        hosts.append(request.url.split("/")[2])
        return AWSResponse(
            request.url, 404, {}, Raw(b"<Error><Code>NoSuchBucketPolicy</Code></Error>")
        )

    session.events.register_first("before-send.s3.ListBuckets", listing)
    session.events.register_first("before-send.s3.GetBucketPolicy", policy)
    snapshot = gather_account(session, [reads(Bucket, "policy")], regions=["ap-northeast-1"])
    assert [(bucket.name, bucket.region) for bucket in snapshot.all(Bucket, ACCOUNT)] == [
        ("one", "eu-west-1"),
        ("two", "us-west-2"),
    ]
    assert all("max-buckets=1000" in url for url in urls)
    assert len(urls) == 2
    assert sorted(hosts) == ["one.s3.eu-west-1.amazonaws.com", "two.s3.us-west-2.amazonaws.com"]


def test_a_bucket_that_stands_elsewhere_is_read_there(session):
    def policy(request, **_):
        if "us-west-2" in request.url:
            return AWSResponse(request.url, 200, {}, Raw(b'{"Statement": []}'))
        headers = {"x-amz-bucket-region": "us-west-2"}
        body = b"<Error><Code>PermanentRedirect</Code></Error>"
        return AWSResponse(request.url, 301, headers, Raw(body))

    bucket(session, "one")
    session.events.register_first("before-send.s3.GetBucketPolicy", policy)
    (one,) = gather_account(session, [reads(Bucket, "policy")]).all(Bucket, ACCOUNT)
    assert one.policy == '{"Statement": []}'


def test_access_points_are_listed_to_the_last_page(session):
    tokens = []

    def listing(request, **_):
        tokens.append("nextToken=t" in request.url)
        item = (
            b"<AccessPoint><Name>p%d</Name><NetworkOrigin>Internet</NetworkOrigin>"
            b"<Bucket>one</Bucket>"
            b"<AccessPointArn>arn:aws:s3:ap-northeast-1:123456789012:accesspoint/p%d"
            b"</AccessPointArn></AccessPoint>"
        ) % (len(tokens), len(tokens))
        more = b"<NextToken>t</NextToken>" if len(tokens) == 1 else b""
        body = (
            b"<ListAccessPointsResult><AccessPointList>"
            + item
            + b"</AccessPointList>"
            + more
            + b"</ListAccessPointsResult>"
        )
        return AWSResponse(request.url, 200, {}, Raw(body))

    bucket(session, "one")
    session.events.register_first("before-send.s3-control.ListAccessPoints", listing)
    snapshot = gather_account(session, [reads(AccessPoint)])
    assert [access_point.name for access_point in snapshot.all(AccessPoint, ACCOUNT)] == [
        "p1",
        "p2",
    ]
    assert tokens == [False, True]


def test_a_fault_of_ours_is_no_answer_of_aws(session):
    transport = AwsTransport(Clients(session, ["s3:GetBucketPolicy"]))
    with pytest.raises(CallError) as caught:
        list(transport.pages(operation("s3:GetBucketPolicy"), REGION, {}))
    assert caught.value.code == "ParamValidationError"


@pytest.mark.parametrize(
    ("region", "code"),
    [
        ("ap-northeast-1", "EndpointUnreachable"),
        ("ap-northeast-99", "EndpointConnectionError"),
        ("local", "EndpointConnectionError"),
    ],
)
def test_a_network_that_fails_does_not_mean_that_a_service_is_not_offered(session, region, code):
    def unreachable(request, **_):
        raise EndpointConnectionError(endpoint_url=request.url)

    session.events.register_first("before-send.fsx.DescribeFileSystems", unreachable)
    clients = Clients(session, ["fsx:DescribeFileSystems"], attempts=1)
    with pytest.raises(CallError) as caught:
        list(AwsTransport(clients).pages(operation("fsx:DescribeFileSystems"), region, {}))
    assert caught.value.code == code


def test_credentials_of_another_account(session, sent):
    with pytest.raises(WrongAccountError, match="to account 123456789012, not to the declared 2"):
        gather_account(session, [reads(AccountSummary)], account="210987654321")
    assert sent == ["sts.GetCallerIdentity"]


def test_regions_and_name_may_depend_on_the_account(session):
    snapshot = gather_account(
        session,
        [reads(DBInstance)],
        regions={ACCOUNT: ("eu-west-1",)}.get,
        name={ACCOUNT: "production"}.get,
    )
    (account,) = snapshot.accounts
    assert (account.regions, account.name) == (("eu-west-1",), "production")


def test_no_credentials(bare):  # noqa: ARG001 - the environment
    with pytest.raises(CredentialsError, match="no AWS credentials: NoCredentialsError"):
        gather_account(boto3.Session(), [reads(AccountSummary)])


@pytest.mark.parametrize(
    ("setting", "missing"),
    [
        ("credential_process = /nonexistent --password pa55word", "/nonexistent"),
        ("role_arn = arn:aws:iam::1:role/x\nweb_identity_token_file = /no/token", "/no/token"),
    ],
)
def test_credentials_that_cannot_be_read(bare, tmp_path, setting, missing):
    """Botocore raises what the file system does."""
    config = tmp_path / "config"
    config.write_text(f"[default]\nregion = {REGION}\n{setting}\n", encoding="utf-8")
    bare.setenv("AWS_CONFIG_FILE", str(config))
    with pytest.raises(CredentialsError, match=f"no AWS credentials: .*: {missing}; ") as caught:
        gather_account(boto3.Session(), [reads(AccountSummary)])
    assert "pa55word" not in str(caught.value)


def test_credentials_that_are_lost_during_the_run(session):
    """A token file is read again when the credentials are renewed."""
    fault = FileNotFoundError(2, "No such file", "token")
    answering(session, "rds.DescribeDBInstances", fault=fault)
    (coverage,) = gather_account(session, [reads(DBInstance)], regions=[REGION]).coverage
    assert "FileNotFoundError" in str(coverage.unknown)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("ExpiredToken", "have expired.*; renew them"),
        ("InvalidClientTokenId", "rejects the credentials in ap-northeast-1.*the keys are active"),
        ("SignatureDoesNotMatch", "rejects the credentials.*the clock of this computer"),
    ],
)
def test_refused_credentials(session, code, words):
    body = f"<ErrorResponse><Error><Code>{code}</Code></Error></ErrorResponse>".encode()
    answering(session, "sts.GetCallerIdentity", status=403, body=body)
    with pytest.raises(CredentialsError, match=words):
        gather_account(session, [reads(AccountSummary)])


def test_nobody_answers(session):
    answering(session, "sts.GetCallerIdentity", fault=ConnectTimeoutError(endpoint_url="x"))
    with pytest.raises(SourceError, match=r"AWS does not answer in ap-northeast-1.*the proxy"):
        gather_account(session, [reads(AccountSummary)])


@pytest.mark.parametrize(
    ("profile", "words"),
    [
        (
            (
                "sso_session = s\nsso_account_id = 1\nsso_role_name = r\n[sso-session s]\n"
                "sso_start_url = https://example.awsapps.com/start\nsso_region = us-east-1"
            ),
            "no AWS credentials: .*; sign in with `aws sso login`",
        ),
        (
            "source_profile = default\nrole_arn = arn:aws:iam::1:role/x",
            "configuration cannot be used: InfiniteLoop.*; correct the profile",
        ),
        (
            "source_profile = none\nrole_arn = arn:aws:iam::1:role/x",
            "configuration cannot be used: InvalidConfigError.*; correct the profile",
        ),
    ],
)
def test_a_profile_that_gives_no_credentials(bare, tmp_path, profile, words):
    config = tmp_path / "config"
    config.write_text(f"[default]\nregion = {REGION}\n{profile}\n", encoding="utf-8")
    bare.setenv("AWS_CONFIG_FILE", str(config))
    with pytest.raises(CredentialsError, match=words):
        gather_account(boto3.Session(), [reads(AccountSummary)])


def test_an_endpoint_that_is_no_url(session, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "not a URL")
    with pytest.raises(SourceError, match="Invalid endpoint"):
        gather_account(session, [reads(AccountSummary)])


def test_a_failing_identity(session):
    body = b"<ErrorResponse><Error><Code>InternalFailure</Code></Error></ErrorResponse>"
    answering(session, "sts.GetCallerIdentity", status=400, body=body)
    with pytest.raises(SourceError, match=r"InternalFailure.*; try again later"):
        gather_account(session, [reads(AccountSummary)])


@pytest.mark.parametrize(
    "answer",
    [
        b"<GetCallerIdentityResponse><GetCallerIdentityResult/></GetCallerIdentityResponse>",
        b"<html><p>Please log in</html>",
        b"",
    ],
)
def test_an_odd_identity(session, answer):
    answering(session, "sts.GetCallerIdentity", body=answer)
    with pytest.raises(SourceError, match=r"malformed.*; check the network, the proxy"):
        gather_account(session, [reads(AccountSummary)])


@pytest.mark.usefixtures("bare")
def test_a_profile_that_does_not_exist():
    with pytest.raises(
        CredentialsError,
        match=r"no AWS credentials: .*\(audit\) could not be found; .*list-profiles",
    ):
        open_account(SourceAccount(profile="audit"))


def test_a_role_that_nobody_could_assume(bare):  # noqa: ARG001 - the environment
    with pytest.raises(CredentialsError, match="no AWS credentials that could assume arn:aws:iam"):
        open_account(SourceAccount(role_arn="arn:aws:iam::210987654321:role/Audit"))


def test_a_role_is_assumed_with_its_external_id(session, monkeypatch):  # noqa: ARG001 - moto
    bodies = []
    target = SourceAccount(
        role_arn="arn:aws:iam::210987654321:role/Audit", external_id="shared words"
    )
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    opened = open_account(target)
    # The session of the role is made by botocore, so it is seen at moto's end.
    from moto.sts.responses import TokenResponse  # noqa: PLC0415 - after mock_aws

    assume = TokenResponse.assume_role

    def seen(response):
        bodies.append(response._get_param("ExternalId"))
        return assume(response)

    monkeypatch.setattr(TokenResponse, "assume_role", seen)
    snapshot = gather_account(opened, [reads(AccountSummary)], account="210987654321")
    assert snapshot.accounts[0].id == "210987654321"
    assert bodies == ["shared words"]


@pytest.mark.filterwarnings("ignore:.*Exception.Denied.:UserWarning")
def test_a_role_that_may_not_be_assumed(session, monkeypatch):  # noqa: ARG001 - moto
    from moto.core.exceptions import ServiceException  # noqa: PLC0415 - after mock_aws
    from moto.sts.responses import TokenResponse  # noqa: PLC0415 - after mock_aws

    class Denied(ServiceException):
        code = "AccessDenied"

    def refuse(_response):
        raise Denied("no")

    monkeypatch.setattr(TokenResponse, "assume_role", refuse)
    target = SourceAccount(id="210987654321", role_arn="arn:aws:iam::210987654321:role/Audit")
    with pytest.raises(CredentialsError, match=r"cannot be assumed .AccessDenied.: its trust"):
        gather_account(open_account(target, region=REGION), [reads(AccountSummary)])


FLEET = [
    SourceAccount(id=number, name=name, role_arn=f"arn:aws:iam::{number}:role/Audit")
    for number, name in (("111111111111", "one"), ("222222222222", "two"))
]


@pytest.mark.parametrize("threads", [None, 2])
def test_a_fleet_on_any_executor(session, threads):  # noqa: ARG001 - moto
    executor = ThreadPoolExecutor(threads) if threads else None
    snapshot = gather_fleet(FLEET, [reads(AccountSummary)], executor=executor, region=REGION)
    assert [(account.id, account.name) for account in snapshot.accounts] == [
        ("111111111111", "one"),
        ("222222222222", "two"),
    ]
    assert len(snapshot.records) == 2


def test_a_fleet_tells_all_that_is_wrong_at_once(session):  # noqa: ARG001 - moto
    wrong = [
        SourceAccount(id="333333333333", name="c", role_arn="arn:aws:iam::111111111111:role/Audit"),
        SourceAccount(id="444444444444", name="d", profile="missing"),
    ]
    with pytest.raises(SourceError) as caught:
        gather_fleet([*FLEET, *wrong], [reads(AccountSummary)], region=REGION)
    assert type(caught.value) is SourceError
    one, two = str(caught.value).splitlines()
    assert one.startswith("account c 333333333333: the credentials belong to account 111111111111")
    assert two.startswith("account d 444444444444: no AWS credentials: The config profile (miss")
    with pytest.raises(WrongAccountError):
        gather_fleet(wrong[:1], [reads(AccountSummary)], region=REGION)


def test_wrong_regions_of_a_fleet_are_wrong_input(session):  # noqa: ARG001 - moto
    target = SourceAccount(regions=("ap-northwest-1",))
    with pytest.raises(InputError):
        gather_fleet([target], [reads(DBInstance)], region=REGION)


def test_credentials_faults_while_loading(session):
    answering(session, "sts.GetCallerIdentity", fault=NoCredentialsError())
    with pytest.raises(CredentialsError):
        gather_account(session, [reads(AccountSummary)])
