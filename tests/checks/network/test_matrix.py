"""What passes between segments, compared with what is declared."""

from __future__ import annotations

import pytest
from attrs import evolve

from cloudpack_baseline import Baseline
from cloudpack_baseline.checks.network.matrix import Cell, segment_matrix
from cloudpack_baseline.judging import view_of
from cloudpack_baseline.reachability import NO_TRAFFIC, TrafficSet
from cloudpack_baseline.testing.records import (
    ACCOUNT,
    ANYWHERE,
    SMALL_BASELINE,
    allow_all,
    network_interface,
    security_group,
    small_account,
    tcp,
)
from support import denied, world

UNREAD = denied("ec2:DescribeSecurityGroups")
HTTPS, SSH, MYSQL, POSTGRESQL = map(TrafficSet.parse, ("tcp/443", "tcp/22", "tcp/3306", "tcp/5432"))
WEB = security_group("sg-web", [tcp(443, ANYWHERE), tcp(22, ANYWHERE)], [allow_all()])
DB = security_group("sg-db", [tcp(3306, "sg-web")])
TO_WEB, TO_DB = SMALL_BASELINE["flows"]
BOTH = {"from": ["web"], "to": ["db"], "services": ["mysql", "postgresql"]}
OUT = {"from": ["web"], "to": ["internet"], "services": ["https"]}


def matrix(*flows, database=DB, more=(), name="", networks=None):
    fields = {"segments": SMALL_BASELINE["segments"], "flows": list(flows)}
    baseline = Baseline.from_mapping(fields | {"networks": networks or {}})
    snapshot = world("segmentation", *small_account(), WEB, database, *more)
    account = evolve(snapshot.accounts[0], name=name)
    return segment_matrix(view_of(snapshot, baseline, "segmentation", account))


def test_what_passes_is_declared_or_in_excess():
    cells = matrix(TO_WEB, BOTH).cells
    assert cells["internet", "web"] == Cell(declared=HTTPS, excess=SSH)
    assert cells["web", "db"] == Cell(declared=MYSQL, dead=POSTGRESQL)
    assert cells["db", "web"] == Cell()
    kinds = {pair: cells[pair].kind for pair in cells}
    assert kinds["internet", "web"] == "excess"
    assert kinds["web", "db"] == "declared"
    assert kinds["db", "web"] == "nothing"


def test_what_is_in_doubt_is_declared_or_not():
    cell = matrix(TO_WEB, BOTH, database=evolve(DB, ip_permissions=UNREAD)).cells["web", "db"]
    assert cell.undecided == MYSQL | POSTGRESQL
    assert cell.doubtful & (MYSQL | POSTGRESQL | SSH) == SSH
    assert (cell.declared, cell.excess, cell.dead) == (NO_TRAFFIC,) * 3
    assert cell.kind == "doubtful"


def test_outgoing_traffic_is_shown_until_some_is_declared():
    shown = matrix(TO_WEB).cells["web", "internet"]
    assert shown == Cell(outgoing=shown.outgoing)
    assert shown.outgoing & (HTTPS | SSH) == HTTPS | SSH
    judged = matrix(TO_WEB, OUT).cells["web", "internet"]
    assert judged == Cell(declared=HTTPS, excess=judged.excess)
    assert judged.excess & (HTTPS | SSH) == SSH
    # Between segments, traffic is always judged.
    assert matrix().cells["web", "db"] == Cell(excess=MYSQL)


def test_pairs_of_an_end_with_itself_and_of_two_ends_outside_are_left_out():
    shown = matrix(networks={"office": ["203.0.113.0/28"]})
    assert shown.names == ("web", "db", "office", "internet")
    pairs = {(source, target) for source in shown.names for target in shown.names}
    outside = {"office", "internet"}
    assert set(shown.cells) == {
        pair for pair in pairs if pair[0] != pair[1] and not outside.issuperset(pair)
    }


def test_interfaces_that_are_in_no_segment_are_counted():
    stray = network_interface("eni-stray", "10.0.1.99", groups=("sg-stray",))
    gateway = network_interface("eni-nat", "10.0.1.98", interface_type="nat_gateway", groups=())
    assert matrix().unplaced == 0
    assert matrix(more=(stray, gateway)).unplaced == 1


@pytest.mark.parametrize(("name", "shown"), [("", ACCOUNT), ("shop", f"{ACCOUNT} (shop)")])
def test_the_account_is_named(name, shown):
    assert matrix(name=name).account == shown


@pytest.mark.parametrize(
    "kind", ["excess", "doubtful", "undecided", "declared", "dead", "outgoing"]
)
def test_the_gravest_kind(kind):
    kinds = ("excess", "doubtful", "undecided", "declared", "dead", "outgoing")
    present = kinds[kinds.index(kind) :]
    cell = Cell(**dict.fromkeys(present, SSH))
    assert cell.parts == tuple((name, SSH) for name in present)
    assert cell.kind == kind
