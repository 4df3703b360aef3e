"""The output of ``cdk synth``: the stacks of a cloud assembly.

Source: AWS CDK, the schema of the cloud assembly manifest.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cloudpack_baseline.errors import InputError, Problem
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.sources.files import FileFault, read_file, shown_path

__all__ = ["AssemblyStack", "is_assembly", "stacks_in"]

_MANIFEST = "manifest.json"
_STACK = "aws:cloudformation:stack"
_ASSEMBLY = "cdk:cloud-assembly"
_LOGICAL_ID = "aws:cdk:logicalId"
_ENVIRONMENT = re.compile(r"aws://([^/]+)/([^/]+)")


@frozen(kw_only=True)
class AssemblyStack:
    """A stack of an assembly.

    Attributes:
        name: of the stack.
        file: its template.
        account: the account ID; empty: the stack names none.
        region: the Region; empty: the stack names none.
        parameters: values of parameters.
        constructs: the construct path of each logical ID.
    """

    name: str
    file: Path
    account: str
    region: str
    parameters: Mapping[str, str]
    constructs: Mapping[str, str]


def is_assembly(place: Path) -> bool:
    """Whether the path is a cloud assembly, or its manifest."""
    manifest = _manifest(place)
    if manifest is None:
        return False
    try:
        return b"artifacts" in read_file(manifest)
    except FileFault:
        return False


def _manifest(place: Path) -> Path | None:
    manifest = place / _MANIFEST if place.is_dir() else place
    return manifest if manifest.name == _MANIFEST and manifest.is_file() else None


def stacks_in(place: Path) -> Iterator[AssemblyStack]:
    """The stacks of an assembly, those of its stages included, in the order of the manifest.

    Raises:
        InputError: the manifest is none.
    """
    manifest = _manifest(place)
    if manifest is None:
        raise InputError(Problem("has no manifest", file=shown_path(place)))
    artifacts = _object(manifest).get("artifacts")
    for name, artifact in (artifacts if isinstance(artifacts, dict) else {}).items():
        properties = artifact.get("properties") if isinstance(artifact, dict) else None
        if not isinstance(properties, dict):
            continue
        if artifact.get("type") == _ASSEMBLY:
            yield from stacks_in(manifest.parent / str(properties.get("directoryName", "")))
        elif artifact.get("type") == _STACK:
            yield _stack(manifest.parent, name, artifact, properties)


def _stack(
    folder: Path, name: str, artifact: Mapping[str, Any], properties: Mapping[str, Any]
) -> AssemblyStack:
    environment = _ENVIRONMENT.fullmatch(str(artifact.get("environment", "")))
    account, region = environment.groups() if environment else ("", "")
    parameters = properties.get("parameters")
    return AssemblyStack(
        name=str(properties.get("stackName") or name),
        file=folder / str(properties.get("templateFile", "")),
        account=account if account.isdigit() else "",
        region="" if region == "unknown-region" else region,
        parameters={
            str(key): str(value)
            for key, value in (parameters if isinstance(parameters, dict) else {}).items()
        },
        constructs=dict(_constructs(folder, artifact)),
    )


def _constructs(folder: Path, artifact: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The construct path of each logical ID, from the manifest or the file that it names."""
    further = artifact.get("additionalMetadataFile")
    sources = [artifact.get("metadata")]
    if isinstance(further, str):
        sources.append(_object(folder / further))
    for metadata in sources:
        for path, entries in (metadata if isinstance(metadata, dict) else {}).items():
            for entry in entries if isinstance(entries, list) else ():
                if isinstance(entry, dict) and entry.get("type") == _LOGICAL_ID:
                    yield str(entry.get("data")), path.removeprefix("/")


def _object(file: Path) -> dict[str, Any]:
    try:
        value = json.loads(read_file(file))
    except FileFault as error:
        raise InputError(Problem(str(error), file=shown_path(file))) from None
    except (ValueError, RecursionError):
        raise InputError(Problem("is not JSON", file=shown_path(file))) from None
    if not isinstance(value, dict):
        raise InputError(Problem("is not an object", file=shown_path(file)))
    return value
