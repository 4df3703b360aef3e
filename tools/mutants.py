"""What mutation testing changes: whatever could change a verdict, and no text about it.

Texts, what an observation shows (``read``, ``expected``), origins, annotations, messages of
exceptions, encodings and sizes of caches are left alone.
"""

from __future__ import annotations

import ast
import copy
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "cloudpack_baseline"

WORDS = frozenset(("text", "Text", "origin_of", "strftime", "TypeVar"))
"""Calls whose arguments only word a verdict, say where a value came from, or name a type."""
NAMED_FIRST = frozenset(("unknown", "passed", "failed", "not_applicable"))
"""Calls whose first argument says what was looked at."""
SHOWN = frozenset(
    (
        "read",
        "expected",
        "origin",
        "detail",
        "notes",
        "default",
        "message",
        "field",
        "owner_field",
        "evidence",
        "words",
    )
)
"""Keyword arguments, and names of values for them, that show a verdict and do not make it."""
UNSEEN = {"open": "encoding", "read_text": "encoding", "lru_cache": "maxsize", "zip": "strict"}
"""By call, a keyword argument that no verdict depends on."""
COMPARISONS = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
OPERATORS = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr}
FUNCTIONS = {"any": "all", "all": "any", "min": "max", "max": "min"}
OUTCOMES = {"PASS": "FAIL", "FAIL": "PASS", "UNKNOWN": "PASS", "NOT_APPLICABLE": "FAIL"}


@dataclass(frozen=True)
class Mutant:
    """A changed module.

    Attributes:
        module: its file, below the package.
        function: the qualified name of the function or class that is changed.
        change: ``before -> after``.
        number: counts equal changes of one function, from 1.
        line: of the change.
        index: of the change among those of the module.
    """

    module: str
    function: str
    change: str
    number: int
    line: int
    index: int

    @property
    def id(self) -> str:
        """What the list of survivors calls it: no line number, which any edit would change."""
        count = f" ({self.number})" if self.number > 1 else ""
        return f"{self.module}::{self.function}: {self.change}{count}"

    @property
    def module_name(self) -> str:
        """The dotted name of the module."""
        segments = (PACKAGE.name, *Path(self.module).with_suffix("").parts)
        return ".".join(segments).removesuffix(".__init__")

    def tree(self) -> ast.Module:
        """The syntax tree of the changed module."""
        tree = ast.parse((PACKAGE / self.module).read_text("utf-8"))
        mutator = Mutator()
        mutator.visit(tree)
        _, node, replacement = mutator.changes[self.index]
        return ast.fix_missing_locations(Replacer(node, replacement).visit(tree))


class Mutator(ast.NodeVisitor):
    """Visits whatever can change a verdict, and gathers (function, node, replacement)."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.changes: list[tuple[str, ast.AST, ast.AST]] = []

    def change(self, node: ast.AST, replacement: ast.AST) -> None:
        self.changes.append((".".join(self.names) or "<module>", node, replacement))

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.within(node, [*node.decorator_list, *node.args.defaults, *node.body])

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.within(node, node.body)

    def within(self, node: ast.FunctionDef | ast.ClassDef, children: Iterable[ast.AST]) -> None:
        self.names.append(node.name)
        for child in children:
            self.visit(child)
        self.names.pop()

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Constant):
            return  # a docstring
        if isinstance(node.value, ast.Yield):
            nothing = ast.YieldFrom(ast.Tuple([], ast.Load()))
            self.change(node, ast.Expr(nothing))
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_Assign(self, node: ast.Assign) -> None:
        target, value = node.targets[0], node.value
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            pairs = list(zip(target.elts, value.elts, strict=True))
        else:
            pairs = [(target, value)]
        for name, assigned in pairs:
            if not isinstance(name, ast.Name) or not _is_shown(name.id):
                self.visit(assigned)

    def visit_Raise(self, node: ast.Raise) -> None:
        """What an exception says is no verdict."""

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """What is put together is shown, or a key that a lookup of its own tests."""

    def visit_Call(self, node: ast.Call) -> None:
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in WORDS:
            return
        if name in FUNCTIONS and isinstance(node.func, ast.Name):
            changed = copy.deepcopy(node)
            changed.func.id = FUNCTIONS[name]
            self.change(node, changed)
        if name != "join":  # what is between the parts of a text
            self.visit(node.func)
        for argument in node.args[1:] if name in NAMED_FIRST else node.args:
            self.visit(argument)
        for keyword in node.keywords:
            if keyword.arg not in SHOWN and keyword.arg != UNSEEN.get(name):
                self.visit(keyword.value)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if isinstance(node.value, ast.Name) and node.value.id == "Outcome":
            if node.attr in OUTCOMES:
                self.change(node, ast.Attribute(node.value, OUTCOMES[node.attr], ast.Load()))
            return
        self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        for index, operator in enumerate(node.ops):
            changed = copy.deepcopy(node)
            changed.ops[index] = COMPARISONS[type(operator)]()
            self.change(node, changed)
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        operator = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        self.change(node, ast.BoolOp(operator, copy.deepcopy(node.values)))
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if type(node.op) in OPERATORS:
            operator = OPERATORS[type(node.op)]()
            self.change(
                node, ast.BinOp(copy.deepcopy(node.left), operator, copy.deepcopy(node.right))
            )
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.Not):
            self.change(node, copy.deepcopy(node.operand))
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        value = node.value
        if isinstance(value, bool):
            self.change(node, ast.Constant(not value))
        elif isinstance(value, int):
            self.change(node, ast.Constant(value + 1))
        elif isinstance(value, str) and "\n" not in value:
            self.change(node, ast.Constant(f"{value}~"))

    def visit_If(self, node: ast.If) -> None:
        self.condition(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self.condition(node)

    def visit_While(self, node: ast.While) -> None:
        self.condition(node)

    def condition(self, node: ast.If | ast.IfExp | ast.While) -> None:
        """Conditions without an operator of their own are negated as a whole."""
        if not isinstance(node.test, ast.Compare | ast.BoolOp | ast.UnaryOp):
            self.change(node.test, ast.UnaryOp(ast.Not(), copy.deepcopy(node.test)))
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        for condition in node.ifs:
            if not isinstance(condition, ast.Compare | ast.BoolOp | ast.UnaryOp):
                self.change(condition, ast.UnaryOp(ast.Not(), copy.deepcopy(condition)))
        self.generic_visit(node)

    def visit_Continue(self, node: ast.Continue) -> None:
        self.change(node, ast.Pass())


def _is_shown(name: str) -> bool:
    return name == "__all__" or name.strip("_").lower() in SHOWN


class Replacer(ast.NodeTransformer):
    """Puts one node in the place of another."""

    def __init__(self, node: ast.AST, replacement: ast.AST) -> None:
        self.node, self.replacement = node, replacement

    def visit(self, node: ast.AST) -> ast.AST:
        if node is self.node:
            return ast.copy_location(self.replacement, node)
        return self.generic_visit(node)


def mutants(path: Path) -> Iterator[Mutant]:
    """Every mutant of a module."""
    mutator = Mutator()
    mutator.visit(ast.parse(path.read_text("utf-8")))
    counts: Counter[tuple[str, str]] = Counter()
    for index, (function, node, replacement) in enumerate(mutator.changes):
        change = f"{ast.unparse(node)} -> {ast.unparse(replacement)}".replace("\n", " ")
        counts[function, change] += 1
        yield Mutant(
            module=path.relative_to(PACKAGE).as_posix(),
            function=function,
            change=change,
            number=counts[function, change],
            line=node.lineno,
            index=index,
        )


def modules(paths: Iterable[str]) -> list[Path]:
    """The files that the paths mean; not those that say that they are generated."""
    files = []
    for name in paths:
        path = (ROOT / name) if (ROOT / name).exists() else PACKAGE / name
        files += sorted(path.rglob("*.py")) if path.is_dir() else [path]
    return [file for file in files if "enerated by" not in file.read_text("utf-8")[:300]]


def chosen_mutants(paths: Iterable[str]) -> list[Mutant]:
    """The mutants of the paths; of one function, or of a class with its methods, if it is named."""
    chosen = []
    for name in paths:
        path, _, function = name.partition("::")
        chosen += [
            mutant
            for file in modules([path])
            for mutant in mutants(file)
            if not function or f"{mutant.function}.".startswith(f"{function}.")
        ]
    return chosen
