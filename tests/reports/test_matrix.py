"""The segment matrix: the record, the table, the picture, the command."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from attrs import evolve

from checks.network.test_segmentation import TO_DB, TO_WEB, account, baseline, web_group
from cloudpack_baseline.checks import AccountView
from cloudpack_baseline.checks.network.matrix import Cell, SegmentMatrix, segment_matrix
from cloudpack_baseline.cli import main
from cloudpack_baseline.reachability import TrafficSet
from cloudpack_baseline.reports.columns import width
from cloudpack_baseline.reports.matrix import SIGNS, cell_lines, matrix_lines, shortened
from cloudpack_baseline.reports.matrix_svg import matrix_svg
from cloudpack_baseline.sources.recording import write_snapshot
from cloudpack_baseline.testing.records import network_interface, tcp
from support import world

SVG = "{http://www.w3.org/2000/svg}"
OUT = {"from": ["web"], "to": ["internet"], "services": ["https"]}
SSH = {"from": ["web"], "to": ["db"], "services": ["ssh"]}
MANY = TrafficSet.parse("icmp, tcp/22, tcp/80, tcp/443, udp/53, 50")


def matrix_of(declared, *records):
    snapshot = world("segmentation", *(records or account()))
    account_view = AccountView(
        control="segmentation",
        snapshot=snapshot,
        account=snapshot.accounts[0],
        baseline=declared,
        as_of=snapshot.taken_at,
    )
    return segment_matrix(account_view)


def drawn(names=("web", "db"), **cells):
    held = {(name, two): Cell() for name in names for two in names if name != two}
    held[names[0], names[1]] = Cell(**cells)
    return SegmentMatrix(account="123456789012", names=names, cells=held, unplaced=0)


def kinds(matrix):
    return {pair: cell.kind for pair, cell in matrix.cells.items()}


def test_every_pair_is_told_once():
    segment_matrix = matrix_of(baseline(TO_WEB, TO_DB, networks={"office": ["192.0.2.0/24"]}))
    assert segment_matrix.names == ("web", "db", "office", "internet")
    assert ("web", "web") not in segment_matrix.cells
    assert ("office", "internet") not in segment_matrix.cells
    assert len(segment_matrix.cells) == 2 + 4 + 4
    assert segment_matrix.unplaced == 0
    assert kinds(segment_matrix)["internet", "web"] == "declared"
    assert kinds(segment_matrix)["internet", "db"] == "nothing"
    assert str(segment_matrix.cells["web", "db"].declared) == "tcp/3306"


def test_excess_dead_and_declared_stand_beside_each_other():
    found = matrix_of(baseline(TO_WEB, SSH)).cells["web", "db"]
    assert found.parts == (
        ("excess", TrafficSet.parse("mysql")),
        ("dead", TrafficSet.parse("ssh")),
    )
    assert found.kind == "excess"


def test_outgoing_traffic_is_judged_from_the_first_declaration_on():
    before = matrix_of(baseline(TO_WEB, TO_DB)).cells["web", "internet"]
    assert before.kind == "outgoing"
    after = matrix_of(baseline(TO_WEB, TO_DB, OUT)).cells["web", "internet"]
    assert str(after.declared) == "tcp/443"
    assert after.kind == "excess"
    assert not after.outgoing


def test_what_is_not_known_is_doubtful_unless_it_is_declared():
    records = [one for one in account() if type(one).__name__ != "VpcBlockPublicAccessOptions"]
    assert kinds(matrix_of(baseline(), *records))["internet", "web"] == "doubtful"
    found = matrix_of(baseline(TO_WEB), *records).cells["internet", "web"]
    assert found.kind == "undecided"
    assert not found.declared


def test_interfaces_outside_of_all_segments_are_counted():
    stray = network_interface("eni-stray", "10.0.1.99", subnet_id="subnet-else")
    assert matrix_of(baseline(), *account(), stray).unplaced == 1


def test_the_table_is_aligned_also_with_full_width_names():
    matrix = drawn(
        ("公開ウェブ", "db"),
        excess=TrafficSet.parse("ssh"),
        declared=TrafficSet.parse("mysql"),
    )
    lines = list(matrix_lines(matrix, "ja"))
    head, first, second = lines[2:5]
    at = width(head[: head.index("db")])
    assert width(first[: first.index("! tcp/22")]) == at
    assert width(second[: second.index("= tcp/3306")]) == at
    assert second.strip() == "= tcp/3306"
    assert "定義されていないが通る" in "\n".join(lines)


@pytest.mark.parametrize(
    ("traffic", "language", "pieces"),
    [
        ("all", "en", ["all"]),
        ("all", "ja", ["すべて"]),
        ("all but tcp/443", "en", ["all but tcp/443"]),
        ("all but tcp/443", "ja", ["tcp/443 以外のすべて"]),
        (
            "all but tcp/22, tcp/80, tcp/443, udp/53, icmp/8",
            "en",
            ["all but tcp/22, tcp/80, tcp/443", "+2 more"],
        ),
        ("tcp/22, udp/53", "en", ["tcp/22", "udp/53"]),
    ],
)
def test_all_and_nearly_all_is_said_so(traffic, language, pieces):
    assert shortened(TrafficSet.parse(traffic), language) == pieces


MESH = tuple(f"segment-{number}" for number in range(9))


def mesh():
    """Everything passes, by many services, between nine segments."""
    cells = {
        (source, target): Cell(excess=MANY, declared=TrafficSet.parse("tcp/22"))
        for source in MESH
        for target in MESH
        if source != target
    }
    return SegmentMatrix(account="123456789012", names=MESH, cells=cells, unplaced=0)


@pytest.mark.parametrize("columns", [40, 80, 120, 489])
def test_the_tables_fit_the_terminal(columns):
    lines = list(matrix_lines(mesh(), "en", columns))
    tables = "\n".join(lines).split("\n\n")[1:-1]
    assert all(width(line) <= columns for table in tables for line in table.splitlines())
    heads = [table.splitlines()[0].split()[3:] for table in tables]
    assert [name for head in heads for name in head] == list(MESH)
    assert all(table.count("\n! ") == 0 for table in tables)
    for table in tables:
        rows = [line.split()[0] for line in table.splitlines()[1:] if not line.startswith(" ")]
        assert rows == list(MESH)


def test_a_narrow_terminal_stacks_and_a_wide_one_does_not():
    wide = list(matrix_lines(drawn(excess=MANY), "en", 120))
    assert any("! tcp/22, tcp/80, tcp/443, +3 more" in line for line in wide)
    narrow = "\n".join(matrix_lines(drawn(excess=MANY), "en", 30))
    assert "! tcp/22\n" in narrow.replace("  .\n", "\n")
    assert "tcp/22, tcp/80" not in narrow


def test_the_width_at_which_the_table_fits_is_enough():
    matrix = drawn(excess=MANY)
    need = max(map(width, list(matrix_lines(matrix, "en", 500))[2:5]))
    assert list(matrix_lines(matrix, "en", need)) == list(matrix_lines(matrix, "en", 500))
    assert list(matrix_lines(matrix, "en", need - 1)) != list(matrix_lines(matrix, "en", 500))


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_legend_tells_the_signs_that_occur_and_no_others(language):
    def legend(matrix):
        lines = list(matrix_lines(matrix, language))
        return [line.split()[0] for line in lines[lines.index("", 2) + 1 :]]

    assert legend(drawn(excess=MANY)) == ["!", ".", "-"]
    assert legend(drawn(dead=MANY, outgoing=MANY, doubtful=MANY)) == ["?", "x", "~", ".", "-"]


def test_unplaced_interfaces_are_told_under_the_table():
    lines = list(matrix_lines(evolve(drawn(), unplaced=4), "en"))
    assert ": 4 " in lines[-1]
    assert not any("exactly one" in line for line in matrix_lines(drawn(), "en"))


def test_long_lists_are_shortened_and_ports_come_first():
    assert shortened(MANY, "en") == ["tcp/22", "tcp/80", "tcp/443", "+3 more"]
    assert shortened(MANY, "ja")[-1] == "ほか 3 件"
    assert shortened(MANY, "en", 6)[-1] == "esp"
    assert cell_lines(Cell(dead=MANY, excess=TrafficSet.parse("ssh")), "en") == [
        "! tcp/22",
        "x tcp/22, tcp/80, tcp/443, +3 more",
    ]
    assert cell_lines(None, "en") == ["-"]
    assert cell_lines(Cell(), "en") == ["."]


def words(root):
    return ["".join(one.itertext()) for one in root.iter(f"{SVG}text")]


def test_the_picture_has_signs_colours_and_titles():
    root = ET.fromstring(matrix_svg([drawn(excess=MANY)], "en"))  # noqa: S314 - our own
    titles = [one.text for one in root.iter(f"{SVG}title")]
    assert len(titles) == 4
    assert f"web -> db\npasses, not declared: {MANY}" in titles
    assert "web -> web\nnot evaluated" in titles
    assert "db -> web\nnothing passes" in titles
    told = words(root)
    assert {"!", "tcp/22", "+3 more", "-", "."} <= set(told)
    assert "esp" not in told
    assert len({one.get("fill") for one in root.iter(f"{SVG}rect")}) == 3


def test_everything_stands_inside_the_picture():
    names = ("公開ウェブサーバー", "db", "internet")
    changed_drawn = evolve(drawn(names, excess=MANY, dead=MANY), unplaced=2)
    root = ET.fromstring(matrix_svg([changed_drawn, changed_drawn], "ja"))  # noqa: S314 - our own
    wide, high = float(root.get("width")), float(root.get("height"))
    boxes = list(root.iter(f"{SVG}rect"))
    for box in boxes[1:]:
        assert float(box.get("x")) + float(box.get("width")) <= wide
        assert float(box.get("y")) + float(box.get("height")) <= high
    for line in root.iter(f"{SVG}text"):
        assert float(line.get("x")) + width(line.text) * 7 <= wide
        assert 0 < float(line.get("y")) < high
    corners = [(box.get("x"), box.get("y")) for box in boxes]
    assert len(set(corners)) == len(corners)


def test_names_are_escaped():
    changed_drawn = evolve(drawn(("<a>", "b&c")), account='1 "<x>"')
    root = ET.fromstring(matrix_svg([changed_drawn], "en"))  # noqa: S314 - our own
    assert {"<a>", "b&c"} <= set(words(root))


def test_every_kind_has_a_sign_of_its_own():
    assert len(set(SIGNS.values())) == len(SIGNS)
    assert all(sign.isascii() for sign in SIGNS.values())


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    web = web_group(tcp(443, "0.0.0.0/0"), tcp(22, "0.0.0.0/0"))
    write_snapshot(world("segmentation", *account(web)), tmp_path / "run.json")
    text = 'schema = 1\n[[segments]]\nname = "web"\ntags = { Tier = "web" }\n'
    (tmp_path / "cloudpack-baseline.toml").write_text(text, encoding="utf-8")
    return tmp_path


def test_the_command(folder, capsys):
    source = ["--source", "snapshot:run.json"]
    assert main(["matrix", *source, "--svg", "matrix.svg", "--lang", "ja"]) == 0
    out = capsys.readouterr().out
    assert "セグメント間の通信" in out
    assert re.search(r"^internet\s+! tcp/22, tcp/443", out, re.MULTILINE)
    root = ET.parse(folder / "matrix.svg").getroot()  # noqa: S314 - our own
    assert "tcp/443" in words(root)
    assert main(["matrix", *source, "--svg", "no/such/matrix.svg"]) == 2
    assert "no/such/matrix.svg" in capsys.readouterr().err
    (folder / "cloudpack-baseline.toml").write_text("schema = 1\n", encoding="utf-8")
    assert main(["matrix", *source]) == 2
    assert "[[segments]]" in capsys.readouterr().err
