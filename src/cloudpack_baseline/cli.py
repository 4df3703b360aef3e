"""The command ``cloudpack-baseline``: arguments, and nothing else.

Each command lives in a module of `_cli`, which is imported only when it is run: help
is there at once.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from cloudpack_baseline._version import __version__

__all__ = ["main", "parser"]

_SOURCE_HELP = (
    "aws (the default), moto:URL (a server that is filled), moto (an empty one), "
    "snapshot:FILE, describe:FOLDER, template:PATH (CloudFormation), plan:FILE (Terraform)"
)
_EXIT_CODES = "exit codes: 0 done, 1 the source does not answer, 2 wrong input"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        arguments: of the command line; by default the process's own.

    Returns:
        The exit code: 0, or 1 where the source does not answer, an extra is missing or evidence
        is not what was signed, or 2 for wrong input, or 130 if interrupted. argparse leaves by
        `SystemExit` for help and usage errors.
    """
    parsed = parser().parse_args(arguments)
    from cloudpack_baseline.errors import CloudpackError, InputError  # noqa: PLC0415 - lazily
    from cloudpack_baseline.texts import environment_language  # noqa: PLC0415 - lazily

    if getattr(parsed, "lang", "") is None:
        parsed.lang = environment_language(os.environ)
    try:
        code: int | None = import_module(f"cloudpack_baseline._cli.{parsed.command}").run(parsed)
        sys.stdout.flush()
    except InputError as error:
        return _report(error, 2, parsed)
    except CloudpackError as error:
        return _report(error, 1, parsed)
    except BrokenPipeError:
        # The reader (a pager, head) has seen enough; Python must not complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        return 130  # as a shell has it: 128 and the number of the signal
    else:
        return code or 0
    return 0


def _report(error: Exception, code: int, parsed: argparse.Namespace) -> int:
    from cloudpack_baseline._cli.colours import styled  # noqa: PLC0415 - lazily
    from cloudpack_baseline.texts import printable  # noqa: PLC0415 - lazily

    for line in str(error).split("\n"):
        message = f"cloudpack-baseline: {printable(line)}"
        print(styled(message, "red", parsed, sys.stderr), file=sys.stderr)
    return code


def parser() -> argparse.ArgumentParser:
    """The grammar of the command line."""
    top = argparse.ArgumentParser(
        prog="cloudpack-baseline",
        description="The cloudpack security white paper as checks over AWS. "
        "The checks themselves are run by: pytest --cloudpack-baseline",
        epilog=_EXIT_CODES,
    )
    top.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _init(commands.add_parser("init", help="write a commented baseline file", epilog=_EXIT_CODES))
    _validate(commands.add_parser("validate", help="validate a baseline file", epilog=_EXIT_CODES))
    _schema(
        commands.add_parser(
            "schema", help="print the JSON Schema of the baseline file", epilog=_EXIT_CODES
        )
    )
    _record(commands.add_parser("record", help="record what the checks read", epilog=_EXIT_CODES))
    _reporting(
        commands.add_parser(
            "report", help="write reports of recorded snapshots", epilog=_EXIT_CODES
        )
    )
    _diff(
        commands.add_parser(
            "diff", help="show what changed between two snapshots", epilog=_EXIT_CODES
        )
    )
    _register(
        commands.add_parser(
            "register", help="write the register of all resources", epilog=_EXIT_CODES
        )
    )
    _sign(commands.add_parser("sign", help="sign snapshots and reports", epilog=_EXIT_CODES))
    _verify(
        commands.add_parser(
            "verify", help="verify that evidence is what was signed", epilog=_EXIT_CODES
        )
    )
    _repeat(
        commands.add_parser(
            "repeat", help="judge again what a report is about, and compare", epilog=_EXIT_CODES
        )
    )
    _templates(
        commands.add_parser(
            "templates",
            help="judge the CloudFormation templates among files",
            epilog="exit codes: 0 good, 1 something fails or is unknown, 2 wrong input",
        )
    )
    _policy(
        commands.add_parser(
            "policy", help="print the smallest IAM policy for a selection", epilog=_EXIT_CODES
        )
    )
    _controls(commands.add_parser("controls", help="list the controls", epilog=_EXIT_CODES))
    _clauses(
        commands.add_parser(
            "clauses", help="list what the white paper promises", epilog=_EXIT_CODES
        )
    )
    _explain(
        commands.add_parser("explain", help="show how a verdict is reached", epilog=_EXIT_CODES)
    )
    _matrix(
        commands.add_parser("matrix", help="show which segments reach which", epilog=_EXIT_CODES)
    )
    _completion(
        commands.add_parser(
            "completion", help="print what completes commands in a shell", epilog=_EXIT_CODES
        )
    )
    for name, command in commands.choices.items():
        if name != "explain":  # its subjects have the option
            _colour(command)
    return top


def _colour(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--color",
        choices=("auto", "yes", "no"),
        default="auto",
        help="colours on the terminal; NO_COLOR turns them off (default: auto)",
    )


def _explain(command: argparse.ArgumentParser) -> None:
    command.description = "Show how a verdict is reached, with the example that decides it."
    subjects = command.add_subparsers(dest="subject", required=True, metavar="SUBJECT")
    bucket = subjects.add_parser("s3", help="who can access a bucket, statement by statement")
    bucket.add_argument("bucket", metavar="BUCKET")
    flow = subjects.add_parser("flow", help="whether a connection passes, with its hops")
    ends = "a segment, a network, internet, the id or name of an interface or instance, an address"
    flow.add_argument("source_end", metavar="FROM", help=ends)
    flow.add_argument("target_end", metavar="TO", help="the same")
    flow.add_argument("service", metavar="PORT", help="443, https, tcp/8000-8080, udp/53, icmp")
    for subject in (bucket, flow):
        _language(subject)
        _source(subject, default="aws")
        _baseline(subject)
        _colour(subject)


def _matrix(command: argparse.ArgumentParser) -> None:
    command.description = (
        "Show which segments, declared networks and the internet can reach which, and on what, "
        "declared or not."
    )
    command.add_argument("--svg", metavar="FILE", help="also draw the matrix to this file")
    _language(command)
    _source(command, default="aws")
    _baseline(command)


def _init(command: argparse.ArgumentParser) -> None:
    command.description = (
        "Write a baseline file with comments. With --source, it lists the account, the Regions, "
        "the open buckets, the segments and the traffic that passes between them. The JSON Schema "
        "for editors is written next to it. An existing file is never overwritten."
    )
    _source(command, default=None)
    command.add_argument(
        "--file",
        default="cloudpack-baseline.toml",
        metavar="FILE",
        help="where to write it (default: %(default)s)",
    )
    command.add_argument(
        "--conftest",
        action="store_true",
        help="also write a conftest.py with the hook that builds the system on moto",
    )
    command.add_argument(
        "--pytest",
        action="store_true",
        help="also write conftest.py, a pytest configuration with the source moto, and the file "
        "for CI on GitHub or GitLab. Files that exist are kept, and what to add is shown",
    )


def _completion(command: argparse.ArgumentParser) -> None:
    command.description = (
        "Print the script that completes commands, options, controls, clauses and files. Its first "
        "lines say where it belongs."
    )
    command.set_defaults(grammar=parser)
    command.add_argument("shell", choices=("bash", "zsh", "fish"), metavar="SHELL")
    # What the scripts ask: the line, or the words, before the cursor.
    command.add_argument("--line", help=argparse.SUPPRESS)
    command.add_argument("--replaced", default="", help=argparse.SUPPRESS)
    command.add_argument("--words", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)


def _validate(command: argparse.ArgumentParser) -> None:
    command.description = (
        "Validate baseline files: keys, formats, names and dates. No account or snapshot is read. "
        "All problems are printed at once, each with its file, line and key. Exit code 2: there "
        "is one."
    )
    command.add_argument(
        "baseline",
        nargs="*",
        metavar="FILE",
        help="a baseline file (default: the nearest one in this folder or above)",
    )
    _catalogue(command)


def _schema(command: argparse.ArgumentParser) -> None:
    command.description = (
        "Print the JSON Schema of the baseline file. Editors with Taplo or Tombi, such as Visual "
        "Studio Code with Even Better TOML, read it if the first line of the baseline file is "
        "'#:schema ./cloudpack-baseline.schema.json'."
    )
    command.add_argument("-o", "--output", metavar="FILE", help="write it to this file instead")
    _catalogue(command)


def _record(command: argparse.ArgumentParser) -> None:
    command.description = (
        "Read what the selected controls need and write it as a snapshot, "
        "which --source snapshot:FILE judges again at any time."
    )
    command.add_argument(
        "output", nargs="?", metavar="FILE", help="the snapshot, such as run.json.gz"
    )
    command.add_argument(
        "--script",
        action="store_true",
        help="instead print the aws command lines that write a folder for --source describe:FOLDER",
    )
    _source(command, default="aws")
    _baseline(command)
    _selection(command)


def _reporting(command: argparse.ArgumentParser) -> None:
    command.description = (
        "Judge recorded snapshots together, and write reports: every finding, and the table of "
        "chapter 7. Of several snapshots of an account, the newest decides the status, and the "
        "others make up the audit period. The suffix of a file says in which format."
    )
    command.add_argument("snapshot", nargs="+", metavar="SNAPSHOT", help="a recorded snapshot")
    command.add_argument(
        "-o",
        "--output",
        action="append",
        required=True,
        metavar="FILE",
        help="a report: .html, .json, .md, .csv, .sarif, "
        ".ocsf.json, .asff.json, .oscal.json or .codequality.json; can be repeated",
    )
    command.add_argument(
        "--compare",
        metavar="REPORT.json",
        help="an earlier JSON report: also report what was corrected, what is new, what stayed",
    )
    command.add_argument(
        "--reference",
        metavar="SNAPSHOT",
        help="the recorded snapshot that security-drift compares with, instead of the one that "
        "the baseline file names",
    )
    command.add_argument(
        "--as-of",
        type=_time,
        metavar="TIME",
        help="the time as of which ages are calculated (default: that of the newest snapshot)",
    )
    command.add_argument(
        "--period-start",
        type=_time,
        metavar="TIME",
        help="when the audit period starts; more than 31 days without a snapshot, from then to "
        "the time of --as-of, leave open what was kept (default: with the first snapshot)",
    )
    _language(command)
    _selection(command)
    _baseline(command)


def _diff(command: argparse.ArgumentParser) -> None:
    command.description = (
        "Show which settings changed between two recorded snapshots, by the controls that read "
        "them, and which resources came and went. What AWS services manage themselves is left out."
    )
    command.add_argument("old", metavar="OLD", help="the earlier snapshot")
    command.add_argument("new", metavar="NEW", help="the later snapshot")
    _language(command)
    command.add_argument("--json", action="store_true", help="print JSON instead of text")
    _selection(command)
    _baseline(command)


def _register(command: argparse.ArgumentParser) -> None:
    command.description = (
        "Write all resources of recorded snapshots with their owners, as CSV. The tags that name "
        "an owner, and owners of resources without such a tag, are those of [register] in the "
        "baseline file."
    )
    command.add_argument("snapshot", nargs="+", metavar="SNAPSHOT", help="a recorded snapshot")
    command.add_argument("-o", "--output", required=True, metavar="FILE.csv", help="the register")
    _language(command)
    _baseline(command)


def _sign(command: argparse.ArgumentParser) -> None:
    command.description = (
        "Sign snapshots, reports and other files: FILE.sig.json contains a statement with the "
        "digest of FILE, and its signature. An existing signature is replaced."
    )
    _signed(command, "a PEM file with an Ed25519 private key")


def _verify(command: argparse.ArgumentParser) -> None:
    command.description = (
        "Verify that each file is the one that FILE.sig.json was written for, with the key. "
        "Exit code 1: one is not; the reason is printed."
    )
    _signed(command, "a PEM file with the public key")


def _signed(command: argparse.ArgumentParser, key: str) -> None:
    command.add_argument("evidence", nargs="+", metavar="FILE", help="a snapshot, a report, ...")
    keys = command.add_mutually_exclusive_group(required=True)
    keys.add_argument("--key", metavar="FILE", help=key)
    keys.add_argument("--kms", metavar="KEY", help="the ID, ARN or alias of an AWS KMS key")
    command.add_argument("--profile", metavar="NAME", help="the AWS profile that uses the key")


def _repeat(command: argparse.ArgumentParser) -> None:
    command.description = (
        "Judge snapshots as a report in HTML or JSON says, with the baseline that it contains, "
        "and compare each verdict. Exit code 1: one differs; the differences are printed."
    )
    command.add_argument("report", metavar="REPORT", help="a report: .html or .json")
    command.add_argument(
        "snapshot", nargs="+", metavar="SNAPSHOT", help="the snapshots that the report names"
    )
    _catalogue(command)


def _time(text: str) -> datetime:
    """A time with a time zone, or a day, at 00:00 UTC.

    Raises:
        ArgumentTypeError: it is none.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"not a time in ISO 8601: {text!r}") from None
    if moment.tzinfo is None and "T" not in text and " " not in text:
        return moment.replace(tzinfo=UTC)
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError(f"a time needs a time zone: {text!r}")
    return moment


def _templates(command: argparse.ArgumentParser) -> None:
    command.description = (
        "Judge the CloudFormation templates among the files, together, and print what fails or is "
        "unknown. Other files are skipped, so that a hook can name every file that changed. Exit "
        "code 1: something fails or is unknown."
    )
    command.add_argument("template", nargs="+", metavar="FILE", help="a template, or another file")
    command.add_argument(
        "--allow-unknown", action="store_true", help="exit code 0 if nothing fails"
    )
    _parameters(command)
    _regions(command)
    _language(command)
    _selection(command)
    _baseline(command)


def _policy(command: argparse.ArgumentParser) -> None:
    command.description = (
        "Print the smallest IAM policy that allows the selected controls to be judged, as JSON, "
        "or with a role that GitHub Actions or GitLab assumes by OpenID Connect, as a "
        "CloudFormation template or as Terraform."
    )
    command.add_argument(
        "--format",
        choices=("json", "cloudformation", "terraform"),
        default="json",
        help="(default: json)",
    )
    command.add_argument(
        "--split",
        action="store_true",
        help="print a list of policies that fit into managed policies (6,144 characters each)",
    )
    command.add_argument(
        "--file",
        metavar="FILE",
        help="a baseline file: only the controls that its [scope] does not leave out",
    )
    _audit_role(command)
    _catalogue(command)
    _selection(command)


def _audit_role(command: argparse.ArgumentParser) -> None:
    role = command.add_argument_group("the role, for --format cloudformation and terraform")
    role.add_argument(
        "--trust", choices=("github", "gitlab"), help="who assumes the role (default: github)"
    )
    role.add_argument(
        "--repository",
        metavar="OWNER/NAME",
        help="the repository or project whose jobs assume the role; otherwise, the subject of "
        "their tokens is a parameter without a default",
    )
    role.add_argument("--branch", metavar="NAME", help="the branch of the jobs (default: main)")
    role.add_argument(
        "--environment", metavar="NAME", help="their environment, instead of a branch (GitHub)"
    )
    role.add_argument(
        "--issuer", metavar="URL", help="the identity provider of a server of your own"
    )
    role.add_argument(
        "--audience",
        metavar="NAME",
        help="the audience of the tokens (default: sts.amazonaws.com; of GitLab, the issuer)",
    )
    role.add_argument("--role-name", metavar="NAME", help="(default: CloudpackAudit)")
    role.add_argument(
        "--evidence-bucket", metavar="BUCKET", help="a bucket to which the role may add objects"
    )


def _controls(command: argparse.ArgumentParser) -> None:
    command.description = (
        "List the controls with their clauses and titles; as JSON, also with their promises, "
        "remediation and cross-references."
    )
    _listing(command)
    _selection(command)


def _clauses(command: argparse.ArgumentParser) -> None:
    command.description = (
        "List the clauses of the white paper with their kind, their promises and who is "
        "responsible for them, the controls that judge them, and cross-references."
    )
    _listing(command)
    command.add_argument(
        "--clause",
        action="extend",
        type=_names,
        metavar="NUMBER[,NUMBER...]",
        help="only these clauses and all below them, such as 5.1 (default: all)",
    )


def _listing(command: argparse.ArgumentParser) -> None:
    _catalogue(command)
    _language(command)
    command.add_argument(
        "--format", choices=("table", "json"), default="table", help="(default: table)"
    )
    command.add_argument(
        "--json", dest="format", action="store_const", const="json", help="as --format json"
    )


def _source(command: argparse.ArgumentParser, default: str | None) -> None:
    command.add_argument("--source", default=default, metavar="SOURCE", help=_SOURCE_HELP)
    command.add_argument("--profile", metavar="NAME", help="the AWS profile that reads the account")
    _parameters(command)
    _regions(command)


def _parameters(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--parameters",
        type=Path,
        metavar="FILE",
        help="values of the parameters of a template: CloudFormation's parameter file, or lines "
        "of Key=Value",
    )


def _regions(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--region",
        action="extend",
        type=_names,
        metavar="REGION[,REGION...]",
        help="the Regions to read, instead of those in the baseline file",
    )


def _catalogue(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--catalogue",
        action="append",
        metavar="FILE.py",
        help="also the controls that pytest_cloudpack_catalogue returns in this file, such as "
        "conftest.py; can be repeated. Those of installed packages always count",
    )


def _baseline(command: argparse.ArgumentParser) -> None:
    _catalogue(command)
    command.add_argument(
        "--file",
        metavar="FILE",
        help="the baseline file (default: the nearest one in this folder or above, if any)",
    )


def _selection(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--control",
        action="extend",
        type=_names,
        metavar="ID[,ID...]",
        help="only these controls; can be repeated (default: all)",
    )
    command.add_argument(
        "--clause",
        action="extend",
        type=_names,
        metavar="NUMBER[,NUMBER...]",
        help="the controls of these clauses and all below them, such as 5.1; adds to --control",
    )


def _language(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--lang", choices=("ja", "en"), help="(default: that of LC_ALL, LC_MESSAGES or LANG)"
    )


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",")]
