"""Commands in the pages that are not run: each has to be one that exists.

`cloudpack-baseline` and pytest parse their own options, botocore knows the operations of the AWS
CLI, and the noxfile its sessions. Of every other program, the subcommands are listed here.
"""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache

from blocks import ROOT
from botocore import xform_name
from botocore.exceptions import UnknownServiceError
from botocore.session import Session

from cloudpack_baseline.cli import parser

__all__ = ["command_faults", "command_lines", "simple_commands"]

_KEYWORDS = frozenset({"while", "do", "done", "if", "then", "fi", "for"})
_OPERATORS = frozenset({";", "|", "||", "&&", "&", "(", ")", "{", "}"})
_ASSIGNMENT = re.compile(r"\w+=")

_PROGRAMS = frozenset(
    {".", "base64", "cat", "cd", "cfn-lint", "find", "jq", "mkdir", "nl", "openssl", "read"}
    | {"sed", "sh", "sha256sum"}
)
"""Programs whose arguments are not checked."""
_SUBCOMMANDS: Mapping[str, frozenset[str]] = {
    "git": frozenset({"add", "clone", "commit", "push", "tag"}),
    "npm": frozenset({"install"}),
    "npx": frozenset({"cdk"}),
    "pip": frozenset({"install", "wheel"}),
    "pre-commit": frozenset({"install", "run"}),
    "terraform": frozenset({"apply", "init", "plan", "show"}),
    "tofu": frozenset({"apply", "init", "plan", "show"}),
    "twine": frozenset({"check", "upload"}),
}
_AWS_COMMANDS = frozenset({"cloudformation deploy", "s3 cp", "s3 sync", "s3 mb"})
"""Commands of the AWS CLI that are no operation of the API."""
_AWS_OPTIONS = frozenset({"cli-input-json", "output", "profile", "query", "region"})
_SCRIPTS = (".", "examples/old-account")
_MODULES = frozenset({"http.server", "pytest", "venv"})


def command_lines(session: str) -> Iterator[tuple[str, list[str]]]:
    """Each command behind ``$`` with the lines that it prints."""
    command, output = "", list[str]()
    for line in session.splitlines():
        if line.startswith("$ "):
            if command:
                yield command, output
            command, output = line.removeprefix("$ "), []
        elif command.endswith("\\"):
            command = f"{command[:-1]}{line.strip()}"
        else:
            output.append(line)
    if command:
        yield command, output


def simple_commands(script: str) -> Iterator[list[str]]:
    """The words of each simple command, without assignments and redirections."""
    for line in script.replace("\\\n", " ").splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        words: list[str] = []
        redirected = False
        for token in (*lexer, ";"):
            if token in _OPERATORS:
                if words:
                    yield words
                words = []
            elif set(token) <= set("<>"):
                redirected = True
            elif redirected:
                redirected = False
            elif words or not (token in _KEYWORDS or _ASSIGNMENT.match(token)):
                words.append(token)


def command_faults(script: str) -> Iterator[str]:
    """What is wrong with the commands of a script."""
    for program, *arguments in simple_commands(script):
        name = program.rpartition("/")[2]
        check = _CHECKS.get(name)
        if check is not None:
            yield from (f"{name}: {fault}" for fault in check(arguments))
        elif name in _SUBCOMMANDS:
            if not set(arguments) & _SUBCOMMANDS[name]:
                yield f"{name} has no such command: {shlex.join(arguments)}"
        elif name not in _PROGRAMS:
            yield f"no way to check the command {name}: add it to docs/shell_commands.py"


def _ours(arguments: Sequence[str]) -> Iterator[str]:
    errors = io.StringIO()
    try:
        with contextlib.redirect_stderr(errors):
            parser().parse_args(arguments)
    except SystemExit:
        yield errors.getvalue().strip().splitlines()[-1]


@cache
def _pytest_options() -> frozenset[str]:
    # Without tests/conftest.py: it needs what only the tests install.
    command = [sys.executable, "-m", "pytest", "--noconftest", "--help"]
    text = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout
    return frozenset(re.findall(r"(?<![\w-])--?[\w-]+", text))


def _pytest(arguments: Sequence[str]) -> Iterator[str]:
    for argument in arguments:
        name = argument.partition("=")[0]
        if name.startswith("-") and name not in _pytest_options():
            yield f"no such option: {name}"


@cache
def _botocore() -> Session:
    return Session()


def _aws(arguments: Sequence[str]) -> Iterator[str]:
    service, command, *options = arguments
    if f"{service} {command}" in _AWS_COMMANDS:
        return
    try:
        model = _botocore().get_service_model("s3" if service == "s3api" else service)
    except UnknownServiceError:
        yield f"no such service: {service}"
        return
    operations = {xform_name(name, "-"): name for name in model.operation_names}
    if command not in operations:
        yield f"no such operation: {service} {command}"
        return
    shape = model.operation_model(operations[command]).input_shape
    members = {xform_name(name, "-") for name in (shape.members if shape else ())}
    for option in options:
        name = option.removeprefix("--").removeprefix("no-")
        if option.startswith("--") and name not in members | _AWS_OPTIONS:
            yield f"{service} {command} has no option {option}"


def _nox(arguments: Sequence[str]) -> Iterator[str]:
    sessions = re.findall(
        r"^def (\w+)\(session", (ROOT / "noxfile.py").read_text("utf-8"), re.MULTILINE
    )
    named = arguments[1 : arguments.index("--") if "--" in arguments else None]
    if arguments[:1] != ["-s"]:
        yield f"expected -s SESSION: {shlex.join(arguments)}"
    yield from (f"no such session: {name}" for name in named if name not in sessions)


def _python(arguments: Sequence[str]) -> Iterator[str]:
    if arguments[:1] == ["-m"]:
        if arguments[1] not in _MODULES:
            yield f"no way to check the module {arguments[1]}"
        if arguments[1] == "pytest":
            yield from _pytest(arguments[2:])
    elif not any(
        (ROOT / folder / arguments[0]).is_file() for folder in (".", "examples/old-account")
    ):
        yield f"no such file: {arguments[0]}"


def _xargs(arguments: Sequence[str]) -> Iterator[str]:
    start = next(i for i, word in enumerate(arguments) if not word.startswith("-"))
    return command_faults(shlex.join([*arguments[start:], "FILE"]))


_CHECKS: Mapping[str, Callable[[Sequence[str]], Iterator[str]]] = {
    "aws": _aws,
    "cloudpack-baseline": _ours,
    "nox": _nox,
    "pytest": _pytest,
    "python": _python,
    "python3": _python,
    "xargs": _xargs,
}
