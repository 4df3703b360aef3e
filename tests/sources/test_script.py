"""The script that records answers: what it asks, and that its folder is read again."""

from __future__ import annotations

import json
import os
import re
import shutil

import pytest

from cloudpack_baseline.findings import cause_text
from cloudpack_baseline.model.cloudfront import Distribution
from cloudpack_baseline.model.cloudtrail import EventDataStore, Trail
from cloudpack_baseline.model.iam import AccountSummary
from cloudpack_baseline.model.iam_credentials import CredentialReportEntry
from cloudpack_baseline.model.kms import KmsAlias
from cloudpack_baseline.model.organizations import ResourceControlPolicy
from cloudpack_baseline.model.rds import DBInstance, ManualDBSnapshot
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.s3 import AccessPoint, AccountPublicAccessBlock, Bucket
from cloudpack_baseline.model.values import Why
from cloudpack_baseline.sources import SourceAccount, parse_source
from cloudpack_baseline.sources.answers import file_name
from cloudpack_baseline.sources.aws import gather_account
from cloudpack_baseline.sources.operations import operation
from cloudpack_baseline.sources.script import record_script
from cloudpack_baseline.testing import mocked_account
from processes import run_program
from support import ACCOUNT, REGION

WANTED = (
    reads(AccountSummary),
    reads(AccountPublicAccessBlock, "organization"),
    reads(AccessPoint, "policy"),
    reads(Bucket, "policy"),
    reads(DBInstance),
)

FAKE = """\
#!/bin/sh
echo "$*" >> "$LOG"
case "$*" in
  *"--query Account "*) echo 123456789012 ;;
  *"].BucketRegion"*) printf 'eu-west-1\\tNone\\teu-west-1\\n' ;;
  *"Buckets[].Name"*) printf 'one\\ttwo\\n' ;;
  *"AccessPointList[].Name"*) echo point ;;
  *"].RegionName"*) printf 'ap-northeast-1\\teu-west-1\\n' ;;
  *"list-buckets"*) echo '{"Buckets": [{"Name": "one"}, {"Name": "two"}]}' ;;
  *"list-access-points"*) echo '{"AccessPointList": []}' ;;
  *"get-bucket-policy --bucket one"*) echo '{"Policy": "{}"}' ;;
  *"--query Arn "*) echo "arn:${PARTITION:-aws}:iam::123456789012:user/auditor" ;;
  *"DistributionList.Items[].Id"*) printf 'E1\\tE2\\n' ;;
  *"RealtimeLogConfigArn"*) printf '\\narn:aws:cloudfront::123456789012:realtime-log-config/a\\n' ;;
  *"list-distributions"*) ;;
  *"EventDataStores[]"*) echo 'arn:aws:cloudtrail:ap-northeast-1:123456789012:eventdatastore/1' ;;
  *"get-event-data-store"*) echo '{"Status": "ENABLED"}' ;;
  *"trailList[]"*) echo 'arn:aws:cloudtrail:ap-northeast-1:123456789012:trail/all' ;;
  *"describe-trails"*) echo '{"trailList": []}' ;;
  *"get-trail-status"*) echo '{"IsLogging": true}' ;;
  *"get-bucket-logging"*) ;;
  *"get-bucket-policy"*)
    printf '\\nAn error occurred (NoSuchBucketPolicy) when calling GetBucketPolicy: no\\n' >&2
    exit 254 ;;
  *"get-account-summary"*)
    printf '\\nCould not connect to "https://iam" \\\\o/\\n\\tat all\\n' >&2; exit 255 ;;
  *"describe-db-instances"*) echo '{"DBInstances": []}' ;;
  *"generate-credential-report"*)
    [ "${COMPLETE_AT:-1}" = denied ] && {
      echo 'An error occurred (AccessDenied) when calling GenerateCredentialReport: no' >&2
      exit 254; }
    [ "$(grep -c generate-credential-report "$LOG")" -ge "${COMPLETE_AT:-1}" ] &&
      echo '{"State": "COMPLETE"}' || echo '{"State": "STARTED"}' ;;
  *) echo '{"Error": {"Code": "AccessDeniedException"}}' ;;
esac
"""


@pytest.fixture
def recorded(tmp_path):
    """Runs the script with a command line that answers from a table; gives folder and log."""
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "aws").write_text(FAKE, "utf-8")
    (tools / "aws").chmod(0o755)
    (tools / "sleep").write_text('#!/bin/sh\necho "sleep $*" >> "$LOG"\n', "utf-8")
    (tools / "sleep").chmod(0o755)
    log = tmp_path / "log"

    def run(regions, wanted=WANTED, **fields):
        script = record_script(wanted, regions=regions)
        environment = {"PATH": f"{tools}{os.pathsep}{os.environ['PATH']}", "LOG": str(log)} | fields
        folder = tmp_path / "folder with spaces"
        run_program(
            "/bin/sh", "-s", str(folder), input=script, env=environment, capture_output=False
        )
        return folder, log.read_text("utf-8").splitlines()

    return run


def test_what_is_asked_is_what_is_wanted(recorded):
    folder, log = recorded([REGION])
    files = {path.relative_to(folder / ACCOUNT).as_posix() for path in folder.rglob("*.json")}
    assert files == {
        "ec2.describe-regions.json",
        "iam.get-account-summary.json",
        "organizations.describe-effective-policy@AISERVICES_OPT_OUT_POLICY.json",
        "organizations.describe-effective-policy@S3_POLICY.json",
        "s3api.get-bucket-policy@one.json",
        "s3api.get-bucket-policy@two.json",
        "s3api.list-buckets.json",
        "s3control.get-public-access-block.json",
        "sts.get-caller-identity.json",
        "eu-west-1/s3control.get-access-point-policy@point.json",
        "eu-west-1/s3control.list-access-points.json",
        f"{REGION}/rds.describe-db-instances.json",
    }
    assert "s3api list-buckets --page-size 1000 --output json" in log
    assert f"rds describe-db-instances --region {REGION} --output json" in log
    assert (
        "s3control get-access-point-policy --account-id 123456789012 --name point "
        "--region eu-west-1 --output json"
    ) in log
    assert not list(folder.rglob("*.err"))


@pytest.mark.parametrize(
    ("complete_at", "pauses"), [("1", "0"), ("3", "0 1 2"), ("9", "0 1 2 4 8 16")]
)
def test_a_report_that_is_being_generated_is_awaited(recorded, complete_at, pauses):
    folder, log = recorded([REGION], (reads(CredentialReportEntry),), COMPLETE_AT=complete_at)
    names = [path.name for path in (folder / ACCOUNT).glob("iam.*.json")]
    assert sorted(names) == [
        "iam.generate-credential-report.json",
        "iam.get-credential-report.json",
    ]
    assert [line.partition(" ")[2] for line in log if line.startswith("sleep")] == pauses.split()
    asked = [line for line in log if "credential-report" in line]
    assert asked[-1] == "iam get-credential-report --output json"


def test_a_report_that_may_not_be_generated_is_not_awaited(recorded):
    reports = operation("iam:GenerateCredentialReport")
    folder, log = recorded([REGION], (reads(CredentialReportEntry),), COMPLETE_AT="denied")
    assert (folder / ACCOUNT / file_name(reports)).exists()
    assert [line for line in log if line.startswith("sleep")] == ["sleep 0"]


def test_the_folder_is_a_source(recorded):
    folder, _ = recorded([REGION])
    with parse_source(f"describe:{folder}").open(
        [SourceAccount(id=ACCOUNT, regions=(REGION,))]
    ) as opened:
        snapshot = opened.gather(WANTED)
    assert snapshot.taken_at.microsecond == 0
    one, two = snapshot.all(Bucket, ACCOUNT)
    assert (one.policy, two.policy) == ("{}", None)
    (summary,) = snapshot.all(AccountSummary, ACCOUNT)
    (cause,) = summary.mfa_enabled.causes
    assert (cause.why, cause.code) == (Why.FAILED, "Unknown")
    said = 'Could not connect to "https://iam" \\o/  at all'
    assert cause.detail == said
    told = cause_text(cause)
    assert told.in_language("en") == f"iam:GetAccountSummary failed (Unknown): {said}"
    assert told.in_language("ja").endswith(said)


def test_what_an_arn_names_is_one_file(recorded):
    folder, log = recorded([REGION], (reads(Trail, "logging"),))
    trail = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/all"
    name = file_name(operation("cloudtrail:GetTrailStatus"), trail)
    assert json.loads((folder / ACCOUNT / REGION / name).read_text("utf-8")) == {"IsLogging": True}
    assert f"cloudtrail get-trail-status --name {trail} --region {REGION} --output json" in log


def test_an_event_data_store_is_found_again(recorded):
    folder, _ = recorded([REGION], (reads(EventDataStore),))
    arn = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:eventdatastore/1"
    listed = json.dumps({"EventDataStores": [{"EventDataStoreArn": arn}]})
    place = folder / ACCOUNT / REGION / "cloudtrail.list-event-data-stores.json"
    assert "AccessDeniedException" in place.read_text("utf-8")  # the fake command lists none
    place.write_text(listed, "utf-8")
    (folder / ACCOUNT / "ec2.describe-regions.json").unlink()
    with parse_source(f"describe:{folder}").open() as opened:
        (store,) = opened.gather((reads(EventDataStore),)).all(EventDataStore, ACCOUNT)
    assert (store.arn, store.status) == (arn, "ENABLED")


LOGS = ("logging", "deliveries", "realtime_log_configs")


@pytest.mark.parametrize(
    ("partition", "places"),
    [("aws", {"us-east-1"}), ("aws-cn", {"cn-northwest-1"}), ("aws-us-gov", set())],
)
def test_cloudfront_is_asked_where_it_is(recorded, partition, places):
    folder, log = recorded([REGION], (reads(Distribution, *LOGS),), PARTITION=partition)
    realtime = f"arn:aws:cloudfront::{ACCOUNT}:realtime-log-config%2Fa"
    names = (
        "logs.describe-deliveries.json",
        "logs.describe-delivery-destinations.json",
        "logs.describe-delivery-sources.json",
    )
    assert {path.relative_to(folder / ACCOUNT).as_posix() for path in folder.rglob("*.json")} == {
        "cloudfront.get-distribution-config@E1.json",
        "cloudfront.get-distribution-config@E2.json",
        f"cloudfront.get-realtime-log-config@{realtime}.json",
        "cloudfront.list-distributions.json",
        "sts.get-caller-identity.json",
        *(f"{place}/{name}" for place in places for name in names),
    }
    for place in places:
        assert f"logs describe-deliveries --region {place} --output json" in log
    with parse_source(f"describe:{folder}").open([SourceAccount(id=ACCOUNT)]) as opened:
        snapshot = opened.gather((reads(Distribution, *LOGS),))
    assert [one.unknown for one in snapshot.coverage] == [None]


@pytest.mark.parametrize("name", ["a/b", "a+b", "a=b,c@d", "100%", "a:b", "a b", "a.b-c_d"])
def test_the_script_names_files_as_they_are_looked_for(name):
    script = record_script(WANTED, regions=[REGION])
    function = re.search(r"^named\(\) \{.*?^\}$", script, re.MULTILINE | re.DOTALL)[0]
    command = ["/bin/sh", "-c", f'{function}; named "$1"', "sh", name]
    done = run_program(*command)
    assert f"@{done.stdout}.json" in file_name(operation("s3:GetBucketPolicy"), name)


def test_an_answer_that_says_nothing_is_recorded_as_an_answer(recorded):
    wanted = (reads(Bucket, "logging"),)
    folder, _ = recorded(None, wanted)
    with parse_source(f"describe:{folder}").open() as opened:
        snapshot = opened.gather(wanted)
    assert [bucket.logging for bucket in snapshot.all(Bucket, ACCOUNT)] == [None, None]


def test_every_enabled_region_is_asked_where_none_is_named(recorded):
    folder, _ = recorded(None)
    assert sorted(path.parent.name for path in folder.rglob("rds.*.json")) == [
        "ap-northeast-1",
        "eu-west-1",
    ]


def test_the_subjects_are_those_of_each_variant_of_a_listing():
    script = record_script([reads(ManualDBSnapshot, "restore"), reads(ResourceControlPolicy)])
    loops = [line for line in script.splitlines() if line.lstrip().startswith("for name in")]
    (snapshots,) = (loop for loop in loops if "describe-db-snapshots" in loop)
    assert "--snapshot-type manual" in snapshots
    (policies,) = (loop for loop in loops if "list-policies" in loop)
    for kind in ("SERVICE", "RESOURCE"):
        assert f"--filter {kind}_CONTROL_POLICY --query" in policies


def test_names_of_regions_are_quoted():
    assert "for region in 'a; rm -rf /'; do" in record_script(WANTED, regions=["a; rm -rf /"])


@pytest.mark.skipif(not shutil.which("aws"), reason="the AWS CLI is not installed")
def test_the_real_command_line_writes_what_is_read(tmp_path, bare):  # noqa: ARG001 - the environment
    wanted = (reads(Bucket, "policy"),)
    with mocked_account(region=REGION) as account:
        place = {"LocationConstraint": REGION}
        account.session.client("s3").create_bucket(Bucket="one", CreateBucketConfiguration=place)
        run_program("/bin/sh", "-s", str(tmp_path), input=record_script(wanted))
        with parse_source(f"describe:{tmp_path}").open() as opened:
            snapshot = opened.gather(wanted)
    (bucket,) = snapshot.all(Bucket, ACCOUNT)
    assert (bucket.name, bucket.policy) == ("one", None)
    assert [unknown.unknown for unknown in snapshot.coverage] == [None]


@pytest.mark.skipif(not shutil.which("aws"), reason="the AWS CLI is not installed")
def test_the_real_command_line_tells_of_logs_and_keys(tmp_path, bare):  # noqa: ARG001 - the environment
    wanted = (reads(Distribution, *LOGS), reads(KmsAlias))
    origin = {"Id": "data", "DomainName": "data.s3.amazonaws.com"}
    origin["S3OriginConfig"] = {"OriginAccessIdentity": ""}
    behavior = {"TargetOriginId": "data", "ViewerProtocolPolicy": "https-only", "MinTTL": 0}
    behavior["ForwardedValues"] = {"QueryString": False, "Cookies": {"Forward": "none"}}
    logging = {"Enabled": True, "IncludeCookies": False, "Prefix": ""}
    made = {
        "CallerReference": "data",
        "Comment": "",
        "Enabled": True,
        "Origins": {"Quantity": 1, "Items": [origin]},
        "DefaultCacheBehavior": behavior,
        "Logging": logging | {"Bucket": "logs.s3.amazonaws.com"},
    }
    with mocked_account(region=REGION) as account:
        account.session.client("cloudfront").create_distribution(DistributionConfig=made)
        keys = account.session.client("kms")
        key = keys.create_key()["KeyMetadata"]["KeyId"]
        keys.create_alias(AliasName="alias/own", TargetKeyId=key)
        script = record_script(wanted, regions=[REGION])
        run_program("/bin/sh", "-s", str(tmp_path), input=script)
        expected = gather_account(account.session, wanted, regions=[REGION])
    with parse_source(f"describe:{tmp_path}").open(
        [SourceAccount(id=ACCOUNT, regions=(REGION,))]
    ) as held:
        snapshot = held.gather(wanted)
    assert snapshot.records == expected.records
    assert snapshot.coverage == expected.coverage


def test_what_a_refusal_says_is_kept_and_what_is_no_refusal_is_shown(recorded, capfd):
    folder, _ = recorded([REGION])
    document = json.loads(
        (folder / ACCOUNT / "s3api.get-bucket-policy@two.json").read_text("utf-8")
    )
    message = "An error occurred (NoSuchBucketPolicy) when calling GetBucketPolicy: no"
    assert document == {"Error": {"Code": "NoSuchBucketPolicy", "Message": message}}
    err = capfd.readouterr().err
    assert "aws iam get-account-summary:\n\nCould not connect to " in err
    assert "NoSuchBucketPolicy" not in err
