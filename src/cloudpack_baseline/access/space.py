"""Sets of requests over a fixed sequence of axes, as canonical decision diagrams.

A set is a node: the axis that it decides next, and for each further node the mask of classes that
lead to it. Equal sets are the same node, so the cost of a set depends on its structure, not on the
number of its boxes. Semantics first: ``&``, ``|``, ``-`` and ``~`` are those of sets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = [
    "ALL",
    "Node",
    "RequestSet",
    "Space",
    "TooComplex",
    "classes_in",
    "lowest_bit",
    "mask_union",
]

_LEAF: Final = 1 << 30


class TooComplex(Exception):  # noqa: N818 - no error: the caller falls back
    """A set has outgrown its space."""


class Node:
    """One decision. Made by ``Space.node`` only, so that identity is equality."""

    __slots__ = ("edges", "level")

    def __init__(self, level: int, edges: tuple[tuple[int, Node], ...]) -> None:
        self.level = level
        self.edges = edges


EMPTY: Final = Node(_LEAF, ())
ALL: Final = Node(_LEAF, ())


class Space:
    """The axes by their numbers of classes; all sets of one analysis live in one space.

    ``limit`` bounds the work: beyond so many steps, operations raise ``TooComplex`` until
    ``allow`` grants more.
    """

    __slots__ = ("_and", "_classes", "_inside", "_left", "_minus", "_nodes", "full")

    def __init__(self, sizes: Iterable[int], *, limit: int = 1 << 60) -> None:
        self.full: tuple[int, ...] = tuple((1 << size) - 1 for size in sizes)
        self._nodes: dict[tuple[int, tuple[tuple[int, Node], ...]], Node] = {}
        self._and: dict[tuple[Node, Node], Node] = {}
        self._minus: dict[tuple[Node, Node], Node] = {}
        self._inside: dict[tuple[tuple[int, int], ...], dict[Node, Node]] = {}
        self._classes: dict[tuple[Node, int], int] = {}
        self._left = limit

    @property
    def left(self) -> int:
        """The steps that are left."""
        return max(0, self._left)

    def allow(self, steps: int) -> None:
        """Grant so many further steps."""
        self._left = steps

    def node(self, level: int, branches: dict[Node, int]) -> Node:
        """The canonical node: no empty branch, and none at all where the axis does not matter."""
        branches.pop(EMPTY, None)
        if not branches:
            return EMPTY
        if len(branches) == 1:
            ((child, mask),) = branches.items()
            return self.edge(level, mask, child)
        # The masks are disjoint, so nodes are never compared.
        return self._node(level, tuple(sorted([(mask, child) for child, mask in branches.items()])))

    def edge(self, level: int, mask: int, child: Node) -> Node:
        """The node with one branch; ``mask`` may go beyond the classes of the axis."""
        full = self.full[level]
        mask &= full
        if not mask or child is EMPTY:
            return EMPTY
        return child if mask == full else self._node(level, ((mask, child),))

    def _node(self, level: int, edges: tuple[tuple[int, Node], ...]) -> Node:
        key = (level, edges)
        known = self._nodes.get(key)
        if known is None:
            self._left -= 1
            if self._left < 0:
                raise TooComplex
            known = self._nodes[key] = Node(level, edges)
        return known

    def box(self, masks: Mapping[int, int], below: Node = ALL) -> Node:
        """All requests whose class on each given axis is in its mask; levels above ``rest``."""
        node = below
        for level in sorted(masks, reverse=True):
            node = self.edge(level, masks[level], node)
        return node

    def both(self, first: Node, second: Node) -> Node:
        """Intersection."""
        if first is EMPTY or second is EMPTY:
            return EMPTY
        if first is ALL or first is second:
            return second
        if second is ALL:
            return first
        key = (first, second)
        known = self._and.get(key)
        if known is None:
            known = self._and[key] = self._both(first, second)
        return known

    def _both(self, first: Node, second: Node) -> Node:
        self._left -= 1
        if self._left < 0:
            raise TooComplex
        level = min(first.level, second.level)
        branches: dict[Node, int] = {}
        if first.level != second.level:
            upper, lower = (first, second) if first.level == level else (second, first)
            for mask, child in upper.edges:
                target = self.both(child, lower)
                branches[target] = branches.get(target, 0) | mask
            return self.node(level, branches)
        for mask, child in first.edges:
            for other_mask, sibling in second.edges:
                shared = mask & other_mask
                if shared:
                    target = self.both(child, sibling)
                    branches[target] = branches.get(target, 0) | shared
        return self.node(level, branches)

    def minus(self, first: Node, second: Node) -> Node:
        """Difference."""
        if first is EMPTY or second is ALL or first is second:
            return EMPTY
        if second is EMPTY:
            return first
        key = (first, second)
        known = self._minus.get(key)
        if known is None:
            known = self._minus[key] = self._less(first, second)
        return known

    def _less(self, first: Node, second: Node) -> Node:
        self._left -= 1
        if self._left < 0:
            raise TooComplex
        branches: dict[Node, int] = {}
        if first.level < second.level:
            for mask, child in first.edges:
                target = self.minus(child, second)
                branches[target] = branches.get(target, 0) | mask
            return self.node(first.level, branches)
        level = second.level
        pairs = first.edges if first.level == level else ((self.full[level], first),)
        for mask, child in pairs:
            uncovered = mask
            for other_mask, sibling in second.edges:
                shared = mask & other_mask
                if shared:
                    uncovered &= ~shared
                    target = self.minus(child, sibling)
                    branches[target] = branches.get(target, 0) | shared
            if uncovered:
                branches[child] = branches.get(child, 0) | uncovered
        return self.node(level, branches)

    def restrict(self, node: Node, masks: tuple[tuple[int, int], ...]) -> Node:
        """The part of a set inside a box, given by its levels in ascending order."""
        if node is EMPTY or not masks:
            return node
        # Sets of different callers are mostly alike below the axis of callers.
        known = self._inside.get(masks)
        if known is None:
            known = self._inside[masks] = {}
        result = known.get(node)
        if result is None:
            result = known[node] = self._restrict(node, masks)
        return result

    def _restrict(self, node: Node, masks: tuple[tuple[int, int], ...]) -> Node:
        level, mask = masks[0]
        if node.level > level:
            inside = mask & self.full[level]
            return self.edge(level, inside, self.restrict(node, masks[1:]) if inside else EMPTY)
        if node.level == level:
            masks = masks[1:]
        else:
            mask = -1
        branches: dict[Node, int] = {}
        unchanged = True
        for edge, child in node.edges:
            inside = edge & mask
            if inside:
                target = self.restrict(child, masks)
                branches[target] = branches.get(target, 0) | inside
                unchanged = unchanged and target is child and inside == edge
            else:
                unchanged = False
        return node if unchanged else self.node(node.level, branches)

    def either(self, first: Node, second: Node) -> Node:
        """Union."""
        if first is EMPTY or second is ALL:
            return second
        if second is EMPTY or first is ALL:
            return first
        return self.minus(ALL, self.both(self.minus(ALL, first), self.minus(ALL, second)))

    def below(self, node: Node, level: int) -> Node:
        """The set with the axes before a level left open: some class of each will do."""
        if node.level >= level:
            return node
        union = EMPTY
        for child in {child for _, child in node.edges}:
            union = self.either(union, self.below(child, level))
        return union

    def classes(self, node: Node, level: int) -> int:
        """Projection: the classes of one axis that occur in the set."""
        key = (node, level)
        known = self._classes.get(key)
        if known is None:
            known = self._classes[key] = self._project(node, level)
        return known

    def _project(self, node: Node, level: int) -> int:
        if node is EMPTY:
            return 0
        if node.level > level:
            return self.full[level]
        if node.level == level:
            return mask_union(mask for mask, _ in node.edges)
        return mask_union(self.classes(child, level) for _, child in node.edges)

    def pick(self, node: Node) -> dict[int, int] | None:
        """One request: for each axis that matters, the first class. None of the empty set."""
        if node is EMPTY:
            return None
        choice: dict[int, int] = {}
        while node is not ALL:
            mask, child = min(node.edges, key=_lowest)
            choice[node.level] = (mask & -mask).bit_length() - 1
            node = child
        return choice


def lowest_bit(mask: int) -> int:
    """The place of the lowest bit that is set."""
    # Two's complement: -mask has all bits below the lowest one flipped, so only that one stays.
    return (mask & -mask).bit_length() - 1


def _lowest(edge: tuple[int, Node]) -> int:
    return edge[0] & -edge[0]


class RequestSet:
    """An immutable set of requests with ``&``, ``|``, ``-``, ``~`` and ``==``.

    Sets of different spaces do not mix: operations between them raise ValueError.
    """

    __slots__ = ("_node", "_space")

    def __init__(self, space: Space, node: Node) -> None:
        self._space = space
        self._node = node

    @classmethod
    def nothing(cls, space: Space) -> RequestSet:
        """The empty set."""
        return cls(space, EMPTY)

    @classmethod
    def everything(cls, space: Space) -> RequestSet:
        """All requests."""
        return cls(space, ALL)

    @classmethod
    def box(cls, space: Space, masks: Mapping[int, int]) -> RequestSet:
        """The requests whose class on each given axis is in its mask."""
        return cls(space, space.box(masks))

    def _other(self, operand: RequestSet) -> Node:
        if operand._space is not self._space:
            raise ValueError("sets of different spaces")
        return operand._node

    def __and__(self, operand: RequestSet) -> RequestSet:
        return RequestSet(self._space, self._space.both(self._node, self._other(operand)))

    def __or__(self, operand: RequestSet) -> RequestSet:
        return RequestSet(self._space, self._space.either(self._node, self._other(operand)))

    def __sub__(self, operand: RequestSet) -> RequestSet:
        return RequestSet(self._space, self._space.minus(self._node, self._other(operand)))

    def __invert__(self) -> RequestSet:
        return RequestSet(self._space, self._space.minus(ALL, self._node))

    def __eq__(self, operand: object) -> bool:
        if not isinstance(operand, RequestSet):
            return NotImplemented
        return self._space is operand._space and self._node is operand._node

    def __hash__(self) -> int:
        return hash((id(self._space), id(self._node)))

    def __le__(self, operand: RequestSet) -> bool:
        return self._space.minus(self._node, self._other(operand)) is EMPTY

    def __bool__(self) -> bool:
        return self._node is not EMPTY

    def __repr__(self) -> str:
        return "RequestSet(empty)" if not self else f"RequestSet({self.pick()}, ...)"

    def within(self, masks: Mapping[int, int]) -> RequestSet:
        """The part inside a box."""
        if self._node is EMPTY or not masks:
            return self
        box = tuple(masks.items()) if len(masks) == 1 else tuple(sorted(masks.items()))
        node = self._space.restrict(self._node, box)
        return self if node is self._node else RequestSet(self._space, node)

    def below(self, level: int) -> RequestSet:
        """The requests that differ from one of the set before an axis only."""
        return RequestSet(self._space, self._space.below(self._node, level))

    def beyond(self, level: int) -> RequestSet:
        """The same for all classes of an axis, if it is the first and its classes are alike."""
        edges = self._node.edges
        if self._node.level != level or len(edges) != 1:
            return self
        return RequestSet(self._space, edges[0][1])

    def classes(self, level: int) -> int:
        """The classes of one axis that occur in the set, as a mask."""
        return self._space.classes(self._node, level)

    def pick(self) -> dict[int, int] | None:
        """The first class on each axis that matters, or None of the empty set."""
        return self._space.pick(self._node)

    @property
    def size(self) -> int:
        """The number of decisions, to see how complex a set is."""
        visited = {self._node}
        queue = [self._node]
        for node in queue:
            new = {child for _, child in node.edges} - visited
            visited |= new
            queue.extend(new)
        return len(visited - {EMPTY, ALL})


def mask_union(masks: Iterable[int]) -> int:
    """All classes that occur in any of the masks."""
    joined = 0
    for mask in masks:
        joined |= mask
    return joined


def classes_in(sets: Iterable[RequestSet], level: int) -> int:
    """The classes of one axis that occur in any of the sets."""
    return mask_union(requests.classes(level) for requests in sets)
