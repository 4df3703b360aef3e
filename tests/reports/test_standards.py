"""The tables over PCI DSS and ISO/IEC 27001."""

import pytest

from cloudpack_baseline.reports.standards import standards
from cloudpack_baseline.whitepaper import Catalogue, builtin

FINDINGS = [
    {"control": "s3-exposure", "outcome": "fail", "waived": False},
    {"control": "s3-exposure", "outcome": "fail", "waived": True},
    {"control": "root-mfa", "outcome": "pass", "waived": False},
    {"control": "4.1.4.education", "outcome": "unknown", "waived": False},
]
TABLES = standards(builtin(), FINDINGS)


def row(table, number):
    """The row with the number."""
    return next(entry for entry in TABLES[table] if entry["number"] == number)


def test_the_twelve_requirements_come_first_then_the_appendix():
    numbers = [entry["number"] for entry in TABLES["pci_dss"]]
    assert numbers == [*map(str, range(1, 13)), "A1"]


def test_annex_a_is_in_the_order_of_its_numbers():
    numbers = [tuple(map(int, entry["number"].split("."))) for entry in TABLES["iso_27001"]]
    assert numbers == sorted(numbers)
    assert (5, 1) in numbers
    assert (8, 32) in numbers


def test_every_cross_reference_is_in_its_table():
    for table, name in (("pci_dss", "pci_dss"), ("iso_27001", "iso_27001")):
        listed = {
            (entry["number"], id_)
            for line in TABLES[table]
            for entry in line["numbers"]
            for id_ in (*entry["controls"], *entry["clauses"])
        }
        assert listed == {
            (number, id_)
            for id_, references in builtin().references.items()
            for number in getattr(references, name)
        }


def test_a_requirement_counts_the_findings_of_what_supports_it():
    assert row("pci_dss", "7")["counts"]["fail"] == 1
    assert row("pci_dss", "7")["counts"]["waived"] == 1
    assert row("iso_27001", "8.5")["counts"]["pass"] == 1


def test_the_promises_of_a_clause_count_where_the_clause_is_named():
    assert row("iso_27001", "6.3")["counts"]["unknown"] == 1


def test_a_requirement_that_nothing_supports_is_in_the_table_all_the_same():
    tables = standards(Catalogue(), [])
    assert [line["numbers"] for line in tables["pci_dss"]] == [[]] * 12
    assert tables["iso_27001"] == []


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_caution_and_topics_are_in_both_languages(language):
    assert TABLES["caution"][language]
    assert row("pci_dss", "1")["topic"][language]
    assert row("pci_dss", "A1")["topic"][language] == ""


def test_what_limits_a_match_is_noted_once():
    (note,) = row("pci_dss", "3")["notes"]
    assert "3.5.1.2" in note["en"]
    assert row("pci_dss", "A1")["notes"]
    assert row("pci_dss", "1")["notes"] == []
