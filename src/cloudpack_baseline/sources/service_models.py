"""The service models of botocore, with only the operations that are ever called.

botocore keeps the model of each service that has a client. Those of the services that a run of
all controls calls take 180 MB, and a tenth of that describes what is called.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from botocore.loaders import JSONFileLoader

from cloudpack_baseline.sources.operations import OPERATIONS

__all__ = ["CalledOperations"]

Json: TypeAlias = Any

_COMPLETE = ("sts",)
"""Credentials come from its other operations."""
_FURTHER = {"s3": ("GetBucketLocation", "HeadBucket")}
"""Asked of moto, and by botocore itself to follow redirects."""


class CalledOperations(JSONFileLoader):
    """Reads the files of botocore's data, and leaves out of models what is never called.

    Models stay complete if this package calls nothing of their service: credentials may need it.
    """

    def __init__(self) -> None:
        """No model has been read yet."""
        self._shapes: dict[Path, frozenset[str]] = {}

    def load_file(self, file_path: str) -> Json:
        """The content of the file; ``None`` if there is none."""
        for suffix, opened in ((".json", open), (".json.gz", gzip.open)):
            path = Path(f"{file_path}{suffix}")
            if path.is_file():
                with opened(path, "rb") as file:
                    # Plain dictionaries keep their order, too, and are smaller than OrderedDict.
                    content = json.loads(file.read())
                return self._reduced(path, content)
        return None

    def _reduced(self, path: Path, content: Json) -> Json:
        called = _called().get(path.parent.parent.name)
        if called and path.name.startswith("service-2.json"):
            model = _with_operations(content, called)
            self._shapes[path.parent] = frozenset(model["shapes"])
            return model
        if path.name.startswith("service-2.sdk-extras"):
            return _with_shapes(content, self._shapes.get(path.parent))
        return content


@cache
def _called() -> Mapping[str, frozenset[str]]:
    """The names of the operations of each service that are called."""
    names = {client: set(further) for client, further in _FURTHER.items()}
    for operation in OPERATIONS.values():
        names.setdefault(operation.client, set()).add(operation.name)
    return {
        client: frozenset(called) for client, called in names.items() if client not in _COMPLETE
    }


def _with_operations(model: Json, names: frozenset[str]) -> Json:
    """The model with these operations, and the shapes that they use."""
    operations = {name: model["operations"][name] for name in names & model["operations"].keys()}
    shapes = model["shapes"]
    used: set[str] = set()
    pending = set(_referenced((operations, model.get("clientContextParams"))))
    while pending:
        used |= pending
        pending = set(_referenced(shapes[name] for name in pending)) & shapes.keys() - used
    return {**model, "operations": operations, "shapes": {name: shapes[name] for name in used}}


def _with_shapes(extras: Json, names: frozenset[str] | None) -> Json:
    """What botocore adds to shapes of a model, without the shapes that were left out."""
    merge = extras.get("merge", {})
    if names is None or "shapes" not in merge:
        return extras
    shapes = {name: shape for name, shape in merge["shapes"].items() if name in names}
    return {**extras, "merge": {**merge, "shapes": shapes}}


def _referenced(nodes: Iterable[Json]) -> Iterator[str]:
    """The names of the shapes that the parts of a model name directly."""
    for node in nodes:
        if isinstance(node, dict):
            if isinstance(node.get("shape"), str):
                yield node["shape"]
            yield from _referenced(node.values())
        elif isinstance(node, list):
            yield from _referenced(node)
