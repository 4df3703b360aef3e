"""The register of resources (4.1.2)."""

from __future__ import annotations

import csv
import io

import pytest
from attrs import evolve

from cloudpack_baseline import Baseline, InputError
from cloudpack_baseline.cli import main
from cloudpack_baseline.model import catalogue
from cloudpack_baseline.model.iam_principals import ManagedPolicyDetail
from cloudpack_baseline.model.rds import DBSnapshot, ManualDBSnapshot
from cloudpack_baseline.model.s3 import AccountPublicAccessBlock, Bucket
from cloudpack_baseline.model.snapshot import AccountScope
from cloudpack_baseline.reports.register import (
    NO_RESOURCES,
    OwnerSource,
    register_csv,
    register_of,
)
from cloudpack_baseline.sources.recording import write_snapshot
from cloudpack_baseline.testing import records
from support import ACCOUNT, denied


def instance(*tags, id_="i-1"):
    return records.instance(id_, tags=tags)


def bucket(name="docs"):
    return records.record(Bucket, name, service="s3")


def rows(*made, options=None, **changes):
    baseline = Baseline.from_mapping({"register": options or {}})
    return register_of(records.snapshot(*made, **changes), baseline)


def owner_of(record, **options):
    (row,) = rows(record, options=options)
    return row.owner, row.owner_source.value


@pytest.mark.parametrize(
    ("record", "options", "expected"),
    [
        (instance(("Owner", "web team")), {}, ("web team", "tag")),
        (instance(("owner", "web team")), {}, ("web team", "tag")),
        (instance(("OWNER", "web team")), {}, ("", "none")),
        (instance(("Owner", " ")), {}, ("", "none")),
        (instance(), {}, ("", "none")),
        (bucket(), {}, ("", "not read")),
        (instance(("Owner", "a"), ("Team", "b")), {"owner_tags": ["Team", "Owner"]}, ("b", "tag")),
        (instance(("Owner", "a")), {"owner_tags": ["Team"]}, ("", "none")),
        (bucket(), {"owners": [{"resource": "doc*", "owner": "c"}]}, ("c", "declared")),
        (
            instance(("Owner", "a")),
            {"owners": [{"resource": "*", "owner": "c"}]},
            ("a", "tag"),
        ),
        (
            instance(),
            {"owners": [{"resource": "i-1", "owner": "c"}, {"resource": "*", "owner": "d"}]},
            ("c", "declared"),
        ),
    ],
)
def test_the_owner(record, options, expected):
    assert owner_of(record, **options) == expected


def test_a_row_says_where_a_resource_is():
    accounts = (AccountScope(id=ACCOUNT, name="production"),)
    (row,) = rows(records.instance("i-1", name="web"), accounts=accounts)
    assert (row.account, row.account_name, row.region) == (ACCOUNT, "production", "ap-northeast-1")
    assert (row.service, row.kind, row.name) == ("ec2", "Instance", "web")
    assert row.resource == instance().arn
    assert not row.managed


def db_snapshot(kind):
    fields = {"database": "shop", "snapshot_type": kind}
    return records.record(DBSnapshot, "snapshot:a", service="rds", **fields)


@pytest.mark.parametrize(("kind", "managed"), [("automated", True), ("manual", False)])
def test_what_a_service_manages_is_registered_and_marked(kind, managed):
    (row,) = rows(db_snapshot(kind))
    assert row.managed is managed


def test_what_is_no_resource_of_its_own_is_left_out():
    manual = records.record(ManualDBSnapshot, "snapshot:a", service="rds")
    settings = records.record(AccountPublicAccessBlock, "x", service="s3")
    of_aws = ManagedPolicyDetail(arn="arn:aws:iam::aws:policy/ReadOnlyAccess", account=ACCOUNT)
    record = evolve(of_aws, arn=f"arn:aws:iam::{ACCOUNT}:policy/own")
    assert [row.kind for row in rows(db_snapshot("manual"), manual, settings)] == ["DBSnapshot"]
    assert [row.resource for row in rows(of_aws, record)] == [record.arn]


def test_the_kinds_that_are_no_resources_exist():
    for kind, instead in NO_RESOURCES.items():
        assert catalogue.record_class(kind)
        assert instead


def test_a_kind_that_could_not_be_listed_is_a_row():
    (row,) = rows(unread={"Bucket": denied("s3:ListBuckets")})
    assert (row.kind, row.name, row.owner_source) == ("Bucket", "*", OwnerSource.NOT_LISTED)
    assert "s3:ListBuckets" in row.note.in_language("en")


def test_the_rows_are_in_order_and_each_resource_stands_once():
    made = [bucket("b"), bucket("a"), instance(id_="i-2"), instance(id_="i-1")]
    assert [row.resource for row in rows(*made)] == [
        *sorted(record.key for record in made[2:]),
        *sorted(record.key for record in made[:2]),
    ]


HOSTILE = ("=1", "+1", "-1", "@x", "\t=1", " =1", "＝1", "\x1b[2J", "\u202e=1", "a\r\n=1", '","=1')


@pytest.mark.parametrize("value", HOSTILE)
def test_no_cell_is_a_formula(value):
    data = register_csv(rows(records.instance("i-1", name=value, tags=(("Owner", value),))), "en")
    table = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert len(table) == 2
    for cell in table[1]:
        assert not cell.lstrip().startswith(("=", "+", "-", "@", "＝"))
        assert cell.isprintable()


@pytest.mark.parametrize(("language", "head"), [("en", "account,"), ("ja", "アカウント,")])
def test_both_languages(language, head):
    data = register_csv(rows(db_snapshot("automated")), language).decode("utf-8")
    assert data.startswith(f"\ufeff{head}")
    assert data.endswith(",yes,\r\n" if language == "en" else ",はい,\r\n")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"owner_tags": []}, "register.owner_tags"),
        ({"owner_tags": "Owner"}, "register.owner_tags"),
        ({"owners": [{"resource": "*"}]}, "register.owners[0].owner"),
        ({"tag": "Owner"}, "register.tag"),
    ],
)
def test_wrong_options_are_named(options, message):
    with pytest.raises(InputError) as caught:
        Baseline.from_mapping({"register": options})
    assert message in str(caught.value)


def test_the_command_writes_and_counts(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cloudpack-baseline.toml").write_text(
        '[[register.owners]]\nresource = "docs"\nowner = "web"\n'
    )
    gaps = {"Queue": denied("sqs:ListQueues")}
    snapshot = records.snapshot(instance(), bucket("docs"), bucket("site"), unread=gaps)
    write_snapshot(snapshot, "a.json")
    assert main(["register", "a.json", "-o", "r.csv"]) == 0
    assert capsys.readouterr().out == (
        "wrote r.csv: 3 resources, 1 without an owner, 1 whose tags were not read\n"
        "1 kinds could not be listed in full; the last column says why\n"
    )
    assert (tmp_path / "r.csv").read_text("utf-8-sig").count(",web,declared,") == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["none.json", "-o", "r.csv"], "none.json: cannot be read"),
        (["a.json", "a.json", "-o", "r.csv"], "cannot be registered together"),
        (["a.json", "-o", "no/r.csv"], "cannot be written"),
    ],
)
def test_wrong_input_is_said(tmp_path, monkeypatch, capsys, arguments, message):
    monkeypatch.chdir(tmp_path)
    write_snapshot(records.snapshot(bucket()), "a.json")
    assert main(["register", *arguments]) == 2
    assert message in capsys.readouterr().err
