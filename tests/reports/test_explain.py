"""Explanations of verdicts."""

from __future__ import annotations

import pytest
from attrs import evolve

from checks.network.test_segmentation import SEGMENTS, account
from checks.storage.test_s3_exposure import OFFICE, account_block, allow, bucket, policy
from cloudpack_baseline import Baseline, InputError
from cloudpack_baseline.cli import main
from cloudpack_baseline.model.s3 import AccessPoint, Grant, PublicAccessBlock
from cloudpack_baseline.reports.explain_flow import FlowQuestion, explain_flow
from cloudpack_baseline.reports.explain_s3 import explain_bucket
from cloudpack_baseline.sources.recording import write_snapshot
from support import ACCOUNT, REGION, world

DECLARED = Baseline.from_mapping(
    {"segments": SEGMENTS, "networks": {"office": ["203.0.113.0/28"], "desk": ["203.0.113.0/29"]}}
)


def flow(source, target, service, language="en"):
    snapshot = world("segmentation", *account())
    return "\n".join(
        explain_flow(snapshot, DECLARED, FlowQuestion(source, target, service), language)
    )


def test_a_flow_that_passes_shows_its_hops():
    explanation = flow("internet", "web", "443")
    assert "passes" in explanation.splitlines()[0]
    assert "security group sg-web: inbound tcp/443" in explanation
    assert "1024-65535" in explanation


def test_a_flow_that_is_stopped_shows_where():
    explanation = flow("web", "db", "ssh", "ja")
    assert "通らない" in explanation
    assert "遮断箇所: セキュリティグループ sg-db: インバウンド: 該当するルールなし" in explanation


@pytest.mark.parametrize("source", ["office", "203.0.113.1", "203.0.113.0/28", "internet"])
def test_ends_outside(source):
    assert "passes" in flow(source, "eni-web", "https").splitlines()[0]


def test_ends_by_instance_and_address():
    assert "does not pass" in flow("10.0.1.10", "10.0.2.10", "tcp/22")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("nowhere", "db", "22"), "not a segment or network"),
        (("web", "db", "htps"), "htps"),
        (("web", "db", ""), "'' is no traffic"),
        (("web", "db", "none"), "'none' is no traffic"),
    ],
)
def test_wrong_words(words, message):
    with pytest.raises(InputError, match=message):
        flow(*words)


def test_what_is_not_known_is_told_with_its_reason():
    records = [one for one in account() if type(one).__name__ != "VpcBlockPublicAccessOptions"]
    snapshot = world("segmentation", *records)
    for language, words in (("en", "not known"), ("ja", "判定できない")):
        lines = list(
            explain_flow(snapshot, DECLARED, FlowQuestion("internet", "web", "443"), language)
        )
        assert words in lines[0]
        assert "vpc-1" in lines[-1]
        assert "ec2:DescribeVpcBlockPublicAccessOptions" in lines[-1]


def s3(one, *, account=None, language="en"):
    snapshot = world("s3-exposure", one, account or account_block())
    return "\n".join(explain_bucket(snapshot, Baseline(), "docs", language))


@pytest.mark.parametrize(
    "name", ["docs", "arn:aws-cn:s3:::docs", "arn:aws:s3:::docs/key", "s3://docs", "s3://docs/a/b"]
)
def test_a_bucket_by_any_of_its_names(name):
    snapshot = world("s3-exposure", bucket(), account_block())
    assert next(explain_bucket(snapshot, Baseline(), name, "en")).startswith("arn:aws:s3:::docs ")


def test_a_bucket_that_there_is_not_is_told_with_the_nearest():
    names = ["docs-old", "docs-new", "dogs", "zzz", "attic"]
    held = [evolve(bucket(), name=name, arn=f"arn:aws:s3:::{name}") for name in names]
    snapshot = world("s3-exposure", *held, account_block())
    with pytest.raises(InputError, match=r"there is no bucket 'docs' .* nearest names: ") as caught:
        list(explain_bucket(snapshot, Baseline(), "s3://docs", "en"))
    told = str(caught.value).rpartition(": ")[2].split(", ")
    assert set(told) == {"docs-old", "docs-new", "dogs"}


def test_no_bucket_at_all():
    for language, words in (("en", "no bucket at all"), ("ja", "バケットが存在しない")):
        with pytest.raises(InputError, match=words):
            list(explain_bucket(world("s3-exposure"), Baseline(), "docs", language))


def test_a_bucket_statement_by_statement():
    deny = allow(
        Sid="Office",
        Effect="Deny",
        Condition={"NotIpAddress": {"aws:SourceIp": OFFICE}},
    )
    explanation = s3(bucket(policy=policy(allow(), deny)))
    assert "alone, without Deny statements and Block Public Access: anonymous users" in explanation
    assert "without this Deny: anonymous users can read objects" in explanation
    assert "$ curl" in explanation


def test_a_deny_that_stops_everything_is_told():
    deny = allow(Sid="Shut", Effect="Deny", Action="s3:*")
    explanation = s3(bucket(policy=policy(allow(), deny)))
    assert "allowed by LetIn, is denied by Shut" in explanation


def test_settings_are_told():
    on = PublicAccessBlock(ignore_public_acls=True)
    explanation = s3(bucket(), account=account_block(on))
    assert "in effect: IgnorePublicAcls\n" in explanation
    assert "bucket policy: none" in explanation
    grants = (Grant(grantee="b" * 64, grantee_type="CanonicalUser", permission="READ"),)
    assert "bbb READ" in s3(bucket(ownership="ObjectWriter", acl=grants))
    assert "ACL: bucket owner only" in s3(bucket(ownership="ObjectWriter"))
    bound = allow(
        Principal={"Service": "logging.s3.amazonaws.com"},
        Action="s3:PutObject",
        Condition={"StringEquals": {"aws:SourceAccount": ACCOUNT}},
    )
    assert "allows only the bucket owner's account" in s3(bucket(policy=policy(bound)))


def test_an_unreadable_policy_is_told_as_unknown():
    assert "UNKNOWN" in s3(bucket(policy="{"))


def test_the_command(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    exposure = world("s3-exposure", bucket(), account_block())
    gathering = world("segmentation", *account())
    changed_gathering = evolve(
        gathering,
        records=gathering.records + exposure.records,
        coverage=gathering.coverage + exposure.coverage,
    )
    write_snapshot(changed_gathering, tmp_path / "run.json")
    source = ["--source", f"snapshot:{tmp_path / 'run.json'}"]
    assert main(["explain", "s3", "docs", *source]) == 0
    assert "declared exposure: private" in capsys.readouterr().out
    assert main(["explain", "flow", "eni-web", "eni-db", "3306", *source, "--lang", "ja"]) == 0
    assert "通る" in capsys.readouterr().out
    assert main(["explain", "s3", "nothing", *source]) == 2
    assert "nearest names: docs" in capsys.readouterr().err


def test_a_deny_is_told_by_what_it_alone_stops():
    clear = {"Bool": {"aws:SecureTransport": "false"}}
    both = ["arn:aws:s3:::docs", "arn:aws:s3:::docs/*"]
    deny = allow(Sid="Tls", Effect="Deny", Action="s3:*", Resource=both, Condition=clear)
    explanation = s3(bucket(policy=policy(allow(), deny)))
    assert "denies every request over plain HTTP" in explanation
    assert "denies, for example: an anonymous user calls s3:GetObject" in explanation
    assert "with aws:SecureTransport = false" in explanation
    assert "without this Deny" not in explanation
    elsewhere = allow(Sid="Else", Effect="Deny", Resource="arn:aws:s3:::docs/other/*")
    inside = allow(Resource="arn:aws:s3:::docs/a/*")
    explanation = s3(bucket(policy=policy(inside, elsewhere)), language="ja")
    assert "ほかのステートメントの許可は何も打ち消さない" in explanation


def test_each_allow_is_told_with_a_line_that_tries_it():
    bucket_record = bucket(policy=policy(allow()), name="docs")
    explanation = s3(bucket_record)
    above = explanation[: explanation.index("overall")]
    assert "$ curl 'https://docs.s3.ap-northeast-1.amazonaws.com/file.txt'" in above


def test_a_deny_that_cannot_be_decided_is_told_as_such():
    deny = allow(Sid="Odd", Effect="Deny", Condition={"StringFoo": {"aws:SourceIp": "x"}})
    explanation = s3(bucket(policy=policy(allow(), deny)))
    assert "cannot be evaluated exactly: $.Statement[1].Condition.StringFoo" in explanation
    assert "denies nothing" not in explanation
    assert "厳密に判定できない" in s3(bucket(policy=policy(allow(), deny)), language="ja")


def test_access_points_are_told_with_their_statements():
    delegated = allow(
        Action="s3:*",
        Resource=["arn:aws:s3:::docs", "arn:aws:s3:::docs/*"],
        Condition={"StringEquals": {"s3:DataAccessPointAccount": ACCOUNT}},
    )
    arn = f"arn:aws:s3:{REGION}:{ACCOUNT}:accesspoint/pub"
    opened = allow(Sid="Open", Action="s3:*", Resource=f"{arn}/object/*")
    changes = {"arn": arn, "account": ACCOUNT, "region": REGION, "bucket": "docs"}
    point = AccessPoint(name="pub", network_origin="Internet", policy=policy(opened), **changes)
    shut = AccessPoint(
        **changes | {"arn": f"{arn}2"}, name="pub2", network_origin="VPC", vpc="vpc-1"
    )
    records = (bucket(policy=policy(delegated)), account_block(), point, shut)
    snapshot = world("s3-exposure", *records)
    told = "\n".join(explain_bucket(snapshot, Baseline(), "docs", "en"))
    assert (
        "alone, without Deny statements and Block Public Access: anonymous users can read objects"
        in told
    )
    assert "access point pub (Internet)\n    $.Statement[0] Open: Allow" in told
    assert "access point pub2 (vpc-1)\n    no policy, so it allows nobody" in told
    assert "https://pub-123456789012.s3-accesspoint.ap-northeast-1.amazonaws.com/" in told
