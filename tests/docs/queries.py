"""JMESPath queries, held to the shape of the answer."""

from __future__ import annotations


class QueryCheck:
    """Follows a query through the shapes of an answer.

    A shape is one of botocore, a list of one shape, or ``None`` where nothing is known.

    Attributes:
        problems: fields that the answer does not have.
    """

    def __init__(self, query, shape):
        self.problems = []
        self.follow(query, shape)

    def follow(self, node, shape):
        """The shape of what a part of the query selects."""
        children = node["children"]
        match node["type"]:
            case "field":
                return self.member(shape, node["value"])
            case "subexpression" | "pipe" | "index_expression":
                for child in children:
                    shape = self.follow(child, shape)
                return shape
            case "index":
                return element(shape)
            case "slice" | "flatten" | "projection" | "value_projection" | "filter_projection":
                return self.projected(node, shape)
            case "identity" | "current":
                return shape
            case _:  # comparisons, functions, lists and literals
                for child in children:
                    self.follow(child, shape)
                return None

    def projected(self, node, shape):
        children = node["children"]
        if node["type"] == "slice":
            return [element(shape)]
        if node["type"] == "flatten":
            inner = element(self.follow(children[0], shape))
            return [element(inner) if is_list(inner) else inner]
        inner = element(self.follow(children[0], shape))
        for condition in children[2:]:
            self.follow(condition, inner)
        return [self.follow(children[1], inner)]

    def member(self, shape, name):
        """The shape of a field."""
        if shape is None:
            return None
        if isinstance(shape, list) or shape.type_name != "structure":
            self.problems.append(f"--query: {name} of something that has no fields")
            return None
        if name not in shape.members:
            self.problems.append(f"--query: {name} is none of {', '.join(shape.members)}")
        return shape.members.get(name)


def is_list(shape):
    """Whether it is a list, as far as is known."""
    return isinstance(shape, list) or (shape is not None and shape.type_name == "list")


def element(shape):
    """The shape of the elements."""
    if isinstance(shape, list):
        return shape[0]
    return shape.member if is_list(shape) else None
