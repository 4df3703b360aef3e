"""Recorded answers of a wrong shape: told with file and key, and only what is wrong is lost."""

from __future__ import annotations

import json
import random
from functools import cache
from ipaddress import ip_address

import pytest

from cloudpack_baseline import Baseline
from cloudpack_baseline.assessment import assess
from cloudpack_baseline.judging import reads_of
from cloudpack_baseline.model.ec2 import Instance, NetworkInterface, Vpc
from cloudpack_baseline.model.iam import AccountSummary
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.reading import Misshapen
from cloudpack_baseline.model.s3 import Bucket
from cloudpack_baseline.model.snapshot import Snapshot
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.reports.json import report_bytes
from cloudpack_baseline.sources import parse_source
from cloudpack_baseline.sources.answers import file_name
from cloudpack_baseline.sources.operations import OPERATIONS, operation
from cloudpack_baseline.sources.shapes import _ADDRESSES, _model, shaped
from cloudpack_baseline.whitepaper import select
from support import ACCOUNT, REGION

ARN = f"arn:aws:x:{REGION}:{ACCOUNT}:y/z"
ADDRESSES = (("10.0.0.0/16", "2001:db8::/56"), ("10.0.0.1", "2001:db8::1"))
ROUNDS = 12
ODD = ("null", '"x"', "5", "[]", "{}", "true", '"\\ud800"', "[null]", '{"a": 1}', "-1.5")
PAGED = frozenset(("ContinuationToken", "Marker", "NextContinuationToken", "NextToken"))


def gathered(folder, files, *kinds):
    for name, file in files.items():
        path = folder / ACCOUNT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file if isinstance(file, str) else json.dumps(file), "utf-8")
    with parse_source(f"describe:{folder}").open(()) as opened:
        return opened.gather(kinds)


def details(unknown):
    assert isinstance(unknown, Unknown)
    return [cause.detail for cause in unknown.causes]


LIST = "s3api.list-buckets.json"


@pytest.mark.parametrize(
    ("odd", "message"),
    [
        (None, "Buckets[1]: is not an object"),
        ("x", "Buckets[1]: is not an object"),
        ({}, "Buckets[1].Name: is missing"),
        ({"Name": None}, "Buckets[1].Name: is missing"),
        ({"Name": {"a": 1}}, "Buckets[1].Name: is not a string"),
        ({"Name": "b", "BucketRegion": True}, "Buckets[1].BucketRegion: is not a string"),
    ],
)
def test_an_odd_bucket_costs_only_itself(tmp_path, odd, message):
    snapshot = gathered(tmp_path, {LIST: {"Buckets": [{"Name": "a"}, odd]}}, reads(Bucket))
    assert [bucket.name for bucket in snapshot.all(Bucket, ACCOUNT)] == ["a"]
    (gap,) = snapshot.covered(Bucket, ACCOUNT)
    assert details(gap.unknown) == [f"{LIST}: {message}"]


@pytest.mark.parametrize("odd", ["x", 5, {"Name": "a"}, True])
def test_a_listing_that_is_no_list(tmp_path, odd):
    snapshot = gathered(tmp_path, {LIST: {"Buckets": odd}}, reads(Bucket))
    (gap,) = snapshot.covered(Bucket, ACCOUNT)
    assert details(gap.unknown) == [f"{LIST}: Buckets: is not a list"]


@pytest.mark.parametrize(
    ("grants", "message"),
    [
        ([{"Grantee": 5, "Permission": "READ"}], "Grants[0].Grantee: is not an object"),
        ([{"Permission": "READ"}], "Grants[0].Grantee: is missing"),
        ([5], "Grants[0]: is not an object"),
        ("x", "Grants: is not a list"),
    ],
)
def test_a_field_of_a_bucket_names_file_and_key(tmp_path, grants, message):
    name = "s3api.get-bucket-acl@a.json"
    files = {LIST: {"Buckets": [{"Name": "a"}]}, name: {"Owner": {"ID": "me"}, "Grants": grants}}
    (bucket,) = gathered(tmp_path, files, reads(Bucket, "acl", "owner")).all(Bucket, ACCOUNT)
    assert details(bucket.acl) == [f"{name}: {message}"]
    assert bucket.owner == "me"


def test_a_folder_where_a_file_should_be(tmp_path):
    (tmp_path / ACCOUNT / LIST).mkdir(parents=True)
    snapshot = gathered(tmp_path, {}, reads(Bucket))
    (gap,) = snapshot.covered(Bucket, ACCOUNT)
    assert details(gap.unknown) == [f"{LIST} cannot be read: Is a directory"]


def test_a_name_with_half_a_surrogate_pair_is_a_name(tmp_path):
    listing = {"Buckets": [{"Name": "\ud800"}, {"Name": "a"}]}
    policy = {"s3api.get-bucket-policy@a.json": {"Policy": "{}"}}
    snapshot = gathered(tmp_path, {LIST: listing} | policy, reads(Bucket, "policy"))
    odd, plain = sorted(snapshot.all(Bucket, ACCOUNT), key=lambda bucket: -len(ascii(bucket.name)))
    assert (odd.name, plain.policy) == ("\ud800", "{}")
    assert details(odd.policy) == ["no file s3api.get-bucket-policy@%5Cud800.json"]
    assert snapshot.digest
    messages = [
        finding.observations[0].message for finding in assess(snapshot, Baseline()).findings
    ]
    assert [message.in_language("ja").encode() for message in messages]


def test_an_odd_reservation_costs_only_itself(tmp_path):
    name = "ec2.describe-instances.json"
    reservations = [
        {"OwnerId": ACCOUNT, "Instances": [{"InstanceId": "i-1", "State": {"Name": "running"}}]},
        {"OwnerId": ACCOUNT, "Instances": "x"},
        {"OwnerId": ACCOUNT, "Instances": [{"InstanceId": "i-2", "State": []}]},
    ]
    snapshot = gathered(
        tmp_path, {f"{REGION}/{name}": {"Reservations": reservations}}, reads(Instance)
    )
    assert [instance.instance_id for instance in snapshot.all(Instance, ACCOUNT)] == ["i-1"]
    (gap,) = snapshot.covered(Instance, ACCOUNT)
    assert details(gap.unknown) == [
        f"{name}: Reservations[1].Instances: is not a list",
        f"{name}: Reservations[2].Instances[0].State: is not an object",
    ]


@pytest.mark.parametrize("odd", [None, {"RegionName": 5}, {"OptInStatus": "opted-in"}])
def test_an_odd_region_is_a_region_that_nobody_can_name(tmp_path, odd):
    files = {"ec2.describe-regions.json": {"Regions": [{"RegionName": REGION}, odd]}}
    snapshot = gathered(tmp_path, files, reads(Vpc))
    assert "*" in {
        coverage.region
        for coverage in snapshot.covered(Vpc, ACCOUNT)
        if coverage.unknown is not None
    }


def test_what_is_odd_beside_the_items_costs_the_kind(tmp_path):
    name = "iam.get-account-summary.json"
    snapshot = gathered(tmp_path, {name: {"SummaryMap": []}}, reads(AccountSummary))
    answers = [*snapshot.all(AccountSummary, ACCOUNT), *snapshot.covered(AccountSummary, ACCOUNT)]
    assert f"{name}: SummaryMap: is not an object" in str(answers)


@pytest.mark.parametrize("odd", ["x", "10.0.0.0/33", "\ud800"])
def test_a_text_where_an_address_should_be(tmp_path, odd):
    name = "ec2.describe-vpcs.json"
    vpcs = [{"VpcId": "vpc-1", "CidrBlock": odd, "State": "available"}]
    snapshot = gathered(tmp_path, {f"{REGION}/{name}": {"Vpcs": vpcs}}, reads(Vpc))
    (vpc,) = snapshot.all(Vpc, ACCOUNT)
    assert details(vpc.cidr_blocks) == [
        f"{name}: Vpcs[0].CidrBlock: is not an address of that kind"
    ]


@pytest.mark.parametrize("version", [4, 6])
def test_a_text_where_a_delegated_prefix_should_be(tmp_path, version):
    name = "ec2.describe-network-interfaces.json"
    prefixes = {f"Ipv{version}Prefixes": [{f"Ipv{version}Prefix": "10.0.0.0/33"}]}
    interface = {"NetworkInterfaceId": "eni-1", "SubnetId": "subnet-1", "VpcId": "vpc-1"}
    files = {f"{REGION}/{name}": {"NetworkInterfaces": [interface | prefixes]}}
    (interface,) = gathered(tmp_path, files, reads(NetworkInterface)).all(NetworkInterface, ACCOUNT)
    place = f"NetworkInterfaces[0].Ipv{version}Prefixes[0].Ipv{version}Prefix"
    assert details(getattr(interface, f"ipv{version}_prefixes")) == [
        f"{name}: {place}: is not an address of that kind"
    ]


class TestShaped:
    LISTING = operation("s3:ListBuckets")

    def told(self, answer, operation_=LISTING):
        return shaped(operation_, answer, "f.json")

    def test_a_sound_answer_is_as_it_was(self):
        answer = {"Buckets": [{"Name": "a", "CreationDate": "2026-01-01T00:00:00Z"}], "Beside": 1}
        assert self.told(answer) == answer

    def test_nothing_is_lost_of_what_is_sound(self):
        bucket = self.told({"Buckets": [{"Name": "a", "BucketRegion": 5}]})["Buckets"][0]
        assert bucket["Name"] == bucket.get("Name") == "a"
        assert "Name" in bucket
        for ask in (
            lambda: bucket["BucketRegion"],
            lambda: bucket.get("BucketRegion"),
            lambda: "BucketRegion" in bucket,
            bucket.items,
            bucket.values,
            lambda: ({"more": 1} | bucket)["BucketRegion"],
        ):
            with pytest.raises(Misshapen, match=r"Buckets\[0\].BucketRegion: is not a string"):
                ask()

    def test_an_element_that_is_no_object_answers_nothing(self):
        bucket = self.told({"Buckets": [5]})["Buckets"][0]
        for ask in (
            lambda: bucket["Name"],
            lambda: bucket.get("Name"),
            bucket.items,
            bucket.values,
        ):
            with pytest.raises(Misshapen, match=r"f.json: Buckets\[0\]: is not an object"):
                ask()

    @pytest.mark.parametrize("document", ["%7B%7D", {"Statement": []}])
    def test_policies_of_iam_are_texts_or_objects(self, document):
        answer = {"RoleDetailList": [{"AssumeRolePolicyDocument": document}]}
        listing = operation("iam:GetAccountAuthorizationDetails")
        assert (
            self.told(answer, listing)["RoleDetailList"][0]["AssumeRolePolicyDocument"] == document
        )


def sample(shape, name="", depth=0):
    """A value of the shape, with something for each member."""
    kind = shape.type_name
    if kind == "structure":
        deep = shape.members.items() if depth < 8 else ()
        return {key: sample(member, key, depth + 1) for key, member in deep}
    if kind == "list":
        return [sample(shape.member, name, depth + 1)] if depth < 8 else []
    if kind == "map":
        return {"k": sample(shape.value, name, depth + 1)}
    plain = {"boolean": True, "integer": 1, "long": 1, "float": 1.5, "double": 1.5}
    if kind in plain:
        return plain[kind]
    return "2026-01-01T00:00:00Z" if kind == "timestamp" else sample_text(shape, name)


def sample_text(shape, name):
    if name in PAGED:
        return ""
    for key, value in (
        ("Region", REGION),
        ("OwnerId", ACCOUNT),
        ("Document", "{}"),
        ("Policy", "{}"),
    ):
        if name.endswith(key):
            return value
    if name in _ADDRESSES:
        return ADDRESSES[_ADDRESSES[name] is ip_address]["6" in name]
    return ARN if name.lower().endswith("arn") else next(iter(getattr(shape, "enum", ())), "n1")


@cache
def sound():
    """An answer to every operation, about each subject that the answers name."""
    files = {}
    for api_operation in OPERATIONS.values():
        answer = sample(
            _model(api_operation.client).operation_model(api_operation.name).output_shape
        )
        for subject in ("n1", ARN, "S3_POLICY") if api_operation.subject else ("",):
            files[file_name(api_operation, subject)] = json.dumps(answer)
    return files


def ways(answer, path=()):
    yield path
    if isinstance(answer, list):
        answer = dict(enumerate(answer))
    for key, value in answer.items() if isinstance(answer, dict) else ():
        yield from ways(value, (*path, key))


def broken(text, chance):
    """The answer with one value, anywhere in it, of another kind."""
    document = json.loads(text)
    path = chance.choice(list(ways(document)))
    odd = json.loads(chance.choice(ODD))
    if not path:
        return json.dumps(odd)
    place = document
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = odd
    return json.dumps(document)


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_whatever_a_folder_holds_is_judged(tmp_path, seed):
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    files = {
        name: broken(text, chance) if chance.random() < 0.5 else text
        for name, text in sound().items()
    }
    snapshot = gathered(tmp_path, files, *reads_of(select(None, None)))
    assert Snapshot.from_json(json.loads(json.dumps(snapshot.to_json()))) == snapshot
    assert report_bytes(assess(snapshot, Baseline()).to_json())
