"""Every code block and console block of the pages: run, or parsed where it cannot run offline.

A block of a kind that nothing here checks is a fault, so none is skipped in silence.
"""

from __future__ import annotations

import ast
import configparser
import json
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from itertools import chain
from pkgutil import iter_modules

import yaml
from blocks import ROOT, Block, all_blocks, place
from sessions import ELSEWHERE, RUN, needs_network, run_session
from shell_commands import command_faults, command_lines

from cloudpack_baseline import Baseline, InputError

__all__ = ["block_report"]

_AT_ONCE = 2
"""Sessions: each waits for the processes that it starts."""
_QUOTED = re.compile(r"# (?:src|tests)/\S+\n")


def block_report() -> tuple[list[str], str]:
    """What is wrong with the blocks, and how many were checked how."""
    faults: list[str] = []
    counts: Counter[str] = Counter()
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        sessions = pool.map(lambda session: list(run_session(session)), RUN)
        ran = dict(chain.from_iterable(sessions))
    for block in all_blocks():
        check = _CHECKS.get(block.kind)
        if check is None:
            faults.append(
                f"{block.place}: no way to check a block of {block.kind or 'no language'}"
            )
            continue
        block_faults = [*check(block), *([ran[block]] if ran.get(block) else [])]
        how = "run" if block in ran or _runs(block) else "parsed"
        if how == "parsed" and (_prints(block) or _can_run(block)):
            block_faults.append("nothing runs it: add a session to docs/sessions.py")
        counts[f"{block.kind} {how}"] += 1
        faults += [f"{block.place}: {fault}" for fault in block_faults]
    return faults, ", ".join(f"{number} {name}" for name, number in sorted(counts.items()))


def _runs(block: Block) -> bool:
    """Whether something else runs it: doctest, or the test of its page."""
    name = place(block.page).removeprefix("docs/").removeprefix("ja/")
    test = ELSEWHERE.get(name)
    if test is not None and block.kind == "console":
        return (ROOT / test).is_file() and _can_run(block)
    return block.kind == "python" and ">>>" in block.text


def _can_run(block: Block) -> bool:
    """Whether none of its commands needs a network."""
    commands = [command for command, _ in command_lines(block.text)]
    return block.kind == "console" and bool(commands) and not any(map(needs_network, commands))


def _prints(block: Block) -> bool:
    """Whether it shows output."""
    if block.kind == "text":
        return True
    return block.kind == "console" and any(lines for _, lines in command_lines(block.text))


def _toml(block: Block) -> Iterator[str]:
    if _QUOTED.match(block.text):
        return
    try:
        values = tomllib.loads(block.text)
        if "tool" not in values:
            Baseline.from_mapping(values)
    except (tomllib.TOMLDecodeError, InputError) as error:
        yield str(error)


def _python(block: Block) -> Iterator[str]:
    if ">>>" in block.text or _QUOTED.match(block.text):
        return
    # An indented piece stands for the inside of a function.
    body = f"def piece():\n{block.text}" if block.text.startswith(" ") else block.text
    try:
        tree = ast.parse(body)
    except SyntaxError as error:
        yield str(error)
        return
    # What needs AWS is not run, but what it imports has to exist.
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from _import_faults(node)


def _import_faults(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    """What an import of a page does not find."""
    try:
        if isinstance(node, ast.Import):
            for alias in node.names:
                import_module(alias.name)
            return
        module = import_module(node.module or "")
    except ImportError as error:
        yield str(error)
        return
    submodules = {info.name for info in iter_modules(getattr(module, "__path__", ()))}
    for alias in node.names:
        if not hasattr(module, alias.name) and alias.name not in submodules:
            yield f"cannot import name {alias.name!r} from {node.module!r}"


class _Loader(yaml.SafeLoader):
    """YAML with the short forms of intrinsic functions and references of GitLab."""


def _any_tag(loader: _Loader, _suffix: str, node: yaml.Node) -> object:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node)


_Loader.add_multi_constructor("!", _any_tag)


def _yaml(block: Block) -> Iterator[str]:
    try:
        _Loader(block.text).get_single_data()
    except yaml.YAMLError as error:
        yield " ".join(str(error).split())


def _json(block: Block) -> Iterator[str]:
    try:
        json.loads(block.text)
    except ValueError as error:
        yield str(error)


def _ini(block: Block) -> Iterator[str]:
    try:
        configparser.ConfigParser().read_string(block.text)
    except configparser.Error as error:
        yield str(error)


def _console(block: Block) -> Iterator[str]:
    if not block.text.startswith("$ "):
        yield "does not begin with a command"
    for command, _ in command_lines(block.text):
        yield from command_faults(command)


def _shell(block: Block) -> Iterator[str]:
    return command_faults(block.text)


def _text(_block: Block) -> Iterator[str]:
    return iter(())


_CHECKS: Mapping[str, Callable[[Block], Iterator[str]]] = {
    "bash": _shell,
    "console": _console,
    "ini": _ini,
    "json": _json,
    "python": _python,
    "sh": _shell,
    "text": _text,
    "toml": _toml,
    "yaml": _yaml,
}
