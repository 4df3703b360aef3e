"""How aliases of keys are read: from moto's answers, and from odd ones."""

from __future__ import annotations

from cloudpack_baseline.model.kms import KmsAlias
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.sources.aws import gather_account
from cloudpack_baseline.sources.gatherers import gatherer_of
from fakes import calls
from support import ACCOUNT, REGION

ARN = f"arn:aws:kms:{REGION}:{ACCOUNT}:alias/own"
ITEM = {"AliasName": "alias/own", "AliasArn": ARN, "TargetKeyId": "1234abcd"}


def read(answer):
    return gatherer_of(KmsAlias).run(calls({"kms:ListAliases": answer}), frozenset())


def test_from_moto_region_by_region(session):
    made = {}
    for region in (REGION, "us-east-1"):
        client = session.client("kms", region_name=region)
        made[region] = client.create_key()["KeyMetadata"]["KeyId"]
        client.create_alias(AliasName="alias/own", TargetKeyId=made[region])
    snapshot = gather_account(session, [reads(KmsAlias)], regions=[REGION, "us-east-1"])
    found = {
        kms_alias.region: kms_alias.target_key_id
        for kms_alias in snapshot.all(KmsAlias, ACCOUNT)
        if kms_alias.name == "alias/own"
    }
    assert found == made
    assert [one.unknown for one in snapshot.coverage] == [None, None]


def test_an_alias_that_aws_set_aside():
    free = {"AliasName": "alias/aws/s3", "AliasArn": ARN.replace("own", "aws/s3")}
    record = read([{"Aliases": [ITEM]}, {"Aliases": [free]}])
    assert [record.target_key_id for record in record.records] == ["1234abcd", None]
    assert record.unknown is None


def test_odd_items_are_named_and_cost_only_themselves():
    record = read({"Aliases": [ITEM, {"AliasName": "alias/own"}, ITEM | {"TargetKeyId": 1}]})
    assert [record.target_key_id for record in record.records if record.target_key_id == "1234abcd"]
    assert record.records[1].target_key_id.causes[0].why is Why.MALFORMED
    assert {cause.why for cause in record.unknown.causes} == {Why.MALFORMED}


def test_a_refusal_names_the_action():
    record = read("AccessDeniedException")
    assert record.records == ()
    assert isinstance(record.unknown, Unknown)
    assert record.unknown.causes[0].actions == ("kms:ListAliases",)
