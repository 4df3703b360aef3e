"""``cloudpack-baseline clauses``: what the white paper promises, and what judges it."""

from __future__ import annotations

import argparse
import json

from cloudpack_baseline._cli._catalogue import catalogue_of
from cloudpack_baseline._cli.colours import headings, show
from cloudpack_baseline.reports.catalogue import clause_entry, clause_lines

__all__ = ["run"]


def run(arguments: argparse.Namespace) -> None:
    """Print the selected clauses.

    Raises:
        InputError: a clause that does not exist.
    """
    catalogue, language = catalogue_of(arguments), arguments.lang
    selected = catalogue.clauses_within(arguments.clause)
    if arguments.format == "json":
        report = {
            "caution": catalogue.caution[language],
            "clauses": [clause_entry(catalogue, clause, language) for clause in selected],
        }
        print(json.dumps(report, ensure_ascii=False, indent=2))
        return
    for clause in selected:
        show(clause_lines(catalogue, clause, language), arguments, headings)
        print()
    print(catalogue.caution[language])
