"""The document of a template file, in YAML or JSON."""

from __future__ import annotations

from cloudpack_baseline.errors import MissingExtraError
from cloudpack_baseline.sources.cloudformation.json_nodes import json_nodes
from cloudpack_baseline.sources.cloudformation.nodes import DocumentError, Mark, Node

__all__ = ["parse"]

LARGEST = 10_000_000
"""Bytes of one file; CloudFormation itself accepts 1 MB."""


def parse(content: bytes) -> Node:
    """The document of a template file, YAML or JSON.

    Raises:
        DocumentError: too large, not UTF-8, no YAML or JSON, a key that stands twice,
            aliases that multiply without end.
        MissingExtraError: YAML, and PyYAML is not installed.
    """
    if len(content) > LARGEST:
        raise DocumentError(f"the file has {len(content):,} bytes; at most {LARGEST:,} are read")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DocumentError("the file is not UTF-8", _mark_at(content, error.start)) from None
    return json_nodes(text) if text.lstrip()[:1] in ("{", "[") else _yaml(text)


def _mark_at(content: bytes, offset: int) -> Mark:
    line = content.count(b"\n", 0, offset) + 1
    return Mark(line, offset - content.rfind(b"\n", 0, offset))


def _yaml(text: str) -> Node:
    try:
        from cloudpack_baseline.sources.cloudformation.yaml_nodes import (  # noqa: PLC0415 - an optional dependency that JSON does without
            yaml_nodes,
        )
    except ImportError:
        raise MissingExtraError("templates", "a YAML template") from None
    return yaml_nodes(text)
