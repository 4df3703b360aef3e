"""Answers that the AWS CLI wrote: which file tells what, and what no file tells."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from urllib.parse import quote_plus

import pytest

from cloudpack_baseline.errors import InputError, WrongAccountError
from cloudpack_baseline.model.cloudfront import Distribution
from cloudpack_baseline.model.cloudtrail import Trail
from cloudpack_baseline.model.ec2_gateways import VpcBlockPublicAccessOptions
from cloudpack_baseline.model.iam import AccountSummary
from cloudpack_baseline.model.rds import DBCluster, DBInstance
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.s3 import AccessPoint, Bucket
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.sources import SourceAccount, parse_source
from cloudpack_baseline.sources.answers import file_name
from cloudpack_baseline.sources.operations import operation
from support import ACCOUNT, REGION

OTHER = "210987654321"
IDENTITY = {"UserId": "u", "Account": ACCOUNT, "Arn": f"arn:aws-cn:iam::{ACCOUNT}:user/a"}
SUMMARY = {"SummaryMap": {"AccountMFAEnabled": 1}}
NO_CLUSTERS = {"DBClusters": []}


def instance(name="db", region=REGION, account=ACCOUNT):
    return {
        "DBInstanceIdentifier": name,
        "DBInstanceArn": f"arn:aws:rds:{region}:{account}:db:{name}",
        "Engine": "mysql",
        "BackupRetentionPeriod": 2,
        "AvailabilityZone": f"{region}a",
        "LatestRestorableTime": "2026-11-01T03:00:00+00:00",
    }


def instances(*items):
    return {"DBInstances": list(items)}


def write(folder, files):
    for name, file in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = file if isinstance(file, str) else json.dumps(file, indent=4)
        path.write_text(text, "utf-8")


def gathered(folder, *wanted, targets=()):
    with parse_source(f"describe:{folder}").open(targets) as opened:
        return opened.gather(wanted)


def gaps(snapshot, kind, account=ACCOUNT):
    return {one.region: one.unknown for one in snapshot.covered(kind, account)}


def test_a_flat_folder(tmp_path):
    write(
        tmp_path,
        {
            "sts.get-caller-identity.json": IDENTITY,
            "iam.get-account-summary.json": SUMMARY,
            "rds.describe-db-instances.json": instances(instance()),
            "rds.describe-db-clusters.json": NO_CLUSTERS,
        },
    )
    snapshot = gathered(tmp_path, reads(AccountSummary), reads(DBInstance), reads(DBCluster))
    (account,) = snapshot.accounts
    assert (account.id, account.partition, account.regions) == (ACCOUNT, "aws-cn", (REGION,))
    assert snapshot.source == "describe"
    (db_instance,) = snapshot.all(DBInstance, ACCOUNT)
    assert (db_instance.region, db_instance.latest_restorable_time.hour) == (REGION, 3)
    assert snapshot.all(AccountSummary, ACCOUNT)[0].mfa_enabled is True
    assert gaps(snapshot, DBCluster) == {REGION: None}


def test_folders_of_accounts_and_regions(tmp_path):
    write(
        tmp_path,
        {
            f"{ACCOUNT}/{REGION}/rds.describe-db-instances.json": instances(instance("one")),
            f"{ACCOUNT}/eu-west-1/rds.describe-db-instances.json": instances(),
            f"{OTHER}/{REGION}/rds.describe-db-instances.json": instances(
                instance("two", account=OTHER)
            ),
            "notes/readme.json": {"DBInstances": []},
        },
    )
    snapshot = gathered(tmp_path, reads(DBInstance))
    assert [(account.id, account.regions) for account in snapshot.accounts] == [
        (ACCOUNT, (REGION, "eu-west-1")),
        (OTHER, (REGION,)),
    ]
    assert [db_instance.name for db_instance in snapshot.all(DBInstance, ACCOUNT)] == ["one"]
    assert [db_instance.name for db_instance in snapshot.all(DBInstance, OTHER)] == ["two"]
    source_account = SourceAccount(id=OTHER, name="other", regions=(REGION, "us-east-1"))
    snapshot = gathered(tmp_path, reads(DBInstance), targets=[source_account])
    assert [(account.id, account.name) for account in snapshot.accounts] == [(OTHER, "other")]
    assert gaps(snapshot, DBInstance, OTHER)[REGION] is None
    (cause,) = gaps(snapshot, DBInstance, OTHER)["us-east-1"].causes
    assert cause.detail == "no file us-east-1/rds.describe-db-instances.json"


def test_recorded_regions_go_before_folders(tmp_path):
    regions = [
        {"RegionName": REGION, "OptInStatus": "opt-in-not-required"},
        {"RegionName": "eu-west-1", "OptInStatus": "opted-in"},
        {"RegionName": "af-south-1", "OptInStatus": "not-opted-in"},
    ]
    write(
        tmp_path,
        {
            f"{ACCOUNT}/ec2.describe-regions.json": {"Regions": regions},
            f"{ACCOUNT}/{REGION}/rds.describe-db-instances.json": instances(),
        },
    )
    found = gaps(gathered(tmp_path, reads(DBInstance)), DBInstance)
    assert found[REGION] is None
    assert found["eu-west-1"].causes[0].why is Why.NOT_PROVIDED
    assert set(found) == {REGION, "eu-west-1"}


@pytest.mark.parametrize(
    ("held", "why", "code", "detail"),
    [
        (
            {"Error": {"Code": "AccessDenied", "Message": "x"}},
            Why.DENIED,
            "AccessDenied",
            "",
        ),
        ({"Error": {"Code": "Throttling"}}, Why.THROTTLED, "Throttling", ""),
        ("", Why.NOT_PROVIDED, "", "rds.describe-db-instances.json is empty"),
        (" \n", Why.NOT_PROVIDED, "", "rds.describe-db-instances.json is empty"),
        ({}, Why.NOT_PROVIDED, "", "rds.describe-db-instances.json is empty"),
        ("{", Why.MALFORMED, "", "rds.describe-db-instances.json is not JSON"),
        ("[]", Why.MALFORMED, "", "rds.describe-db-instances.json does not contain an object"),
        ({"Other": []}, Why.MALFORMED, "", "no DBInstances"),
        (
            {"DBInstances": [], "Marker": "m"},
            Why.MALFORMED,
            "",
            "rds.describe-db-instances.json is only one page of several (Marker)",
        ),
    ],
)
def test_what_a_file_fails_to_tell(tmp_path, held, why, code, detail):
    name = f"{ACCOUNT}/{REGION}/rds.describe-db-instances.json"
    write(tmp_path, {name: held, f"{ACCOUNT}/{REGION}/rds.describe-db-clusters.json": NO_CLUSTERS})
    snapshot = gathered(tmp_path, reads(DBInstance), reads(DBCluster))
    (cause,) = gaps(snapshot, DBInstance)[REGION].causes
    assert (cause.why, cause.code, cause.detail) == (why, code, detail)
    assert gaps(snapshot, DBCluster) == {REGION: None}


def test_a_file_that_is_absent_is_named(tmp_path):
    write(tmp_path, {f"{ACCOUNT}/{REGION}/rds.describe-db-clusters.json": NO_CLUSTERS})
    (cause,) = gaps(gathered(tmp_path, reads(DBInstance)), DBInstance)[REGION].causes
    assert (cause.why, cause.detail) == (
        Why.NOT_PROVIDED,
        f"no file {REGION}/rds.describe-db-instances.json",
    )


def test_answers_about_one_thing_name_it(tmp_path):
    write(
        tmp_path,
        {
            f"{ACCOUNT}/s3api.list-buckets.json": {
                "Buckets": [{"Name": "one", "BucketRegion": REGION}, {"Name": "two"}]
            },
            f"{ACCOUNT}/s3api.get-bucket-policy@one.json": {"Policy": "{}"},
            f"{ACCOUNT}/{REGION}/s3api.get-bucket-policy@two.json": {
                "Error": {"Code": "NoSuchBucketPolicy"}
            },
        },
    )
    snapshot = gathered(tmp_path, reads(Bucket, "policy", "ownership"))
    one, two = sorted(snapshot.all(Bucket, ACCOUNT), key=lambda bucket: bucket.name)
    assert (one.policy, two.policy) == ("{}", None)
    assert one.ownership.causes[0].detail == "no file s3api.get-bucket-ownership-controls@one.json"


def test_access_points_by_region_or_not(tmp_path):
    item = {
        "Name": "p",
        "NetworkOrigin": "VPC",
        "Bucket": "one",
        "AccessPointArn": f"arn:aws:s3:{REGION}:{ACCOUNT}:accesspoint/p",
    }
    write(
        tmp_path,
        {
            f"{ACCOUNT}/s3api.list-buckets.json": {
                "Buckets": [{"Name": "one", "BucketRegion": REGION}]
            },
            f"{ACCOUNT}/s3control.list-access-points.json": {"AccessPointList": [item]},
            f"{ACCOUNT}/s3control.get-access-point-policy@p.json": {"Policy": "{}"},
        },
    )
    (access_point,) = gathered(tmp_path, reads(AccessPoint, "policy")).all(AccessPoint, ACCOUNT)
    assert (access_point.region, access_point.policy) == (REGION, "{}")


def test_other_names_are_taken_where_nothing_is_ambiguous(tmp_path):
    write(
        tmp_path,
        {
            "who.json": IDENTITY,
            "databases.json": instances(instance()),
            "clusters-1.json": NO_CLUSTERS,
            "clusters-2.json": NO_CLUSTERS,
            "policy.json": {"Policy": "{}"},
            "summary.json": SUMMARY,
            "broken.json": "{",
        },
    )
    wanted = (reads(DBInstance), reads(DBCluster), reads(AccountSummary))
    snapshot = gathered(tmp_path, *wanted)
    assert [db_instance.name for db_instance in snapshot.all(DBInstance, ACCOUNT)] == ["db"]
    assert snapshot.all(AccountSummary, ACCOUNT)[0].mfa_enabled is True
    (cause,) = gaps(snapshot, DBCluster)[REGION].causes
    assert (
        cause.detail
        == "clusters-1.json and clusters-2.json could both be rds.describe-db-clusters.json"
    )


def test_the_proper_name_goes_before_any_other(tmp_path):
    write(
        tmp_path,
        {
            "sts.get-caller-identity.json": IDENTITY,
            "a.json": instances(),
            "rds.describe-db-instances.json": instances(instance("proper")),
        },
    )
    snapshot = gathered(tmp_path, reads(DBInstance))
    assert [db_instance.name for db_instance in snapshot.all(DBInstance, ACCOUNT)] == ["proper"]


def test_windows_writes_utf_16(tmp_path):
    path = tmp_path / ACCOUNT / REGION / "rds.describe-db-instances.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(instances(instance())), "utf-16")
    assert len(gathered(tmp_path, reads(DBInstance)).all(DBInstance, ACCOUNT)) == 1


@pytest.mark.parametrize(
    "files",
    [
        {"rds.describe-db-instances.json": instances(instance())},
        {"ec2.describe-vpcs.json": {"Vpcs": [{"OwnerId": ACCOUNT}]}},
    ],
)
def test_the_account_may_follow_from_the_answers(tmp_path, files):
    write(tmp_path, files | {"rds.describe-db-clusters.json": NO_CLUSTERS})
    assert [account.id for account in gathered(tmp_path, reads(DBCluster)).accounts] == [ACCOUNT]


def test_the_declared_account_serves_where_nothing_tells_it(tmp_path):
    write(tmp_path, {"rds.describe-db-clusters.json": NO_CLUSTERS})
    target = SourceAccount(id=OTHER, regions=("eu-west-1",))
    (account,) = gathered(tmp_path, reads(DBCluster), targets=[target]).accounts
    assert (account.id, account.regions) == (OTHER, ("eu-west-1",))


def test_the_instant_of_recording(tmp_path):
    write(tmp_path, {f"{ACCOUNT}/iam.get-account-summary.json": SUMMARY})
    before = datetime.now(UTC)
    assert gathered(tmp_path, reads(AccountSummary)).taken_at >= before
    write(tmp_path, {f"{ACCOUNT}/taken-at": "2026-11-01T12:00:00Z\n"})
    snapshot = gathered(tmp_path, reads(AccountSummary))
    assert snapshot.taken_at == datetime(2026, 11, 1, 12, tzinfo=UTC)
    write(tmp_path, {f"{ACCOUNT}/taken-at": "yesterday"})
    with pytest.raises(InputError, match="taken-at: expected a time in ISO 8601"):
        gathered(tmp_path, reads(AccountSummary))


def test_what_is_wrong_with_the_folder(tmp_path):
    with pytest.raises(InputError, match="there is no folder"):
        gathered(tmp_path / "none")
    with pytest.raises(InputError, match="contains no recorded response; responses are named"):
        gathered(tmp_path)
    write(tmp_path, {"rds.describe-db-clusters.json": NO_CLUSTERS})
    with pytest.raises(InputError, match=r"the account of .* is not clear: put the responses"):
        gathered(tmp_path)
    write(tmp_path, {"sts.get-caller-identity.json": IDENTITY})
    with pytest.raises(WrongAccountError, match="contains account 123456789012, not the declared"):
        gathered(tmp_path, targets=[SourceAccount(id=OTHER)])


@pytest.mark.parametrize(
    ("key", "subject", "name"),
    [
        ("s3:GetBucketPolicy", "my-bucket", "s3api.get-bucket-policy@my-bucket.json"),
        ("s3control:GetPublicAccessBlock", "", "s3control.get-public-access-block.json"),
        ("rds:DescribeDBInstances", "", "rds.describe-db-instances.json"),
        ("s3control:GetAccessPoint", "a/b", "s3control.get-access-point@a%2Fb.json"),
    ],
)
def test_names_are_those_of_the_command_line(key, subject, name):
    assert file_name(operation(key), subject) == name


@pytest.mark.parametrize("odd", [{}, "{", {"Account": 7, "Arn": "x"}, {"Arn": 7}, {"Arn": "a:b"}])
def test_an_odd_identity_tells_nothing(tmp_path, odd):
    files = {"sts.get-caller-identity.json": odd, "iam.get-account-summary.json": SUMMARY}
    write(tmp_path, files)
    (account,) = gathered(
        tmp_path, reads(AccountSummary), targets=[SourceAccount(id=OTHER)]
    ).accounts
    assert (account.id, account.partition) == (OTHER, "aws")


DISTRIBUTION = {
    "Id": "E1",
    "ARN": f"arn:aws:cloudfront::{ACCOUNT}:distribution/E1",
    "Status": "Deployed",
    "Enabled": True,
    "Origins": {"Quantity": 1, "Items": [{"Id": "o", "DomainName": "data.s3.amazonaws.com"}]},
    "DefaultCacheBehavior": {"TargetOriginId": "o"},
    "CacheBehaviors": {"Quantity": 0},
}
LISTED = {"DistributionList": {"Items": [DISTRIBUTION]}}


class TestCloudFront:
    @pytest.mark.parametrize(
        "name",
        [
            "cloudfront.list-distributions",
            "us-east-1/cloudfront.list-distributions",
            "eu-west-1/cloudfront.list-distributions",
            "distributions",
        ],
    )
    def test_distributions_may_stand_in_any_folder(self, tmp_path, name):
        write(tmp_path, {f"{ACCOUNT}/{name}.json": LISTED})
        (distribution,) = gathered(tmp_path, reads(Distribution)).all(Distribution, ACCOUNT)
        assert distribution.name == "E1"

    def test_an_account_without_distributions(self, tmp_path):
        # The command line prints nothing then; the script writes this.
        write(
            tmp_path,
            {f"{ACCOUNT}/cloudfront.list-distributions.json": {"ResponseMetadata": {}}},
        )
        snapshot = gathered(tmp_path, reads(Distribution))
        assert snapshot.all(Distribution, ACCOUNT) == ()
        assert gaps(snapshot, Distribution) == {"": None}

    @pytest.mark.parametrize(
        "held",
        [
            {"DistributionList": LISTED["DistributionList"] | {"NextMarker": "m"}},
            {"DistributionList": "none"},
            {"ResponseMetadata": {}, "Other": 1},
        ],
    )
    def test_half_an_answer(self, tmp_path, held):
        write(tmp_path, {f"{ACCOUNT}/cloudfront.list-distributions.json": held})
        (cause,) = gaps(gathered(tmp_path, reads(Distribution)), Distribution)[""].causes
        assert cause.why is Why.MALFORMED

    def test_deliveries_stand_where_cloudfront_is(self, tmp_path):
        source = {"name": "e1", "resourceArns": [DISTRIBUTION["ARN"]], "logType": "ACCESS_LOGS"}
        sources = {"deliverySources": [source]}
        delivery = {
            "deliverySourceName": "e1",
            "deliveryDestinationArn": "arn:aws:logs:us-east-1:1:delivery-destination:d",
            "deliveryDestinationType": "CWL",
        }
        files = {
            "cloudfront.list-distributions.json": LISTED,
            "us-east-1/logs.describe-delivery-sources.json": sources,
            "us-east-1/logs.describe-deliveries.json": {"deliveries": [delivery]},
            f"{REGION}/logs.describe-delivery-sources.json": {"deliverySources": []},
        }
        write(tmp_path, {f"{ACCOUNT}/{name}": file for name, file in files.items()})
        (distribution,) = gathered(tmp_path, reads(Distribution, "deliveries")).all(
            Distribution, ACCOUNT
        )
        assert [delivery.type for delivery in distribution.deliveries] == ["CWL"]
        (tmp_path / ACCOUNT / "us-east-1/logs.describe-delivery-sources.json").unlink()
        (distribution,) = gathered(tmp_path, reads(Distribution, "deliveries")).all(
            Distribution, ACCOUNT
        )
        (cause,) = distribution.deliveries.causes
        assert cause.detail == "no file us-east-1/logs.describe-delivery-sources.json"


def test_an_identity_in_a_folder_of_a_region(tmp_path):
    write(
        tmp_path,
        {
            f"{REGION}/sts.get-caller-identity.json": IDENTITY,
            f"{REGION}/rds.describe-db-instances.json": instances(instance()),
        },
    )
    (account,) = gathered(tmp_path, reads(DBInstance)).accounts
    assert (account.id, account.partition, account.regions) == (ACCOUNT, "aws-cn", (REGION,))


def test_folders_by_names_of_accounts(tmp_path):
    other = IDENTITY | {"Account": OTHER, "Arn": f"arn:aws:iam::{OTHER}:user/a"}
    write(
        tmp_path,
        {
            f"prod/{REGION}/sts.get-caller-identity.json": IDENTITY,
            f"prod/{REGION}/rds.describe-db-instances.json": instances(instance("one")),
            "prod/taken-at": "2024-01-02T03:04:05",
            "dev/sts.get-caller-identity.json": other,
            f"dev/{REGION}/rds.describe-db-instances.json": instances(
                instance("two", account=OTHER)
            ),
            f"notes/{REGION}/rds.describe-db-instances.json": instances(instance("nobody")),
        },
    )
    snapshot = gathered(tmp_path, reads(DBInstance))
    assert [account.id for account in snapshot.accounts] == sorted((ACCOUNT, OTHER))
    assert [db_instance.name for db_instance in snapshot.all(DBInstance, ACCOUNT)] == ["one"]
    assert [db_instance.name for db_instance in snapshot.all(DBInstance, OTHER)] == ["two"]
    (prod,) = gathered(tmp_path, reads(DBInstance), targets=[SourceAccount(id=ACCOUNT)]).accounts
    assert prod.partition == "aws-cn"
    one = gathered(tmp_path, reads(DBInstance), targets=[SourceAccount(id=ACCOUNT)])
    assert one.taken_at == datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_names_as_cloudmapper_gives_them(tmp_path):
    key = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/all"
    trail = {"Name": "all", "TrailARN": key, "HomeRegion": REGION}
    write(
        tmp_path / "demo",
        {
            "describe-regions.json": {
                "Regions": [{"RegionName": REGION, "OptInStatus": "opt-in-not-required"}]
            },
            f"{REGION}/sts-get-caller-identity.json": IDENTITY,
            f"{REGION}/rds-describe-db-instances.json": instances(instance()),
            f"{REGION}/s3-list-buckets.json": {"Buckets": [{"Name": "docs"}]},
            f"{REGION}/s3-get-bucket-policy/docs": {"Policy": "{}"},
            f"{REGION}/cloudtrail-describe-trails.json": {"trailList": [trail]},
            f"{REGION}/cloudtrail-get-trail-status/{quote_plus(key)}": {"IsLogging": True},
        },
    )
    wanted = (reads(DBInstance), reads(Bucket, "policy", "website"), reads(Trail, "logging"))
    for folder in (tmp_path, tmp_path / "demo"):
        snapshot = gathered(folder, *wanted)
        assert [account.id for account in snapshot.accounts] == [ACCOUNT]
        assert [db_instance.name for db_instance in snapshot.all(DBInstance, ACCOUNT)] == ["db"]
        (bucket,) = snapshot.all(Bucket, ACCOUNT)
        assert bucket.policy == "{}"
        assert bucket.website.causes[0].detail == "no file s3api.get-bucket-website@docs.json"
        (record,) = snapshot.all(Trail, ACCOUNT)
        assert record.logging is True


class TestAssumptions:
    """Of recordings from before a setting existed, or where the auditor says so."""

    OFF = "vpc-block-public-access-off"
    KIND = reads(VpcBlockPublicAccessOptions)

    def read(self, folder, **files):
        plain = {f"{ACCOUNT}/{REGION}/rds.describe-db-instances.json": instances()}
        write(folder, plain | files)
        snapshot = gathered(folder, self.KIND)
        (vpc_block_public_access_options,) = snapshot.all(VpcBlockPublicAccessOptions, ACCOUNT)
        return vpc_block_public_access_options.internet_gateway_block_mode, snapshot.assumptions

    def test_without_either_it_is_not_told(self, tmp_path):
        mode, assumed = self.read(tmp_path, **{"taken-at": "2024-11-19T00:00:00Z"})
        assert isinstance(mode, Unknown)
        assert assumed == ()

    def test_before_the_launch(self, tmp_path):
        files = {f"{ACCOUNT}/taken-at": "2024-11-18T23:59:59Z"}
        assert self.read(tmp_path, **files) == ("off", (self.OFF,))

    def test_a_file_says_so(self, tmp_path):
        assert self.read(tmp_path, assumptions=f"{self.OFF}\n") == ("off", (self.OFF,))

    def test_a_recorded_answer_goes_before(self, tmp_path):
        name = f"{ACCOUNT}/{REGION}/ec2.describe-vpc-block-public-access-options.json"
        mode = "block-bidirectional"
        answer = {"VpcBlockPublicAccessOptions": {"InternetGatewayBlockMode": mode}}
        assert self.read(tmp_path, **{"assumptions": self.OFF, name: answer})[0] == mode

    def test_an_assumption_that_does_not_exist(self, tmp_path):
        with pytest.raises(InputError, match="there is no assumption 'all-is-well'"):
            self.read(tmp_path, assumptions="all-is-well")
