"""Policies that AWS manages: no template contains their documents."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

__all__ = ["managed_policy", "path_of_managed_policy"]

_MARK = ":iam::aws:policy/"


def managed_policy(arn: str) -> str | None:
    """The document of a policy that AWS manages; ``None``: it is not in the table, or is none.

    Args:
        arn: of any partition.
    """
    partition, mark, path = arn.partition(_MARK)
    if not mark:
        return None
    document = _documents().get(path)
    if document is None or partition == "arn:aws":
        return document
    return document.replace("arn:aws:", f"{partition}:")


def path_of_managed_policy(name: str) -> str:
    """The path in the ARN of a policy of AWS that is named by its name alone; else the name."""
    return next((path for path in _documents() if path.rpartition("/")[2] == name), name)


@cache
def _documents() -> Mapping[str, str]:
    """By path. Each stands in a line of its own, so that nothing has to be decoded."""
    table = files(__package__).joinpath("managed_policies.json").read_text(encoding="utf-8")
    lines = (line.rstrip(",").partition(":") for line in table.splitlines()[1:-1])
    return {path.strip('"'): document for path, _, document in lines}
