"""The AWS CLI without AWS: commands are parsed and validated, and nothing is sent."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from awscli.clidriver import CLIOperationCaller, create_clidriver
from awscli.customizations.waiters import WaiterCaller
from botocore.validate import ParamValidator

from docs.queries import QueryCheck
from processes import run_program

RECORDER = """\
#!/bin/sh
printf '%s\\0' "$@" >> "$AWS_COMMANDS"
printf '\\n\\0' >> "$AWS_COMMANDS"
case "$*" in
*"--query DistributionConfig "*) cat "$DISTRIBUTION" ;;
*) echo 00000000-0000-0000-0000-000000000000 ;;
esac
"""
"""Stands in for ``aws`` on the path: it writes down its arguments and answers a placeholder."""
DISTRIBUTION = """\
{
  "CallerReference": "1", "Comment": "", "Enabled": true,
  "Origins": {"Quantity": 1, "Items": [{"Id": "application", "DomainName": "origin.example.com"}]},
  "DefaultCacheBehavior": {"TargetOriginId": "application", "ViewerProtocolPolicy": "allow-all"}
}
"""
"""What a script may read, edit and write back."""


def commands_of(script: str, folder: Path) -> list[list[str]]:
    """The arguments of each ``aws`` command that the script runs, in a folder of its own."""
    programs = folder / "bin"
    programs.mkdir()
    recorder = programs / "aws"
    recorder.write_text(RECORDER, encoding="utf-8")
    recorder.chmod(0o755)
    log = folder / "commands"
    log.touch()
    distribution = folder / "answer.json"
    distribution.write_text(DISTRIBUTION, encoding="utf-8")
    environment = {
        "PATH": f"{programs}:/usr/bin:/bin",
        "EDITOR": "cat",
        "AWS_COMMANDS": str(log),
        "DISTRIBUTION": str(distribution),
    }
    run_program("/bin/sh", "-eu", "-c", script, cwd=folder, env=environment)
    text = log.read_text(encoding="utf-8")
    return [command.split("\0")[:-1] for command in text.split("\n\0")[:-1]]


class CommandParser:
    """Parses commands with the models of the AWS CLI."""

    def __init__(self, monkeypatch):
        self.calls = []
        self.loader = create_clidriver().session.get_component("data_loader")
        self.shared_driver = cache(self._driver)
        for caller in (CLIOperationCaller, WaiterCaller):
            monkeypatch.setattr(caller, "invoke", self._record)

    def _driver(self, _service=""):
        """A driver for the commands of a service."""
        driver = create_clidriver()
        driver.session.register_component("data_loader", self.loader)
        return driver

    def _record(self, service_name, operation_name, parameters, parsed_globals):
        self.calls.append((service_name, operation_name, parameters, parsed_globals.query))
        return 0

    def problems(self, arguments, capsys):
        """What is wrong with a command."""
        self.calls.clear()
        service = arguments[0]
        # Commands of EC2 leave handlers in theirs.
        driver = self._driver() if service == "ec2" else self.shared_driver(service)
        try:
            code = driver.main(arguments)
        except SystemExit as exit_:
            code = exit_.code
        message = capsys.readouterr().err.strip()
        if code:
            return [message or f"exit code {code}"]
        if not self.calls:
            return ["no operation would be called"]
        return [problem for call in self.calls for problem in invalid_parts(driver.session, *call)]


def invalid_parts(session, service_name, operation_name, parameters, query):
    """What the model of an operation does not accept in a call of it, and in its query."""
    operation = session.get_service_model(service_name).operation_model(operation_name)
    if operation.input_shape is not None:
        parameters.pop("PaginationConfig", None)  # the CLI's own, of list operations
        report = ParamValidator().validate(parameters, operation.input_shape)
        if report.has_errors():
            yield report.generate_report()
        yield from undefined_values(parameters, operation.input_shape)
    if query is not None:
        yield from QueryCheck(query.parsed, operation.output_shape).problems


def undefined_values(value, shape, path=""):
    """Texts that an enumeration does not define."""
    if shape.type_name == "structure" and isinstance(value, dict):
        for name, inner in value.items():
            yield from undefined_values(inner, shape.members[name], f"{path}.{name}")
    elif shape.type_name == "list" and isinstance(value, list):
        for inner in value:
            yield from undefined_values(inner, shape.member, f"{path}[]")
    elif shape.type_name == "map" and isinstance(value, dict):
        for name, inner in value.items():
            yield from undefined_values(inner, shape.value, f"{path}.{name}")
    elif getattr(shape, "enum", None) and value not in shape.enum:
        yield f"{path}: {value} is none of {', '.join(shape.enum)}"
