"""Settings of S3 buckets (5.1.2, 2.2.2, 3.3)."""

from __future__ import annotations

import pytest
from attrs import evolve

from cloudpack_baseline import (
    Baseline,
    Outcome,
    check_s3_acl_disabled,
    check_s3_encryption,
    check_s3_public_access_block,
    check_s3_versioning,
    check_s3_website,
)
from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.checks.encryption.s3_encryption import is_declared_key
from cloudpack_baseline.model.kms import KmsAlias
from cloudpack_baseline.model.s3 import (
    AccountPublicAccessBlock,
    Bucket,
    Encryption,
    PublicAccessBlock,
    Website,
)
from cloudpack_baseline.model.snapshot import AccountScope
from cloudpack_baseline.model.values import Unknown, Why
from support import ACCOUNT, NOW, REGION, denied, only, world

NAMES = (
    "block_public_acls",
    "ignore_public_acls",
    "block_public_policy",
    "restrict_public_buckets",
)
ON = PublicAccessBlock(**dict.fromkeys(NAMES, True))
OFF = PublicAccessBlock()
UNREAD = denied("s3:GetBucketX")


def bucket(name="data", **changes):
    fields = {"arn": f"arn:aws:s3:::{name}", "account": ACCOUNT, "region": REGION, "name": name}
    return Bucket(**(fields | changes))


def account(settings=None, organization=None):
    return AccountPublicAccessBlock(
        arn=f"arn:aws:iam::{ACCOUNT}:root",
        account=ACCOUNT,
        name=ACCOUNT,
        settings=settings,
        organization=organization,
    )


def declared(**keys):
    return Baseline.from_mapping({"buckets": [{"name": "data"} | keys]})


def by_name(assessment):
    return {finding.resource.name: finding.outcome for finding in assessment.findings}


class TestPublicAccessBlock:
    def judged(self, *records, gaps=None, **keys):
        snapshot = world("s3-public-access-block", *records, gaps=gaps)
        return by_name(check_s3_public_access_block(snapshot, declared(**keys)))

    @pytest.mark.parametrize(
        ("field", "name"),
        [
            ("block_public_acls", "BlockPublicAcls"),
            ("ignore_public_acls", "IgnorePublicAcls"),
            ("block_public_policy", "BlockPublicPolicy"),
            ("restrict_public_buckets", "RestrictPublicBuckets"),
        ],
    )
    def test_the_setting_that_is_off_is_named(self, field, name):
        almost = evolve(ON, **{field: False})
        snapshot = world("s3-public-access-block", account(), bucket(public_access_block=almost))
        findings = check_s3_public_access_block(snapshot).findings
        (observation,) = next(
            found.observations for found in findings if found.resource.name == "data"
        )
        assert (observation.read, observation.expected) == (f"{name}=false", f"{name}=true")

    def test_what_has_to_be_on_is_named(self):
        gaps = {"AccountPublicAccessBlock": UNREAD}
        snapshot = world("s3-public-access-block", bucket(public_access_block=OFF), gaps=gaps)
        findings = check_s3_public_access_block(snapshot).findings
        (observation,) = next(
            found.observations for found in findings if found.resource.name == "data"
        )
        assert observation.expected == (
            "BlockPublicAcls=true, IgnorePublicAcls=true, BlockPublicPolicy=true, "
            "RestrictPublicBuckets=true"
        )

    def test_one_table_that_opens_it_to_the_public_is_enough(self):
        rows = [
            {"name": "data", "exposure": ["public"]},
            {"name": "data", "exposure": ["accounts"], "accounts": ["210987654321"]},
        ]
        snapshot = world("s3-public-access-block", account(OFF), bucket(public_access_block=OFF))
        for buckets, expected in ((rows, Outcome.NOT_APPLICABLE), (rows[1:], Outcome.FAIL)):
            assessment = check_s3_public_access_block(
                snapshot, Baseline.from_mapping({"buckets": buckets})
            )
            assert by_name(assessment)["data"] is expected

    @pytest.mark.parametrize(
        ("organization", "settings", "own", "expected"),
        [
            (None, None, ON, "pass"),
            (None, ON, None, "pass"),
            (ON, None, None, "pass"),
            (ON, OFF, OFF, "pass"),
            (None, None, None, "fail"),
            (OFF, OFF, OFF, "fail"),
            # What is on at one level need not be read at the others.
            (UNREAD, ON, UNREAD, "pass"),
            (UNREAD, UNREAD, ON, "pass"),
            # What the organization enforces could only excuse.
            (UNREAD, None, OFF, "fail"),
            (UNREAD, UNREAD, OFF, "unknown"),
            (None, UNREAD, None, "unknown"),
            (None, None, UNREAD, "unknown"),
        ],
    )
    def test_each_level_counts(self, organization, settings, own, expected):
        outcome_by_name = self.judged(
            account(settings, organization), bucket(public_access_block=own)
        )
        assert outcome_by_name["data"] == expected

    def test_a_failure_tells_that_the_organization_was_not_read(self):
        snapshot = world("s3-public-access-block", account(None, UNREAD), bucket())
        for finding in check_s3_public_access_block(snapshot).findings:
            (note,) = finding.notes
            assert "GetBucketX" in note.in_language("en")
        snapshot = world("s3-public-access-block", account(ON, UNREAD), bucket())
        assert all(not finding.notes for finding in check_s3_public_access_block(snapshot).findings)

    @pytest.mark.parametrize("name", NAMES)
    def test_each_setting_counts(self, name):
        almost = evolve(ON, **{name: False})
        assert self.judged(account(), bucket(public_access_block=almost))["data"] == "fail"
        only_it = PublicAccessBlock(**{name: True})
        assert self.judged(account(only_it), bucket(public_access_block=almost))["data"] == "pass"

    @pytest.mark.parametrize(("others", "expected"), [(ON, "unknown"), (OFF, "fail")])
    def test_a_single_setting_that_is_unread(self, others, expected):
        block = evolve(others, ignore_public_acls=UNREAD)
        assert self.judged(account(), bucket(public_access_block=block))["data"] == expected
        excused = account(evolve(ON, ignore_public_acls=UNREAD))
        assert self.judged(excused, bucket(public_access_block=ON))["data"] == "pass"

    def test_what_is_off_fails_whatever_else_is_unread(self):
        # BlockPublicAcls is off at every level that was read, and none is unread for it.
        changed_on = evolve(ON, block_public_acls=False)
        snapshot = world(
            "s3-public-access-block", account(OFF), bucket(public_access_block=changed_on)
        )
        finding = next(
            finding
            for finding in check_s3_public_access_block(snapshot).findings
            if finding.resource.kind == "Bucket"
        )
        (observation,) = finding.observations
        assert (observation.read, observation.expected) == (
            "BlockPublicAcls=false",
            "BlockPublicAcls=true",
        )

    @pytest.mark.parametrize(
        ("exposure", "expected"),
        [
            (["public"], "not applicable"),
            (["public", "cloudfront"], "not applicable"),
            (["cloudfront"], "fail"),
            (["private"], "fail"),
        ],
    )
    def test_a_declared_public_bucket_is_left_out(self, exposure, expected):
        assert self.judged(account(), bucket(), exposure=exposure)["data"] == expected

    @pytest.mark.parametrize(
        ("settings", "organization", "expected"),
        [
            (ON, None, "pass"),
            (None, ON, "pass"),
            (OFF, None, "fail"),
            (None, None, "fail"),
            (UNREAD, ON, "pass"),
            (UNREAD, None, "unknown"),
            (OFF, UNREAD, "fail"),
        ],
    )
    def test_the_account_without_public_buckets(self, settings, organization, expected):
        assert self.judged(account(settings, organization)) == {ACCOUNT: expected}

    def test_the_account_with_a_public_bucket(self):
        outcome_by_name = self.judged(account(), bucket(), exposure=["public"])
        assert outcome_by_name[ACCOUNT] is Outcome.NOT_APPLICABLE

    def test_a_declared_public_bucket_that_is_not_there_leaves_nothing_out(self):
        assert self.judged(account(), exposure=["public"])[ACCOUNT] is Outcome.FAIL

    def test_a_declared_public_bucket_may_be_among_those_that_were_not_listed(self):
        gaps = {"Bucket": denied("s3:ListBuckets")}
        assert self.judged(account(), exposure=["public"], gaps=gaps)[ACCOUNT] == "unknown"
        assert self.judged(account(ON), exposure=["public"], gaps=gaps)[ACCOUNT] == "pass"
        assert self.judged(account(), exposure=["private"], gaps=gaps)[ACCOUNT] == "fail"

    def test_an_account_that_was_not_read(self):
        gaps = {"AccountPublicAccessBlock": denied("s3control:GetPublicAccessBlock")}
        assert self.judged(bucket(), gaps=gaps)["data"] is Outcome.UNKNOWN
        assert self.judged(bucket(public_access_block=ON), gaps=gaps)["data"] is Outcome.PASS

    def test_an_account_that_has_no_record(self):
        assert self.judged(bucket())["data"] is Outcome.FAIL


class TestAcls:
    @pytest.mark.parametrize(
        ("ownership", "acls", "expected"),
        [
            ("BucketOwnerEnforced", False, "pass"),
            ("BucketOwnerPreferred", False, "fail"),
            ("ObjectWriter", False, "fail"),
            (None, False, "fail"),
            (UNREAD, False, "unknown"),
            ("BucketOwnerEnforced", True, "pass"),
            ("ObjectWriter", True, "not applicable"),
            (UNREAD, True, "not applicable"),
        ],
    )
    def test_ownership(self, ownership, acls, expected):
        snapshot = world("s3-acl-disabled", bucket(ownership=ownership))
        finding = only(check_s3_acl_disabled(snapshot, declared(acls=acls)))
        assert finding.outcome == expected

    def test_what_was_read(self):
        finding = only(check_s3_acl_disabled(world("s3-acl-disabled", bucket())))
        assert finding.observations[0].read == "ObjectOwnership="
        assert finding.observations[0].expected == "ObjectOwnership=BucketOwnerEnforced"


class TestVersioning:
    @pytest.mark.parametrize(
        ("status", "wanted", "expected"),
        [
            ("Enabled", True, "pass"),
            ("Suspended", True, "fail"),
            (None, True, "fail"),
            (UNREAD, True, "unknown"),
            ("Enabled", False, "pass"),
            ("Suspended", False, "not applicable"),
            (None, False, "not applicable"),
            (UNREAD, False, "not applicable"),
        ],
    )
    def test_status(self, status, wanted, expected):
        snapshot = world("s3-versioning", bucket(versioning=status))
        finding = only(check_s3_versioning(snapshot, declared(versioning=wanted)))
        assert finding.outcome == expected

    def test_suspended_and_never_on_are_told_apart(self):
        findings = [
            only(check_s3_versioning(world("s3-versioning", bucket(versioning=status))))
            for status in ("Suspended", None)
        ]
        reads = [finding.observations[0].read for finding in findings]
        assert reads == ["Status=Suspended", "Status="]


class TestWebsite:
    @pytest.mark.parametrize(
        ("website", "may", "expected", "notes"),
        [
            (None, False, "pass", 0),
            (Website(index_document="index.html"), False, "fail", 0),
            (Website(redirect_to="www.example.jp"), False, "fail", 0),
            (Website(index_document="index.html"), True, "pass", 0),
            (Website(), False, "fail", 0),
            (None, True, "pass", 1),
            (UNREAD, True, "unknown", 0),
            (UNREAD, False, "unknown", 0),
        ],
    )
    def test_only_declared_websites(self, website, may, expected, notes):
        snapshot = world("s3-website", bucket(website=website))
        finding = only(check_s3_website(snapshot, declared(website=may)))
        assert (finding.outcome, len(finding.notes)) == (expected, notes)

    def test_where_a_redirect_goes_is_told(self):
        snapshot = world("s3-website", bucket(website=Website(redirect_to="www.example.jp")))
        (observation,) = only(check_s3_website(snapshot)).observations
        assert observation.read == "RedirectAllRequestsTo.HostName=www.example.jp"


KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd"
ALIAS = f"arn:aws:kms:{REGION}:{ACCOUNT}:alias/own"
OTHER = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/5678"
KEYS = "111122223333"
"""An account that holds keys for others."""


def alias(name="own", key="1234abcd", account=ACCOUNT, region=REGION):
    arn = f"arn:aws:kms:{region}:{account}:alias/{name}"
    return KmsAlias(
        arn=arn, account=account, region=region, name=f"alias/{name}", target_key_id=key
    )


def by_key(kms_key):
    return bucket(encryption=Encryption(algorithm="aws:kms", kms_key=kms_key))


class TestEncryption:
    def judged(self, encryption, keys=(), **changes):
        snapshot = world("s3-encryption", bucket(encryption=encryption, **changes))
        return only(check_s3_encryption(snapshot, declared(kms_keys=list(keys))))

    @pytest.mark.parametrize(
        ("encryption", "expected"),
        [
            (None, "pass"),
            (Encryption(algorithm="AES256"), "pass"),
            (Encryption(algorithm="aws:kms"), "pass"),
            (UNREAD, "unknown"),
        ],
    )
    def test_where_no_key_is_declared(self, encryption, expected):
        assert self.judged(encryption).outcome == expected

    def test_without_a_setting_the_default_is_shown(self):
        (observation,) = self.judged(None).observations
        assert observation.read == "SSEAlgorithm=AES256"

    @pytest.mark.parametrize(
        ("encryption", "expected"),
        [
            (None, "fail"),
            (Encryption(algorithm="AES256"), "fail"),
            # The key that AWS manages for S3.
            (Encryption(algorithm="aws:kms"), "fail"),
            (Encryption(algorithm="aws:kms", kms_key="alias/aws/s3"), "fail"),
            (Encryption(algorithm="aws:kms", kms_key=KEY), "pass"),
            (Encryption(algorithm="aws:kms:dsse", kms_key=KEY), "pass"),
            (Encryption(algorithm="aws:kms", kms_key="1234abcd"), "pass"),
            (Encryption(algorithm="aws:kms", kms_key="1234"), "fail"),
            (Encryption(algorithm="aws:kms", kms_key=OTHER), "fail"),
            (Encryption(algorithm="aws:kms", kms_key=KEY.replace(ACCOUNT, KEYS)), "fail"),
            (Encryption(algorithm="aws:kms", kms_key="arn:nonsense"), "unknown"),
            (UNREAD, "unknown"),
        ],
    )
    def test_where_a_key_is_declared(self, encryption, expected):
        assert self.judged(encryption, [KEY]).outcome == expected

    def test_one_of_several_keys(self):
        encryption = Encryption(algorithm="aws:kms", kms_key=OTHER)
        assert self.judged(encryption, [KEY, OTHER]).outcome is Outcome.PASS


class TestAliases:
    def judged(self, kms_key, keys, *aliases, **changes):
        snapshot = world("s3-encryption", by_key(kms_key), *aliases, **changes)
        return by_name(check_s3_encryption(snapshot, declared(kms_keys=keys)))["data"]

    @pytest.mark.parametrize("kms_key", [ALIAS, "alias/own", KEY, "1234abcd", "alias/second"])
    @pytest.mark.parametrize("key", [ALIAS, KEY])
    def test_every_name_of_a_key_is_that_key(self, kms_key, key):
        aliases = (alias(), alias("second"), alias("third", "5678"))
        assert self.judged(kms_key, [key], *aliases) is Outcome.PASS

    @pytest.mark.parametrize("kms_key", ["alias/third", OTHER, "5678", "alias/none", "alias/free"])
    @pytest.mark.parametrize("key", [ALIAS, KEY])
    def test_names_of_other_keys_and_of_none(self, kms_key, key):
        aliases = (alias(), alias("third", "5678"), alias("free", None))
        assert self.judged(kms_key, [key], *aliases) is Outcome.FAIL

    def test_two_aliases_of_no_key_are_not_the_same(self):
        free = (alias("one", None), alias("two", None))
        assert self.judged("alias/one", [free[1].arn], *free) is Outcome.FAIL

    def test_an_alias_of_the_key_that_aws_manages(self):
        managed = alias("aws/s3", "5678")
        assert self.judged("alias/aws/s3", [KEY], managed) is Outcome.FAIL
        assert self.judged("alias/aws/s3", [OTHER], managed) is Outcome.PASS

    def test_an_alias_of_no_key_beside_another_account(self):
        accounts = tuple(AccountScope(id=account) for account in (ACCOUNT, "210987654321"))
        assert self.judged("alias/none", [KEY], accounts=accounts) is Outcome.FAIL

    def test_aliases_that_were_not_read(self):
        gaps = {"KmsAlias": denied("kms:ListAliases")}
        assert self.judged("alias/own", [KEY], gaps=gaps) is Outcome.UNKNOWN
        assert self.judged(KEY, [ALIAS], gaps=gaps) is Outcome.UNKNOWN
        assert self.judged("alias/own", [KEY], alias(), gaps=gaps) is Outcome.PASS
        # Nobody needs them where no alias is met, or the same one.
        assert self.judged(KEY, [KEY], gaps=gaps) is Outcome.PASS
        assert self.judged(OTHER, [KEY], gaps=gaps) is Outcome.FAIL
        assert self.judged("alias/own", [ALIAS], gaps=gaps) is Outcome.PASS
        # One of the others may be it.
        assert self.judged("alias/own", [KEY, OTHER], gaps=gaps) is Outcome.UNKNOWN
        assert self.judged("alias/own", [KEY], alias(key=denied())) is Outcome.UNKNOWN

    def test_aliases_of_a_region_that_was_not_read(self):
        changed_by_key = evolve(by_key("alias/own"), region="eu-west-1")
        key = KEY.replace(REGION, "eu-west-1")
        snapshot = world("s3-encryption", changed_by_key)
        (observation,) = only(check_s3_encryption(snapshot, declared(kms_keys=[key]))).observations
        assert observation.outcome is Outcome.UNKNOWN
        assert "KmsAlias (eu-west-1)" in observation.message.in_language("en")

    @pytest.mark.parametrize(
        ("kms_key", "declared_key", "expected"),
        [
            (KEY, KEY, Outcome.PASS),
            ("alias/own", "arn:aws:kms:eu-west-1:999988887777:alias/own", Outcome.PASS),
            ("1234abcd", "arn:aws:kms:eu-west-1:999988887777:alias/own", Outcome.PASS),
            ("alias/own", "arn:aws:kms:eu-west-1:999988887777:key/5678", Outcome.UNKNOWN),
            ("5678", "arn:aws:kms:eu-west-1:999988887777:alias/own", Outcome.UNKNOWN),
            ("arn:aws:kms:eu-west-1:210987654321:key/1", KEY, Outcome.FAIL),
        ],
    )
    def test_keys_of_a_template(self, kms_key, declared_key, expected):
        planned = bucket(region="", encryption=Encryption(algorithm="aws:kms", kms_key=kms_key))
        snapshot = world("s3-encryption", planned, alias(region=""), source="template")
        finding = only(check_s3_encryption(snapshot, declared(kms_keys=[declared_key])))
        assert finding.outcome is expected

    def test_an_alias_of_another_account(self):
        theirs = alias(account=KEYS)
        key = KEY.replace(ACCOUNT, KEYS)
        snapshot = world("s3-encryption", by_key(theirs.arn))
        (observation,) = only(check_s3_encryption(snapshot, declared(kms_keys=[key]))).observations
        assert observation.outcome is Outcome.UNKNOWN
        assert f"{theirs.arn}: {KEYS} was not read" in observation.message.in_language("en")

        accounts = tuple(AccountScope(id=account, regions=(REGION,)) for account in (ACCOUNT, KEYS))
        assert self.judged(theirs.arn, [key], theirs, accounts=accounts) is Outcome.PASS
        other = alias(key="5678", account=KEYS)
        assert self.judged(theirs.arn, [key], other, accounts=accounts) is Outcome.FAIL
        # Its account was read, but not for this.
        assert self.judged(theirs.arn, [key], accounts=accounts) is Outcome.UNKNOWN

    def test_an_alias_names_no_key_of_another_account_or_region(self):
        for key in (KEY.replace(ACCOUNT, KEYS), KEY.replace(REGION, "eu-west-1")):
            gaps = {"KmsAlias": denied("kms:ListAliases")}
            assert self.judged("alias/own", [key], gaps=gaps) is Outcome.FAIL

    def test_replicas_of_a_multi_region_key_are_keys_of_their_own(self):
        key = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/mrk-1234"
        replica = key.replace("us-east-1", REGION)
        assert self.judged(replica, [key]) is Outcome.FAIL
        assert self.judged("mrk-1234", [key]) is Outcome.FAIL
        assert self.judged("mrk-1234", [replica]) is Outcome.PASS
        assert self.judged("alias/own", [key, replica], alias(key="mrk-1234")) is Outcome.PASS

    @pytest.mark.parametrize(
        ("change", "why"), [({"region": ""}, Why.NOT_PROVIDED), ({"account": ""}, Why.UNDETERMINED)]
    )
    def test_an_id_whose_account_or_region_is_not_told(self, change, why):
        unknown = is_declared_key(one_account(), "1234abcd", bucket(**change), [KEY])
        assert isinstance(unknown, Unknown)
        assert unknown.causes[0].why is why

    def test_the_partition_is_that_of_the_account(self):
        key = KEY.replace("arn:aws:", "arn:aws-us-gov:")
        assert is_declared_key(one_account("aws-us-gov"), "1234abcd", bucket(), [key]) is True
        assert is_declared_key(one_account(), "1234abcd", bucket(), [key]) is False


def one_account(partition="aws"):
    """What a check sees of an account without aliases."""
    return AccountView(
        control="s3-encryption",
        snapshot=world("s3-encryption"),
        account=AccountScope(id=ACCOUNT, partition=partition),
        baseline=Baseline(),
        as_of=NOW,
    )


@pytest.mark.parametrize(
    ("check", "control"),
    [
        (check_s3_acl_disabled, "s3-acl-disabled"),
        (check_s3_encryption, "s3-encryption"),
        (check_s3_versioning, "s3-versioning"),
        (check_s3_website, "s3-website"),
    ],
)
def test_an_account_without_buckets_is_not_applicable(check, control):
    assert only(check(world(control))).outcome is Outcome.NOT_APPLICABLE
    unlisted = world(control, gaps={"Bucket": denied("s3:ListBuckets")})
    assert only(check(unlisted)).outcome is Outcome.UNKNOWN
