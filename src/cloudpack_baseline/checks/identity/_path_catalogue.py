"""The known paths to administrator rights: which actions take a role, and what runs with it.

Two files contain them: ``role_passing.txt``, generated from the service models, and ``paths.toml``,
written by hand with a source for each row. Both are read when they are first needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from typing import Any

from attrs import field

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.pattern import literal_prefix, matches
from cloudpack_baseline.tables import read_table

__all__ = ["NOBODY", "PathCatalogue", "RunningPath", "path_catalogue", "sources"]

NOBODY = "z9q-nobodys-name"
"""What no policy names: whatever is allowed on it is allowed on resources at large."""

_SERVICES_END = ".amazonaws.com"


@frozen(kw_only=True)
class RunningPath:
    """Actions that together run something of the caller's with a role that is in use already.

    Attributes:
        actions: all of them are needed.
        documents: names of the AWS documents by which the last one runs what the caller says;
            empty: it takes no document.
        context: values of the condition keys of the first one.
        resource: a template of the ARN that the last one is about; empty: as for other paths.
        runs_on: the kind of record that has the role; ``None``: such resources are not read.
        only_read: whether it is no path where these resources were not read.
    """

    actions: tuple[str, ...]
    context: Mapping[str, str] = field(factory=dict)
    resource: str = ""
    documents: tuple[str, ...] = ()
    runs_on: str | None = None
    only_read: bool = False


@frozen(kw_only=True)
class PathCatalogue:
    """The paths that are considered.

    Attributes:
        identity: actions that change identities; each is a path if its resource is not limited.
        running: paths by what runs with a role already.
        passing: by IAM prefix, the actions that are needed with iam:PassRole; each row is a path.
        services: by the first labels of a service principal, the IAM prefixes and actions that
            pass a role to it, if they are not the first label.
        resources: templates of the ARNs of the resources of an action, and whether all are
            required.
        steps: further actions of paths by identities that someone names.
    """

    identity: tuple[str, ...]
    running: tuple[RunningPath, ...]
    passing: Mapping[str, tuple[tuple[str, ...], ...]]
    services: Mapping[str, tuple[str, ...]]
    resources: Mapping[str, tuple[tuple[str, ...], bool]]
    steps: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """The number of paths."""
        return len(self.identity) + len(self.running) + sum(map(len, self.passing.values()))

    def is_passed_to(self, action: str, principal: str) -> bool:
        """Whether the action passes a role to the service principal."""
        label = principal.removesuffix(".cn").removesuffix(_SERVICES_END)
        first = label.partition(".")[0]
        entries = self.services.get(label, self.services.get(first, (first,)))
        return action in entries or action.partition(":")[0] in entries

    def principals(self, action: str, partition: str) -> tuple[str, ...]:
        """The service principals that the action passes a role to."""
        labels = (action.partition(":")[0], *self._labels_by_entry.get(action, ()))
        labels += self._labels_by_entry.get(action.partition(":")[0], ())
        names = (f"{label}{_SERVICES_END}" for label in dict.fromkeys(labels))
        return tuple(
            spelling
            for name in names
            if self.is_passed_to(action, name)
            for spelling in self.spellings(name, partition)
        )

    @cached_property
    def _labels_by_entry(self) -> Mapping[str, tuple[str, ...]]:
        """The labels of `services` by each entry of theirs."""
        labels: dict[str, tuple[str, ...]] = {}
        for label, entries in self.services.items():
            for entry in entries:
                labels[entry] = (*labels.get(entry, ()), label)
        return labels

    @staticmethod
    def spellings(principal: str, partition: str) -> tuple[str, ...]:
        """The names of a service principal that occur in the partition as iam:PassedToService."""
        name = principal.removesuffix(".cn")
        return (name, f"{name}.cn") if partition == "aws-cn" else (name,)

    def asked_by(self, pattern: str) -> frozenset[str]:
        """The actions of all paths that a pattern of a policy means."""
        return _matching(pattern.lower())


def _data(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


@cache
def path_catalogue() -> PathCatalogue:
    """Read both files; the same object each time."""
    rows = read_table(__package__, "paths")
    table = dict(_table())
    taking = [name for name, (is_taking, *_) in table.items() if is_taking]
    taking += [name for row in rows["taking"] for name in row["actions"]]
    passing: dict[str, list[tuple[str, ...]]] = {}
    not_steered: dict[str, list[str]] = {}
    for pattern in (pattern for row in rows["not_steered"] for pattern in row["actions"]):
        not_steered.setdefault(pattern.partition(":")[0], []).append(pattern)
    needs = {name: row["needs"] for row in rows["companion"] for name in row["actions"]}
    for action in dict.fromkeys(taking):
        prefix = action.partition(":")[0]
        patterns = (*not_steered.get(prefix, ()), *not_steered["*"])
        if not any(matches(pattern, action) for pattern in patterns):
            paths = [(action, *companions) for companions in needs.get(action, [[]])]
            passing.setdefault(prefix, []).extend(paths)
    resources = {name: (templates, joint) for name, (_, templates, joint) in table.items()}
    resources |= {name: (tuple(texts), True) for name, texts in rows["resources"].items()}
    return PathCatalogue(
        identity=tuple(name for row in rows["identity"] for name in row["actions"]),
        running=tuple(map(_running_path, rows["running"])),
        passing={prefix: tuple(paths) for prefix, paths in passing.items()},
        services={label: tuple(entries) for label, entries in rows["services"].items()},
        resources=resources,
        steps=tuple(rows["steps"]["actions"]),
    )


def _running_path(row: Mapping[str, Any]) -> RunningPath:
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in row.items()
        if name != "source"
    }
    return RunningPath(**values)


def sources() -> Mapping[str, list[dict[str, Any]]]:
    """The rows that are kept by hand, with their sources, for the documentation."""
    return read_table(__package__, "paths")


def _table() -> Iterator[tuple[str, tuple[bool, tuple[str, ...], bool]]]:
    for line in _data("role_passing.txt").splitlines()[1:]:
        name, _, resources = line[1:].partition(" ")
        joint = "|" not in resources
        yield name, (line[0] == "+", tuple(resources.split("&" if joint else "|")), joint)


@cache
def _by_prefix() -> Mapping[str, Mapping[str, str]]:
    """All actions of paths by their prefix: as they are asked, by their lower case."""
    known = path_catalogue()
    actions = {*known.identity, *known.steps}
    actions |= {name for path in known.running for name in path.actions}
    actions |= {name for paths in known.passing.values() for path in paths for name in path}
    grouped: dict[str, dict[str, str]] = {}
    for action in sorted(actions):
        grouped.setdefault(action.partition(":")[0], {})[action.lower()] = action
    return grouped


@lru_cache(maxsize=1 << 14)
def _matching(pattern: str) -> frozenset[str]:
    grouped = _by_prefix()
    prefix = pattern.partition(":")[0]
    is_exact = literal_prefix(prefix) == prefix
    groups = [grouped.get(prefix, {})] if is_exact else list(grouped.values())
    return frozenset(
        action for group in groups for lower, action in group.items() if matches(pattern, lower)
    )
