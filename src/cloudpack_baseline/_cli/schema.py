"""``cloudpack-baseline schema``: the JSON Schema of the baseline file, for editors."""

from __future__ import annotations

import argparse
from pathlib import Path

from cloudpack_baseline._cli._catalogue import catalogue_of
from cloudpack_baseline.baseline.schema import schema_text
from cloudpack_baseline.errors import InputError, Problem

__all__ = ["run"]


def run(arguments: argparse.Namespace) -> None:
    """Print the schema, or write it to the file of ``-o``.

    Raises:
        InputError: the file cannot be written, or a catalogue cannot be read.
    """
    text = schema_text(catalogue_of(arguments))
    if arguments.output is None:
        print(text, end="")
        return
    try:
        Path(arguments.output).write_text(text, encoding="utf-8")
    except OSError as error:
        message = f"cannot be written: {error.strerror}"
        raise InputError(Problem(message, file=arguments.output)) from None
    print(f"wrote {arguments.output}")
