"""From templates to stacks: what logical ids, nested stacks and exports stand for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from pathlib import Path
from typing import Any

from attrs import evolve

from cloudpack_baseline.errors import InputError, Problem
from cloudpack_baseline.model.reading import DocumentText
from cloudpack_baseline.sources.cloudformation.circles import reject_circles
from cloudpack_baseline.sources.cloudformation.conditions import Scenario, Scenarios
from cloudpack_baseline.sources.cloudformation.identifiers import Identifiers
from cloudpack_baseline.sources.cloudformation.intrinsics import Resolver
from cloudpack_baseline.sources.cloudformation.loops import without_loops
from cloudpack_baseline.sources.cloudformation.nodes import (
    DocumentError,
    Node,
    NodeMapping,
    type_of,
)
from cloudpack_baseline.sources.cloudformation.parameters import (
    parameter_value,
    pseudo_parameters,
)
from cloudpack_baseline.sources.cloudformation.stack_scenarios import stack_scenarios
from cloudpack_baseline.sources.cloudformation.stack_trees import (
    Identity,
    Root,
    StackPlace,
    StackTree,
)
from cloudpack_baseline.sources.cloudformation.template import (
    NESTED_STACK,
    Stack,
    Template,
    TemplateResource,
    as_input_error,
    nested_file,
)
from cloudpack_baseline.sources.cloudformation.types import resource_types
from cloudpack_baseline.sources.cloudformation.values import (
    NO_VALUE,
    Resolved,
    as_text,
    concatenated,
    undetermined,
)
from cloudpack_baseline.sources.located import is_same

__all__ = ["StackRun"]

_DEEPEST = 10


class StackRun:
    """The stacks of a deployment as they are built, so that names between them resolve.

    Attributes:
        stacks: with the place of each.
        trees: what was built of each root, by its identity.
        is_consistent: whether no two stacks need different values of the same parameter.
        is_bounded: whether a template has more scenarios than are judged.
        missing: names that were imported so far, and that no stack exports.

    Args:
        templates: all templates of the run.
        choose: the place of the scenario of a stack, of that many.
        known: the scenarios of the templates; completed here.
        is_shared: whether several templates are deployed.
        first: the stacks in the first scenario, which serve this one where they are the same.
    """

    def __init__(
        self,
        templates: Iterable[Template],
        choose: Callable[[Identity, int], int],
        known: dict[tuple[object, ...], Scenarios],
        *,
        is_shared: bool,
        first: StackRun | None = None,
    ) -> None:
        self._templates: dict[str, list[Template]] = {}
        for template in templates:
            self._templates.setdefault(Path(template.file).name, []).append(template)
        self.is_shared = is_shared
        self.is_consistent = True
        self.is_bounded = False
        self.missing: set[str] = set()
        self.stacks: list[tuple[Stack, StackPlace]] = []
        self.trees: dict[Identity, StackTree] = {}
        self._choose = choose
        self._first = first
        self._root: Identity = ()
        self._values: dict[tuple[str, ...], str] = {}
        self._excluded: dict[tuple[str, ...], frozenset[str]] = {}
        self._known = known  # the scenarios of a template do not depend on the variant
        self._exports: dict[str, tuple[Stack, Any]] | None = None
        self._exporting: set[str] = set()
        self._exported: dict[str, Any] = {}
        self._owners: dict[tuple[str, ...], str] = {}

    def claim(self, kind: str, name: str, place: StackPlace, owner: str) -> bool:
        """Whether the name is free for the resource, or its own already.

        Only one of several resources with a name can be deployed. All are judged, the others by
        their logical ids.
        """
        key = (kind, name, place.account, place.region)
        is_free = self._owners.setdefault(key, owner) == owner
        self._tree.claims.append(((kind, name, place, owner), is_free))
        return is_free

    def named(self, name: str) -> Sequence[Template]:
        """The templates whose files have the name, in any folder."""
        return self._templates.get(name, ())

    @property
    def chosen(self) -> dict[Identity, tuple[int, int]]:
        """The place of the scenario of each stack, of that many."""
        return {
            (*root, *path): choice
            for root, tree in self.trees.items()
            for path, choice in tree.chosen.items()
        }

    @property
    def _tree(self) -> StackTree:
        return self.trees[self._root]

    def add(self, root: Root) -> None:
        """Build the stack of a template, and those nested in it.

        Raises:
            InputError: conditions, resources or nested stacks form a circle.
        """
        self._root = root.identity
        self.trees[self._root] = StackTree()
        if not self._take_over():
            self.nest(root, ())
            self._tree.is_complete = True

    def _take_over(self) -> bool:
        """Take the tree from the first scenario, if it is the same in this one."""
        tree = None if self._first is None else self._first.trees.get(self._root)
        if tree is None or not tree.is_complete or not tree.is_alone:
            return False
        for path, (choice, number) in tree.chosen.items():
            if self._choose((*self._root, *path), number) % number != choice:
                return False
        if not all(self.claim(*claim) is is_free for claim, is_free in tree.claims):
            self._tree.claims.clear()
            return False
        for scenario, values, place in tree.requirements:
            self._require(scenario, values, place)
        self.trees[self._root] = tree
        self.stacks += tree.stacks
        self._exports = None
        self._exported.clear()
        return True

    def nest(self, root: Root, path: tuple[str, ...]) -> Stack:
        """Build a stack of the tree, and those nested in it.

        Raises:
            InputError: conditions, resources or nested stacks form a circle.
        """
        try:
            stack, names = self._stack(root, path)
            self.stacks.append((stack, root.place))
            self._tree.stacks.append((stack, root.place))
            reject_circles(stack)
        except DocumentError as error:
            raise as_input_error(error, root.template.file) from None
        for logical_id, resource in stack.resources.items():
            if resource.type == NESTED_STACK:
                names.nest(logical_id)
        self._exports = None  # there are more of them now
        self._exported.clear()
        return stack

    def _stack(self, root: Root, path: tuple[str, ...]) -> tuple[Stack, _StackNames]:
        template, place = root.template, root.place
        values = {
            name: parameter_value(parameter, root.parameters.get(name))
            for name, parameter in template.parameters.items()
        }
        pseudo = pseudo_parameters(place.account, place.region, place.stack)
        names = _StackNames(self, root, path)
        resolver = Resolver(
            parameters={**values, **pseudo},
            names=names,
            mappings=template.entries("Mappings"),
        )
        if template.has_loops:
            template = evolve(template, root=without_loops(template.root, resolver))
        names.prepare(template, resolver)
        key = (template.file, path, repr(values))
        scenarios = self._known.get(key) or stack_scenarios(template, resolver, values, pseudo)
        self._known[key] = scenarios
        self.is_bounded |= scenarios.is_bounded
        scenario = scenarios.scenarios[self._choice(path, len(scenarios.scenarios))]
        self._require(scenario, values, place)
        texts = {
            name: DocumentText(value)
            for name, value in scenario.parameters.items()
            if name != "AWS::AccountId"
        }
        resolver = evolve(
            resolver,
            parameters={**resolver.parameters, **texts},
            conditions=scenario.conditions,
        )
        names.prepare(template, resolver)
        names.claim_names()
        stack = Stack(
            template=template,
            scenario=scenario,
            resolver=resolver,
            names=names,
            shared=self._shared(path, template, resolver, names),
        )
        self._tree.built[path] = stack
        return stack, names

    def _shared(
        self, path: tuple[str, ...], template: Template, resolver: Resolver, names: _StackNames
    ) -> Mapping[str, TemplateResource]:
        """The resources of the stack in the first scenario that are the same in this one."""
        tree = None if self._first is None else self._first.trees.get(self._root)
        if tree is None or path not in tree.built or template.may_have_circles:
            return {}
        first = tree.built[path]
        if first.template.root is not template.root:
            return {}  # loops over other values
        differing = {*_differing(first.resolver, resolver), *(names.unnamed ^ first.names.unnamed)}
        affected = template.affected_by(differing)
        return {
            logical_id: resource
            for logical_id, resource in first.resources.items()
            if logical_id not in affected
        }

    @property
    def exports(self) -> frozenset[str]:
        """The names that the stacks export."""
        return frozenset(self._all_exports())

    def _all_exports(self) -> dict[str, tuple[Stack, Any]]:
        if self._exports is None:
            self._exports = {}
            for stack, _ in self.stacks:
                for key, node in stack.exports():
                    self._exports.setdefault(key, (stack, node))
        return self._exports

    def _choice(self, path: tuple[str, ...], number: int) -> int:
        choice = self._choose((*self._root, *path), number) % number
        self._tree.chosen[path] = (choice, number)
        return choice

    def _require(self, scenario: Scenario, values: Mapping[str, Any], place: StackPlace) -> None:
        """Note the values that a scenario needs; a parent passes the same text to its children."""

        def key(name: str) -> tuple[str, ...]:
            pseudo = (name, place.account, place.region)
            return pseudo if name.startswith("AWS::") else (*self._root, str(values[name]))

        self._tree.requirements.append((scenario, values, place))
        for name, value in scenario.parameters.items():
            needed = self._values.setdefault(key(name), value)
            self.is_consistent &= needed == value and value not in self._excluded.get(key(name), ())
        for name, excluded in scenario.excluded.items():
            self._excluded[key(name)] = self._excluded.get(key(name), frozenset()) | excluded
            self.is_consistent &= self._values.get(key(name)) not in excluded

    @property
    def scenario(self) -> dict[str, str]:
        """The conditions that differ between scenarios, with their truth.

        The same name may be another condition in another stack: then the stack is named too.
        """
        by_name: dict[str, dict[str, str]] = {}
        for stack, place in self.stacks:
            for name, truth in stack.scenario.name:
                by_name.setdefault(name, {})[place.stack] = truth
        scenario: dict[str, str] = {}
        for name, truths in by_name.items():
            if len(set(truths.values())) == 1:
                scenario[name] = next(iter(truths.values()))
            else:
                scenario |= {f"{stack}.{name}": truth for stack, truth in truths.items()}
        return scenario

    def exported(self, name: str) -> Resolved | None:
        """The value that a stack of the run exports under the name."""
        exports = self._all_exports()
        if name not in exports:
            self.missing.add(name)
            return None
        if name in self._exporting:
            return undetermined(f"export {name}")
        if name not in self._exported:
            stack, node = exports[name]
            self._exporting.add(name)
            self._exported[name] = stack.resolver.value(node)
            self._exporting.discard(name)
        return self._exported[name]

    def output_of(self, name: str, output: str, region: str, account: str) -> Resolved | None:
        """The value of an output of a stack of the run; ``None``: it has none of the name."""
        key, place_read = f"output {output} of {name}", (name, region, account)
        if key in self._exporting:
            return undetermined(key)
        for stack, place in self.stacks:
            node = stack.output(output)
            is_read = (place.stack, place.region, place.account) == place_read
            if node is not None and is_read:
                self._exporting.add(key)
                value = stack.resolver.value(node)
                self._exporting.discard(key)
                return value
        return None


def _differing(first: Resolver, second: Resolver) -> Iterator[str]:
    """The parameters and conditions that two scenarios of a template resolve in another way."""
    for name, value in second.parameters.items():
        if not is_same(first.parameters.get(name), value):
            yield name
    for name, truth in second.conditions.items():
        if first.conditions.get(name) is not truth:
            yield name


class _StackNames:
    """What logical ids of a stack stand for."""

    def __init__(self, run: StackRun, root: Root, path: tuple[str, ...]) -> None:
        self._run = run
        self._root = root
        self._path = path
        self._nodes: Mapping[str, Node] = {}
        self._open: set[tuple[str, str]] = set()
        # What others refer to is resolved once: of two references each, 40 resources make 2 ** 40.
        self._resolved: dict[tuple[str, str], Any] = {}
        self._texts: dict[tuple[str, str | None], DocumentText] = {}
        self._nested: dict[str, Stack | None] = {}
        self._identities: dict[str, Identifiers] = {}
        self._unnamed: frozenset[str] = frozenset()
        self.resolver: Resolver | None = None

    def prepare(self, template: Template, resolver: Resolver) -> None:
        """Take the resources of the template, and resolve their properties by the resolver."""
        self._nodes = template.entries("Resources")
        self.resolver = resolver
        self._identities.clear()
        self._resolved.clear()
        self._texts.clear()

    def claim_names(self) -> None:
        """Leave out the names that other resources of the run have already.

        Equal texts name the same, also where a part of them is not known.
        """
        self._unnamed = frozenset(
            logical_id
            for logical_id, node in self._nodes.items()
            if isinstance(node, NodeMapping) and not self._has_free_name(logical_id, node)
        )
        # Names that refer to others were resolved before those lost theirs.
        self._resolved.clear()
        self._texts.clear()

    @property
    def unnamed(self) -> AbstractSet[str]:
        """The resources whose names others have already."""
        return self._unnamed

    def _has_free_name(self, logical_id: str, node: NodeMapping) -> bool:
        kind, condition = resource_types().get(type_of(node)), node.entries.get("Condition")
        if kind is None or not kind.naming:
            return True
        conditions = {} if self.resolver is None else self.resolver.conditions
        if conditions.get(str(getattr(condition, "value", ""))) is False:
            return True
        names = (self._property(node, logical_id, name) for name in kind.naming)
        return all(
            self._run.claim(kind.name, as_text(name), self._root.place, self.qualified(logical_id))
            for name in names
            if isinstance(name, str | int | float)
        )

    def qualified(self, logical_id: str) -> str:
        """The logical id, unique among the stacks of the run."""
        if self._path:
            return ".".join((*self._path, logical_id))
        return f"{self._root.place.stack}.{logical_id}" if self._run.is_shared else logical_id

    def resource(self, logical_id: str) -> Resolved | None:
        node = self._node(logical_id)
        if node is None:
            return None
        return self._cached_text(logical_id, None) or self._identified(node, logical_id, None)

    def attribute(self, logical_id: str, attribute: str) -> Resolved | None:
        node = self._node(logical_id)
        if node is None:
            return None
        if type_of(node) == NESTED_STACK:
            return self._output(logical_id, attribute.removeprefix("Outputs."))
        known = self._cached_text(logical_id, attribute)
        return known or self._identified(node, logical_id, attribute)

    def _cached_text(self, logical_id: str, attribute: str | None) -> DocumentText | None:
        """The text as first resolved; each use is its own object, by which its place is found."""
        known = self._texts.get((logical_id, attribute))
        return None if known is None else DocumentText(known, known.unknown)

    def _identified(self, node: NodeMapping, logical_id: str, attribute: str | None) -> Resolved:
        """What identifies a resource: an attribute, or what ``Ref`` returns."""
        identifiers = self._identifiers(node, logical_id)
        value = identifiers.reference() if attribute is None else identifiers.attribute(attribute)
        if value is None:
            return concatenated([undetermined(f"{logical_id}.{attribute}")])
        naming = identifiers.kind.ref if identifiers.kind and attribute is None else attribute
        declared = self._resolved.get((logical_id, naming or ""))
        # Within a circle it depends on where the circle was entered.
        if type(value) is DocumentText and value is not declared and not self._open:
            self._texts[logical_id, attribute] = value
        return value

    def _identifiers(self, node: NodeMapping, logical_id: str) -> Identifiers:
        if logical_id not in self._identities:
            self._identities[logical_id] = self._identified_by(node, logical_id)
        return self._identities[logical_id]

    def _identified_by(self, node: NodeMapping, logical_id: str) -> Identifiers:
        place = self._root.place
        return Identifiers(
            kind=resource_types().get(type_of(node)),
            logical_id=self.qualified(logical_id),
            partition=place.partition,
            region=place.region,
            account=place.account,
            value_of=partial(self._named, node, logical_id),
        )

    def _named(self, node: NodeMapping, logical_id: str, name: str) -> Resolved | None:
        kind = resource_types().get(type_of(node))
        is_left_out = logical_id in self._unnamed and kind is not None and name in kind.naming
        return None if is_left_out else self._property(node, logical_id, name)

    def exported(self, name: str) -> Resolved | None:
        return self._run.exported(name)

    def stack_output(self, stack: str, output: str, region: str, account: str) -> Resolved | None:
        place = self._root.place
        return self._run.output_of(stack, output, region or place.region, account or place.account)

    def nested(self, logical_id: str) -> Stack | None:
        """The stack that a resource nests; ``None``: its template is not among the files."""
        return self._nested.get(logical_id)

    def nest(self, logical_id: str) -> Stack | None:
        """The stack that a resource nests, if its template is among the given files."""
        if logical_id in self._nested or self.resolver is None:
            return self._nested.get(logical_id)
        self._nested[logical_id] = None
        node = self._node(logical_id)
        template = None if node is None else self._template_of(node)
        if node is None or template is None:
            return None
        if len(self._path) >= _DEEPEST:
            message = f"stacks nest deeper than {_DEEPEST} levels, or nest each other in a circle"
            raise InputError(Problem(message, file=self._root.template.file, line=node.mark.line))
        parameters = self._property(node, logical_id, "Parameters")
        place = evolve(self._root.place, stack=self.qualified(logical_id))
        root = Root(
            template=template,
            place=place,
            parameters=parameters if isinstance(parameters, dict) else {},
        )
        path = (*(self._path or self._own_path()), logical_id)
        self._nested[logical_id] = self._run.nest(root, path)
        return self._nested[logical_id]

    def _own_path(self) -> tuple[str, ...]:
        return (self._root.place.stack,) if self._run.is_shared else ()

    def _node(self, logical_id: str) -> NodeMapping | None:
        node = self._nodes.get(logical_id)
        return node if isinstance(node, NodeMapping) else None

    def _template_of(self, node: NodeMapping) -> Template | None:
        source = nested_file(node)
        if not source:
            return None
        candidates = self._run.named(Path(source).name)
        nearest = Path(self._root.template.file).parent / source
        near = [template for template in candidates if Path(template.file) == nearest]
        return next(iter([*near, *candidates]), None)

    def _output(self, logical_id: str, name: str) -> Resolved:
        stack = self.nest(logical_id)
        node = None if stack is None else stack.output(name)
        if stack is None or node is None:
            return concatenated([undetermined(f"{logical_id}.Outputs.{name}")])
        return stack.resolver.value(node)

    def _property(self, node: NodeMapping, logical_id: str, name: str) -> Resolved | None:
        properties = node.entries.get("Properties")
        entry = properties.entries.get(name) if isinstance(properties, NodeMapping) else None
        if entry is None or self.resolver is None:
            return None
        if (logical_id, name) in self._open:
            return undetermined(f"{logical_id}.{name} (it refers to itself)")
        if (logical_id, name) not in self._resolved:
            self._open.add((logical_id, name))
            value = self.resolver.value(entry)
            self._open.discard((logical_id, name))
            self._resolved[logical_id, name] = None if value is NO_VALUE else value
        return self._resolved[logical_id, name]
