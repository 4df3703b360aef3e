"""The records that users build their own tests of."""

from __future__ import annotations

import attrs
import pytest
from attrs import evolve

from cloudpack_baseline import (
    Baseline,
    InputError,
    assess,
    check_admin_privileges,
    check_role_trust,
    check_s3_exposure,
    check_segmentation,
)
from cloudpack_baseline.model.ec2 import Route
from cloudpack_baseline.model.iam_credentials import CredentialReportEntry
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.testing import assert_outcomes, must_fail, must_pass, records
from support import denied

DECLARED = Baseline.from_mapping(records.SMALL_BASELINE)
ALLOW = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}


def test_the_small_account_is_what_it_is_declared_to_be():
    snapshot = records.snapshot(*records.small_account())
    assert_outcomes(check_segmentation(snapshot, DECLARED), passed=8)
    assert_outcomes(check_s3_exposure(snapshot), passed=1)
    assert_outcomes(check_role_trust(snapshot), passed=1)
    assert_outcomes(check_admin_privileges(snapshot), passed=1)


def test_a_later_record_takes_the_place_of_an_earlier_one():
    everybody = records.security_group("sg-db", [records.tcp(3306, records.ANYWHERE)])
    snapshot = records.snapshot(*records.small_account(), everybody, controls=["segmentation"])
    outcomes = {
        finding.resource.name: str(finding.outcome)
        for finding in check_segmentation(snapshot, DECLARED).findings
    }
    # It has no public address: the Internet does not reach it, whatever its group allows.
    assert outcomes["internet->db"] == "pass"
    web = records.security_group(
        "sg-web", [records.tcp(22, records.ANYWHERE), records.tcp(443, records.ANYWHERE)]
    )
    snapshot = records.snapshot(*records.small_account(), web)
    assert not check_segmentation(snapshot, DECLARED)


def test_a_public_bucket_fails():
    public = records.bucket("docs", ALLOW | {"Resource": "arn:aws:s3:::docs/*"})
    assert_outcomes(check_s3_exposure(records.snapshot(public)), unknown=1)
    block = records.account_public_access_block()
    assert_outcomes(check_s3_exposure(records.snapshot(public, block)), failed=1)


def test_what_could_not_be_listed_is_unknown():
    unread = {"Bucket": denied("s3:ListBuckets")}
    assert_outcomes(check_s3_exposure(records.snapshot(unread=unread)), unknown=1)


def test_an_administrator_fails():
    permission = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    snapshot = records.snapshot(records.role("root", permissions=[permission]))
    assert_outcomes(check_admin_privileges(snapshot), failed=1)


def test_everything_that_is_judged_was_gathered():
    snapshot = records.snapshot(*records.small_account())
    causes = [
        str(cause.why)
        for finding in assess(snapshot, DECLARED).findings
        for observation in finding.observations
        for cause in observation.causes
    ]
    assert "not-gathered" not in causes


def test_no_such_control():
    with pytest.raises(InputError, match="no control 'root-mfaa'"):
        records.snapshot(controls=["root-mfaa"])


@pytest.mark.parametrize(
    ("target", "field"),
    [
        ("igw-1", "gateway_id"),
        ("local", "gateway_id"),
        ("vgw-1", "gateway_id"),
        ("nat-1", "nat_gateway_id"),
        ("tgw-1", "transit_gateway_id"),
        ("pcx-1", "vpc_peering_connection_id"),
        ("eigw-1", "egress_only_internet_gateway_id"),
        ("eni-1", "network_interface_id"),
    ],
)
@pytest.mark.parametrize(
    ("destination", "key"),
    [
        ("0.0.0.0/0", "destination_cidr_block"),
        ("::/0", "destination_ipv6_cidr_block"),
        ("pl-1", "destination_prefix_list_id"),
    ],
)
def test_ends_of_routes_are_told_apart_by_their_form(target, field, destination, key):
    assert records.route(destination, target) == Route(**{key: destination, field: target})


def test_any_field_can_be_said():
    elsewhere = records.vpc("vpc-2", "10.9.0.0/16", account="210987654321", region="eu-west-1")
    assert elsewhere.arn == "arn:aws:ec2:eu-west-1:210987654321:vpc/vpc-2"
    assert elsewhere.cidr_blocks == ("10.9.0.0/16",)
    assert evolve(records.instance(), tags=()) == records.instance()
    assert records.role("deploy").arn == "arn:aws:iam::123456789012:role/deploy"


def test_an_entry_of_the_credential_report_has_no_credentials():
    entry = records.credential_report_entry("bob")
    assert (entry.arn, entry.name) == ("arn:aws:iam::123456789012:user/bob", "bob")
    columns = {
        field.name: str(field.type)
        for field in attrs.fields(CredentialReportEntry)
        if field.name not in attrs.fields_dict(Record)
    }
    flags = {name for name, type_ in columns.items() if "bool" in type_}
    assert {name for name in columns if getattr(entry, name) is False} == flags
    times = columns.keys() - flags - {"user_creation_time"}
    assert {name for name in columns if getattr(entry, name) is None} == times
    assert (records.TAKEN_AT - entry.user_creation_time).days == 400


def test_the_root_user_in_the_credential_report():
    root = records.credential_report_entry("<root_account>")
    assert (root.arn, root.name) == ("arn:aws:iam::123456789012:root", "<root_account>")
    must_pass("root-unused", root)
    must_fail("root-unused", evolve(root, password_last_used=records.TAKEN_AT))


@pytest.mark.parametrize(
    ("control", "build", "passing", "failing"),
    [
        (
            "console-user-mfa",
            records.user,
            {"password": True, "mfa_devices": ("arn:aws:iam::123456789012:mfa/phone",)},
            {"password": True},
        ),
        ("root-mfa", records.account_summary, {}, {"mfa_enabled": False}),
        ("root-access-keys", records.account_summary, {}, {"access_keys_present": True}),
        ("cloudtrail-enabled", records.trail, {}, {"logging": False}),
        ("cloudtrail-enabled", records.trail, {}, {"delivery_error": "AccessDenied"}),
        (
            "rds-auto-minor-version",
            records.db_instance,
            {},
            {"auto_minor_version_upgrade": False},
        ),
        ("rds-encryption", records.db_instance, {"storage_encrypted": True}, {}),
    ],
)
def test_a_changed_field_makes_the_control_fail(control, build, passing, failing):
    must_pass(control, build(**passing))
    must_fail(control, build(**failing))


@pytest.mark.parametrize(
    ("record", "arn"),
    [
        (records.user("bob"), "arn:aws:iam::123456789012:user/bob"),
        (records.account_summary(), "arn:aws:iam::123456789012:root"),
        (records.trail("org"), "arn:aws:cloudtrail:ap-northeast-1:123456789012:trail/org"),
        (records.db_instance("app"), "arn:aws:rds:ap-northeast-1:123456789012:db:app"),
    ],
)
def test_arns_are_as_in_aws(record, arn):
    assert record.arn == arn
    assert record.name == arn.rpartition(":")[2].rpartition("/")[2]


@pytest.mark.parametrize(
    "record",
    [
        records.user(),
        records.account_summary(),
        records.credential_report_entry(),
        records.trail(),
        records.db_instance(),
        records.hosted_zone(),
    ],
)
def test_each_field_has_been_read(record):
    assert [
        name
        for name, field in attrs.asdict(record, recurse=False).items()
        if isinstance(field, Unknown)
    ] == []


def test_the_internet_reaches_a_public_subnet():
    interface = records.network_interface(
        public_ip="198.51.100.10", subnet_id="subnet-web", instance_id="i-1"
    )
    network = (
        *records.public_subnet("subnet-web", tags=(("Tier", "web"),)),
        records.instance(subnet_id="subnet-web"),
        interface,
    )
    assert network[1].tags == (("Tier", "web"),)
    must_pass("admin-ingress", *network, records.security_group(inbound=[records.tcp(443, "::/0")]))
    ssh = records.security_group(inbound=[records.tcp(22, records.ANYWHERE)])
    must_fail("admin-ingress", *network, ssh)


def test_the_arn_of_a_hosted_zone_names_no_account():
    assert records.hosted_zone("Z2", "example.com").arn == "arn:aws:route53:::hostedzone/Z2"
