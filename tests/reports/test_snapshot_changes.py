"""What changed between two snapshots, and ``cloudpack-baseline diff``."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import attrs
import pytest
from attrs import evolve

from cloudpack_baseline import Baseline
from cloudpack_baseline.checks import CheckEntry, check_of, entry_of
from cloudpack_baseline.checks.security_settings import SETTINGS
from cloudpack_baseline.checks.service_managed import (
    MANAGED_FIELDS,
    MANAGED_RECORDS,
    MANAGED_TAGS,
    is_managed,
)
from cloudpack_baseline.cli import main
from cloudpack_baseline.errors import InputError
from cloudpack_baseline.model import catalogue
from cloudpack_baseline.model.elasticache import CacheSnapshot
from cloudpack_baseline.model.iam_credentials import AccountPasswordPolicy, CredentialReportEntry
from cloudpack_baseline.model.kms import KmsKey
from cloudpack_baseline.model.rds import DBInstance, DBSnapshot
from cloudpack_baseline.model.s3 import Bucket
from cloudpack_baseline.model.snapshot import AccountScope
from cloudpack_baseline.reports.changes_text import change_lines
from cloudpack_baseline.reports.columns import width
from cloudpack_baseline.reports.snapshot_changes import UncomparedKind, changes_between
from cloudpack_baseline.sources.recording import write_snapshot
from cloudpack_baseline.testing import records
from cloudpack_baseline.whitepaper import controls
from support import ACCOUNT, NOW, denied

THEN = NOW - timedelta(days=30)
OPEN = records.tcp(443, "0.0.0.0/0")
SHUT = records.tcp(443, "10.0.0.0/8")


def group(*ingress, id_="sg-1", **fields):
    return records.security_group(id_, ip_permissions=ingress, **fields)


def bucket(name="docs", **fields):
    return records.record(Bucket, name, service="s3", **fields)


def compare(before, after, *, only=None, declared=None, then=None, now=None):
    baseline = Baseline.from_mapping(declared or {})
    chosen = baseline.catalogue.select(only)
    old = records.snapshot(*before, taken_at=THEN, **(then or {}))
    new = records.snapshot(*after, taken_at=NOW, **(now or {}))
    return changes_between(old, new, baseline, chosen)


def fields(changes):
    return [(change.resource.rpartition("/")[2], change.field) for change in changes.changed]


# -- what is compared


def test_nothing_changed():
    changes = compare([group(SHUT), bucket()], [group(SHUT), bucket()])
    assert (changes.changed, changes.added, changes.removed, changes.uncompared) == ((),) * 4
    assert changes.accounts == (ACCOUNT,)


def test_a_setting_with_its_values_and_the_controls_that_read_it():
    (change,) = compare([bucket(versioning="Enabled")], [bucket(versioning="Suspended")]).changed
    assert (change.kind, change.field) == ("Bucket", "Status")
    assert (change.before, change.after) == ("Enabled", "Suspended")
    assert "s3-versioning" in change.controls
    assert "s3-encryption" not in change.controls
    assert "security-drift" not in change.controls
    assert change.is_security_setting


def test_a_declared_setting_belongs_to_its_controls_alone():
    """kms-key-rotation is declared, and decides by the rotation."""
    key = records.record(
        KmsKey,
        "key/1",
        service="kms",
        key_spec="SYMMETRIC_DEFAULT",
        key_material="AWS_KMS",
        key_manager="CUSTOMER",
        key_state="Enabled",
        rotation_enabled=True,
        policy="{}",
    )
    (change,) = compare([key], [evolve(key, rotation_enabled=False)]).changed
    assert "kms-key-rotation" in change.controls
    (change,) = compare([key], [evolve(key, policy='{"a": 1}')]).changed
    assert "kms-key-rotation" not in change.controls


def test_the_order_of_lists_and_the_spelling_of_policies_do_not_count():
    statement = {"Effect": "Allow", "Action": ["s3:A", "s3:B"]}
    turned = {"Action": ["s3:B", "s3:A"], "Effect": "Allow"}
    before = [group(OPEN, SHUT), bucket(policy=json.dumps({"Statement": [statement]}))]
    after = [group(SHUT, OPEN), bucket(policy=json.dumps({"Statement": [turned]}, indent=2))]
    assert compare(before, after).changed == ()


def test_resources_that_came_and_went():
    changes = compare([group(SHUT), bucket("old")], [group(SHUT), bucket("new")])
    assert [change.name for change in changes.added] == ["new"]
    assert [change.name for change in changes.removed] == ["old"]
    assert not changes.added[0].is_security_setting
    changes = compare([], [group(SHUT)])
    assert changes.added[0].is_security_setting


def test_only_what_the_selected_controls_read():
    before, after = [group(SHUT), bucket()], [group(OPEN), bucket(versioning="Enabled")]
    assert fields(compare(before, after, only=["s3-versioning"])) == [(bucket().key, "Status")]
    assert compare([], [group(OPEN)], only=["s3-versioning"]).added == ()


@pytest.mark.parametrize("kind", SETTINGS, ids=lambda kind: kind.__name__)
def test_every_security_setting_is_read_by_a_control(kind):
    """Or else diff would not show what security-drift fails on."""
    entries = [entry_of(control) for control in controls().values()]
    for field in SETTINGS[kind].fields:
        readers = [entry for entry in entries if field in entry.fields.get(kind.__name__, ())]
        assert readers, field


@pytest.mark.parametrize(
    ("control", "kind", "used", "unused"),
    [
        ("rds-backup", "DBInstance", "backup_retention_period", "publicly_accessible"),
        ("rds-public-access", "DBInstance", "publicly_accessible", "backup_retention_period"),
        ("kms-key-rotation", "KmsKey", "rotation_enabled", "policy"),
        ("s3-versioning", "Bucket", "versioning", "policy"),
        ("cloudtrail-enabled", "Trail", "event_selectors", "kms_key"),
    ],
)
def test_a_control_is_named_for_the_fields_that_it_uses(control, kind, used, unused):
    fields = entry_of(control).fields[kind]
    assert used in fields
    assert unused not in fields


def test_a_control_of_ones_own_is_named_for_every_field_that_it_reads():
    changed_check_of = evolve(check_of("s3-versioning"), settings=())
    assert CheckEntry.of(changed_check_of).fields == {}


# -- what cannot be compared


@pytest.mark.parametrize("side", ["before", "after"])
def test_a_field_that_is_known_once_is_no_change(side):
    pair = {"before": bucket(), "after": bucket()} | {side: bucket(policy=denied())}
    changes = compare([pair["before"]], [pair["after"]])
    assert changes.changed == ()
    assert changes.uncompared == (
        UncomparedKind(account=ACCOUNT, kind="Bucket", fields=("Policy",), resources=1),
    )


def test_a_field_that_is_denied_twice_is_in_doubt_and_one_that_is_never_read_is_not():
    assert compare([bucket(policy=denied())], [bucket(policy=denied())]).uncompared == (
        UncomparedKind(account=ACCOUNT, kind="Bucket", fields=("Policy",), resources=1),
    )
    assert compare([bucket()], [bucket(versioning="Enabled")]).uncompared == ()


@pytest.mark.parametrize("side", ["then", "now"])
def test_nothing_follows_from_a_listing_that_is_incomplete(side):
    gaps = {"unread": {"SecurityGroup": denied("ec2:DescribeSecurityGroups")}}
    changes = compare([group(SHUT)], [group(SHUT, id_="sg-2")], **{side: gaps})
    assert len(changes.added) == (side == "now")
    assert len(changes.removed) == (side == "then")
    assert [kind.kind for kind in changes.uncompared] == ["SecurityGroup"]


def test_a_kind_that_one_of_them_was_not_gathered_with():
    new = records.snapshot(bucket(), taken_at=NOW)
    old = evolve(new, coverage=(), records=(), taken_at=THEN)
    baseline = Baseline()
    changes = changes_between(old, new, baseline, controls().values())
    assert changes.added == ()
    assert UncomparedKind(account=ACCOUNT, kind="Bucket") in changes.uncompared


def test_accounts_in_one_of_them_alone():
    other, third = AccountScope(id="210987654321"), AccountScope(id="321098765432")
    mine = AccountScope(id=ACCOUNT)
    changes = compare([], [], then={"accounts": (mine, other)}, now={"accounts": (mine, third)})
    assert changes.accounts_removed == (other.id,)
    assert changes.accounts_added == (third.id,)
    lines = list(change_lines(changes, "en"))
    assert f"accounts in the later snapshot only: {third.id}" in lines
    assert f"accounts in the earlier snapshot only: {other.id}" in lines


def test_snapshots_that_cannot_be_compared():
    with pytest.raises(InputError, match="have no account in common"):
        compare([], [], now={"accounts": (AccountScope(id="210987654321"),)})
    new = records.snapshot(taken_at=NOW)
    with pytest.raises(InputError, match="name the older one first"):
        changes_between(new, evolve(new, taken_at=THEN), Baseline(), ())


# -- what services manage


def test_the_managed_kinds_and_fields_exist_and_have_a_reason():
    for managed in (*MANAGED_RECORDS, *MANAGED_FIELDS):
        if managed.kind != "*":
            kind = catalogue.record_class(managed.kind)
            names = managed.fields if hasattr(managed, "fields") else filter(None, [managed.field])
            assert all(hasattr(kind, name) for name in names), managed
    for managed in (*MANAGED_RECORDS, *MANAGED_FIELDS, *MANAGED_TAGS):
        assert len(managed.reason) >= 20


def test_no_security_setting_is_left_out():
    for managed in MANAGED_FIELDS:
        settings = SETTINGS.get(catalogue.record_class(managed.kind))
        assert settings is None or not set(managed.fields) & set(settings.fields)


def database(**changes):
    return records.record(DBInstance, "db:shop", service="rds", engine="mysql", **changes)


def db_snapshot(kind):
    fields = {"database": "shop", "snapshot_type": kind}
    return records.record(DBSnapshot, "snapshot:a", service="rds", **fields)


def cache_snapshot(name):
    return records.record(CacheSnapshot, name, service="elasticache", name=name, status="available")


def credentials(**changes):
    fields = dict.fromkeys(
        field.name
        for field in attrs.fields(CredentialReportEntry)
        if field.default is attrs.NOTHING and field.name not in ("arn", "account")
    )
    return records.record(CredentialReportEntry, "user/a", service="iam", **(fields | changes))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            database(latest_restorable_time=THEN, status="available"),
            database(latest_restorable_time=NOW, status="backing-up"),
        ),
        (credentials(password_last_used=THEN), credentials(password_last_used=NOW)),
        (None, records.role("x", path="/aws-service-role/rds.amazonaws.com/")),
        (None, db_snapshot("automated")),
        (
            None,
            cache_snapshot("automatic.a"),
        ),
        (None, records.network_interface("eni-1", requester_id="amazon-elb")),
        (group(SHUT, tags=(("eks:cluster-name", "a"),)), group(OPEN)),
    ],
    ids=["restorable", "last-used", "linked-role", "automated", "cache", "interface", "tag"],
)
def test_what_services_manage_is_left_out(before, after):
    changes = compare([before] if before else [], [after])
    assert (changes.changed, changes.added, changes.removed) == ((), (), ())


@pytest.mark.parametrize(
    "record",
    [
        records.role("x"),
        db_snapshot("manual"),
        cache_snapshot("a"),
        records.network_interface("eni-1", requester_id=""),
    ],
    ids=lambda record: type(record).__name__,
)
def test_what_people_manage_is_not(record):
    assert not is_managed(record)
    assert [change.kind for change in compare([], [record]).added] == [type(record).__name__]


def test_a_kind_that_services_manage_is_not_missed():
    gaps = {"unread": {"DBMajorEngineVersion": denied("rds:DescribeDBMajorEngineVersions")}}
    assert compare([], [], now=gaps).uncompared == ()


def test_declared_ones_are_left_out():
    declared = {"controls": {"security-drift": {"managed": ["sg-*"]}}}
    assert compare([group(SHUT)], [group(OPEN)], declared=declared).changed == ()


# -- declared changes, text and the command


CHANGE = {"resource": "sg-1", "ticket": "OPS-1", "starts": THEN.date(), "ends": NOW.date()}


@pytest.mark.parametrize(
    ("change", "mark"),
    [
        (CHANGE, "="),
        (CHANGE | {"resource": "sg-2"}, "!"),
        (CHANGE | {"controls": ["open-security-groups"]}, "="),
        (CHANGE | {"controls": ["s3-exposure"]}, "!"),
        (CHANGE | {"starts": THEN.date() - timedelta(9), "ends": THEN.date() - timedelta(1)}, "!"),
        (CHANGE | {"starts": NOW.date() + timedelta(1), "ends": NOW.date() + timedelta(1)}, "!"),
    ],
)
def test_declared_changes_are_marked(change, mark):
    changes = compare([group(SHUT)], [group(OPEN)], declared={"changes": [change]})
    lines = list(change_lines(changes, "en"))
    ticket = " [OPS-1]" if mark == "=" else ""
    assert f"  {mark} IpPermissions:{ticket}" in lines
    assert f"{int(mark == '!')} changes of security settings are not declared" in "\n".join(lines)


def test_the_text_shows_what_differs_within_a_policy():
    statement = {"Effect": "Allow", "Action": "s3:GetObject"}
    before = bucket(policy=json.dumps({"Statement": [statement]}))
    after = bucket(policy=json.dumps({"Statement": [statement | {"Action": "s3:*"}]}))
    lines = [line.strip() for line in change_lines(compare([before], [after]), "ja")]
    assert '-   "Action": "s3:GetObject",' in lines
    assert '+   "Action": "s3:*",' in lines
    assert not any("Allow" in line for line in lines)


def test_long_differences_are_cut_and_told():
    statements = [{"Action": f"s3:{number}"} for number in range(50)]
    after = bucket(policy=json.dumps({"Statement": statements}))
    lines = list(change_lines(compare([bucket(policy="{}")], [after]), "en"))
    assert sum(line.startswith("      +") for line in lines) <= 20
    assert any("more lines; --json prints the values" in line for line in lines)


def test_several_fields_of_a_resource_stand_under_its_name_once():
    changed = {"require_symbols": False, "require_numbers": False}
    policy = records.record(
        AccountPasswordPolicy, "x", service="iam", **dict.fromkeys(changed, True)
    )
    lines = list(change_lines(compare([policy], [evolve(policy, **changed)]), "en"))
    assert lines.count(f"  AccountPasswordPolicy {policy.arn}") == 1
    assert {"  ! RequireSymbols: true -> false", "  ! RequireNumbers: true -> false"} <= set(lines)


@pytest.mark.parametrize(
    ("language", "end"), [("en", r" and \d+ more"), ("ja", r"\(ほか \d+ 件\)")]
)
def test_many_controls_are_counted(language, end):
    lines = list(change_lines(compare([group(SHUT)], [group(OPEN)]), language))
    assert any(re.fullmatch(f"(read by |関係するコントロール: ).*{end}", line) for line in lines)


def test_a_name_that_the_key_does_not_end_with_is_shown():
    changes = compare([], [records.instance("i-1", name="web")])
    assert "    Instance " in (text := "\n".join(change_lines(changes, "en")))
    assert "instance/i-1 (web)" in text


def test_the_ticket_of_a_resource_that_came_is_shown():
    changes = compare([], [group(SHUT)], declared={"changes": [CHANGE]})
    assert f"  = SecurityGroup {group().arn} [OPS-1]" in list(change_lines(changes, "en"))


def test_long_values_are_cut():
    changes = compare([bucket(versioning="a")], [bucket(versioning="b" * 10_000)])
    assert all(width(line) < 500 for line in change_lines(changes, "en"))
    statement = {"Statement": [{"Action": "s3:" + "x" * 10_000}]}
    changes = compare([bucket(policy="{}")], [bucket(policy=json.dumps(statement))])
    assert all(width(line) < 500 for line in change_lines(changes, "en"))


def test_what_could_not_be_compared_is_listed():
    gaps = {"unread": {"SecurityGroup": denied("ec2:DescribeSecurityGroups")}}
    changes = compare([bucket(policy=denied())], [bucket(policy="{}")], now=gaps)
    lines = list(change_lines(changes, "en"))
    assert (
        f"  ? Policy of 1 Bucket in {ACCOUNT}: could be read in one of the snapshots only" in lines
    )
    assert any(line.startswith(f"  ? SecurityGroup in {ACCOUNT}: ") for line in lines)


def test_nothing_of_a_name_acts_on_a_terminal():
    changes = compare([], [bucket("\x1b[2J\u202eevil")])
    assert "\\x1b[2J\\u202eevil" in "\n".join(change_lines(changes, "en"))


@pytest.fixture
def recorded(tmp_path, monkeypatch):
    """Two snapshots in the working folder."""
    monkeypatch.chdir(tmp_path)
    for name, moment, ingress in (("old.json", THEN, SHUT), ("new.json.gz", NOW, OPEN)):
        snapshot = records.snapshot(group(ingress), bucket(policy=denied()), taken_at=moment)
        write_snapshot(snapshot, tmp_path / name)
    return tmp_path


@pytest.mark.usefixtures("recorded")
def test_the_command_prints_text_in_both_languages(capsys):
    assert main(["diff", "old.json", "new.json.gz"]) == 0
    assert "  ! IpPermissions:\n" in capsys.readouterr().out
    assert main(["diff", "old.json", "new.json.gz", "--lang", "ja"]) == 0
    assert "設定の変更 1 件、" in capsys.readouterr().out
    assert main(["diff", "old.json", "new.json.gz", "--control", "s3-versioning"]) == 0
    assert "0 settings changed" in capsys.readouterr().out


def test_the_command_prints_json(recorded, capsys):
    (recorded / "cloudpack-baseline.toml").write_text(
        '[[changes]]\nresource = "sg-1"\nticket = "OPS-1"\n'
        f"starts = {THEN.date()}\nends = {NOW.date()}\n"
    )
    assert main(["diff", "old.json", "new.json.gz", "--json"]) == 0
    values = json.loads(capsys.readouterr().out)
    (change,) = values["changed"]
    assert (change["kind"], change["field"], change["ticket"]) == (
        "SecurityGroup",
        "IpPermissions",
        "OPS-1",
    )
    assert change["before"] != change["after"]
    assert values["schema"] == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["old.json", "none.json"], "none.json: cannot be read"),
        (["new.json.gz", "old.json"], "name the older one first"),
        (["old.json", "new.json.gz", "--control", "x"], "x"),
    ],
)
@pytest.mark.usefixtures("recorded")
def test_wrong_input_is_said(capsys, arguments, message):
    assert main(["diff", *arguments]) == 2
    assert message in capsys.readouterr().err
