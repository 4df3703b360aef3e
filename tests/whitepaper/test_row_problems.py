"""Mistakes in the files of a catalogue are named by file and key, all at once."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from cloudpack_baseline import InputError, whitepaper
from cloudpack_baseline.whitepaper import read_catalogue
from cloudpack_baseline.whitepaper.row_problems import row_problems

FILES = ("clauses", "promises", "controls", "cross_references")
BOTH = {"ja": "あ", "en": "a"}
CLAUSE = BOTH | {"kind": "judged"}
PROMISE = BOTH | {"kind": "judged", "party": "customer"}
ATTESTED = PROMISE | {"kind": "attested", "valid_days": 31}
CONTROL = {"clauses": {"acme.1": "direct"}}
TITLED = CONTROL | {"title": BOTH, "remedy": BOTH, "theme": "house"}


def messages(name, rows):
    return [(problem.path, problem.message) for problem in row_problems(name, rows)]


def without(row, *names):
    return {name: value for name, value in row.items() if name not in names}


@pytest.mark.parametrize("name", FILES)
def test_the_files_of_the_white_paper(name):
    file = Path(whitepaper.__file__).with_name(f"{name}.toml")
    assert messages(name, tomllib.loads(file.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("clauses", {"acme.1": CLAUSE | {"reason": BOTH, "table_ja": "あ"}}),
        ("promises", {"acme.1": {"x": PROMISE, "y": ATTESTED}}),
        ("promises", {"acme.1": {"x": without(PROMISE, "party") | {"parties": ["aws"]}}}),
        ("controls", {"root-mfa": CONTROL, "ours": TITLED | {"parties": [], "since": "0.1"}}),
        ("cross_references", {"controls": {"ours": {"pci_dss": ["1.1"], "note": BOTH}}}),
    ],
)
def test_what_is_as_it_should_be(name, rows):
    assert messages(name, rows) == []


A_TABLE = 'expected a table for each promise, such as ["4.1.4".education]'
RELATIONS = "direct, by-analogy, best-practice"


@pytest.mark.parametrize(
    ("name", "rows", "expected"),
    [
        ("clauses", {"acme.1": "x"}, ('"acme.1"', "expected a table")),
        ("clauses", {"acme": without(CLAUSE, "en")}, ("acme", "en is missing")),
        (
            "clauses",
            {"acme.1": CLAUSE | {"kind": "jugded"}},
            ('"acme.1".kind', "expected one of judged, attested, mixed, informative"),
        ),
        ("clauses", {"acme.1": CLAUSE | {"en": " "}}, ('"acme.1".en', "expected a string")),
        (
            "clauses",
            {"acme.1": CLAUSE | {"reason": {"en": "a"}}},
            ('"acme.1".reason', "expected a table with ja and en"),
        ),
        (
            "clauses",
            {"acme.1": CLAUSE | {"reson": BOTH}},
            ('"acme.1".reson', "there is no key 'reson'; did you mean reason or en?"),
        ),
        ("promises", {"acme.1.x": PROMISE}, ('"acme.1.x"', A_TABLE)),
        ("promises", {"acme.1": "x"}, ('"acme.1"', A_TABLE)),
        (
            "promises",
            {"acme.1": {"x": without(PROMISE, "party")}},
            ('"acme.1".x', "expected either party or parties"),
        ),
        (
            "promises",
            {"acme.1": {"x": PROMISE | {"parties": ["aws"]}}},
            ('"acme.1".x', "expected either party or parties"),
        ),
        (
            "promises",
            {"acme.1": {"x": PROMISE | {"party": "us"}}},
            ('"acme.1".x.party', "expected one of aws, cloudpack, customer"),
        ),
        (
            "promises",
            {"acme.1": {"x": without(PROMISE, "party") | {"parties": ["us"]}}},
            ('"acme.1".x.parties', "expected a list of aws, cloudpack, customer"),
        ),
        (
            "promises",
            {"acme.1": {"x": without(ATTESTED, "valid_days")}},
            ('"acme.1".x', "expected valid_days if kind is attested, and only then"),
        ),
        (
            "promises",
            {"acme.1": {"x": PROMISE | {"valid_days": 1}}},
            ('"acme.1".x', "expected valid_days if kind is attested, and only then"),
        ),
        (
            "promises",
            {"acme.1": {"x": ATTESTED | {"valid_days": 0}}},
            ('"acme.1".x.valid_days', "expected a number of days"),
        ),
        (
            "promises",
            {"acme.1": {"x": ATTESTED | {"valid_days": True}}},
            ('"acme.1".x.valid_days', "expected a number of days"),
        ),
        (
            "promises",
            {"acme.1": {"x": PROMISE | {"best_practice": "yes"}}},
            ('"acme.1".x.best_practice', "expected true or false"),
        ),
        ("controls", {"ours": {}}, ("ours", "clauses is missing")),
        ("controls", {"ours": []}, ("ours", "expected a table")),
        (
            "controls",
            {"ours": {"clauses": {"acme.1": "dirct"}}},
            (
                "ours.clauses",
                f"expected a table of clauses or promises, each with one of {RELATIONS}",
            ),
        ),
        ("controls", {"ours": without(TITLED, "remedy")}, ("ours", "remedy is missing")),
        ("cross_references", {"clauses": []}, ("clauses", "expected a table")),
        (
            "cross_references",
            {"clauses": {"acme.1": {"pci_dss": "1.1"}}},
            ('clauses."acme.1".pci_dss', "expected a list of strings"),
        ),
    ],
)
def test_a_mistake(name, rows, expected):
    assert messages(name, rows) == [expected]


def test_a_file_of_a_folder(tmp_path):
    (tmp_path / "clauses.toml").write_text('["acme.1"]\nja = "あ"\n', encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_catalogue(tmp_path)
    assert [(Path(problem.file).name, problem.message) for problem in caught.value.problems] == [
        ("clauses.toml", "en is missing"),
        ("clauses.toml", "kind is missing"),
    ]


@pytest.mark.parametrize("data", [b"[", b'x = "\xff"'])
def test_a_file_that_is_not_toml(tmp_path, data):
    (tmp_path / "clauses.toml").write_bytes(data)
    with pytest.raises(InputError, match=r"clauses\.toml: not valid TOML: "):
        read_catalogue(tmp_path)


def test_a_promise_of_a_clause_that_does_not_exist(tmp_path):
    (tmp_path / "clauses.toml").write_text(
        '["acme.1"]\nja = "あ"\nen = "a"\nkind = "judged"\n', encoding="utf-8"
    )
    (tmp_path / "promises.toml").write_text(
        '["acme.2".x]\nja = "あ"\nen = "a"\nkind = "judged"\nparty = "aws"\n', encoding="utf-8"
    )
    with pytest.raises(InputError, match=r"promise acme\.2\.x: there is no clause 'acme\.2'"):
        read_catalogue(tmp_path)
