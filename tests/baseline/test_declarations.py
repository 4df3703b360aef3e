"""What a baseline answers when it is asked."""

import pytest

from cloudpack_baseline import Baseline
from cloudpack_baseline.baseline import Account, BucketDeclaration
from cloudpack_baseline.baseline.options.databases import RdsBackupOptions

PRODUCTION = Account(id="123456789012", regions=("us-east-1",))
STAGING = Account(id="210987654321")
HELD = Baseline(
    regions=("ap-northeast-1",), accounts={"production": PRODUCTION, "staging": STAGING}
)


def test_an_account_by_its_id():
    assert HELD.account_named("123456789012") == ("production", PRODUCTION)
    assert HELD.account_named("000000000000") == ("", None)


def test_regions_of_the_account_else_of_the_baseline_else_all():
    assert HELD.regions_of("123456789012") == ("us-east-1",)
    assert HELD.regions_of("210987654321") == ("ap-northeast-1",)
    assert HELD.regions_of("000000000000") == ("ap-northeast-1",)
    assert Baseline().regions_of("123456789012") is None


def test_a_star_among_the_regions_is_all_of_them():
    baseline = Baseline(regions=("us-east-1", "*"))
    assert baseline.regions_of("123456789012") is None


def test_options_are_the_papers_until_the_user_gives_others():
    assert Baseline().options(RdsBackupOptions) == RdsBackupOptions()
    rds_backup_options = RdsBackupOptions(generations=7)
    assert (
        Baseline(controls={"rds-backup": rds_backup_options}).options(RdsBackupOptions)
        == rds_backup_options
    )


def test_the_papers_own_figures():
    assert RdsBackupOptions() == RdsBackupOptions(generations=2, restorable_within_minutes=30)


def test_blocks_of_named_networks():
    baseline = Baseline(
        networks={"a": ("192.0.2.0/24",), "b": ("198.51.100.0/24", "2001:db8::/32")}
    )
    assert baseline.cidrs_of(["b", "a"]) == ("198.51.100.0/24", "2001:db8::/32", "192.0.2.0/24")
    assert baseline.cidrs_of([]) == ()


def test_where_it_was_read_from_makes_no_difference(tmp_path):
    path = tmp_path / "cloudpack-baseline.toml"
    path.touch()
    assert Baseline.load(path) == Baseline()


@pytest.mark.parametrize(
    ("name", "declared"),
    [
        ("site", "site"),
        ("site-logs", "site-l*"),
        ("site-x", "site-?"),
        ("site-xy", "site*"),
        # As long a prefix, but of no pattern.
        ("log", "log"),
        ("logs", "log*"),
    ],
)
def test_the_longest_literal_prefix_names_a_bucket(name, declared):
    names = ("*", "site*", "site-?", "site-l*", "site", "log*", "log")
    baseline = Baseline(buckets=tuple(BucketDeclaration(name=name) for name in names))
    assert baseline.bucket(name).name == declared


def test_of_two_that_fit_alike_the_first():
    declared = tuple(BucketDeclaration(name=one) for one in ("a*b", "a*"))
    assert Baseline(buckets=declared).bucket("ab") is declared[0]
    assert Baseline(buckets=declared[::-1]).bucket("ab") is declared[1]


def test_a_bucket_that_nobody_declared_is_private():
    assert Baseline().bucket("any") == BucketDeclaration(name="any", exposure=("private",))
