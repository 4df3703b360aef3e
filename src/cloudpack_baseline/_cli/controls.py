"""``cloudpack-baseline controls``: the controls of the catalogue, for people and programs."""

from __future__ import annotations

import argparse
import json

from cloudpack_baseline._cli._catalogue import catalogue_of
from cloudpack_baseline._cli.colours import first_line, show
from cloudpack_baseline.reports.catalogue import control_entry, control_lines

__all__ = ["run"]


def run(arguments: argparse.Namespace) -> None:
    """Print the selected controls.

    Raises:
        InputError: a control or a clause that does not exist.
    """
    catalogue = catalogue_of(arguments)
    selected = catalogue.select(arguments.control, arguments.clause)
    if arguments.format == "json":
        entries = [control_entry(catalogue, control, arguments.lang) for control in selected]
        print(json.dumps(entries, ensure_ascii=False, indent=2))
    else:
        show(control_lines(selected, arguments.lang), arguments, first_line())
