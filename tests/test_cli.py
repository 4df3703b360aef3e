"""The command line: grammar, answers, and how it fails."""

import json
import os
import subprocess
import sys

import pytest

from cloudpack_baseline import __version__
from cloudpack_baseline.cli import main, parser
from cloudpack_baseline.whitepaper import controls


@pytest.fixture
def run(capsys):
    """Run a command: exit code, standard output, standard error."""

    def call(*arguments: str) -> tuple[int, str, str]:
        try:
            code = main(arguments)
        except SystemExit as left:
            code = left.code
        out, err = capsys.readouterr()
        return code, out, err

    return call


class TestGrammar:
    def test_version(self, run):
        assert run("--version") == (0, f"cloudpack-baseline {__version__}\n", "")

    @pytest.mark.parametrize("command", ["init", "record", "policy", "controls"])
    def test_help_of_each_command_tells_the_exit_codes(self, run, command):
        code, out, _ = run(command, "--help")
        assert code == 0
        assert "2 wrong input" in out
        assert command in run("--help")[1]

    @pytest.mark.parametrize("arguments", [(), ("bogus",), ("controls", "--lang", "fr"), ("-x",)])
    def test_usage_errors(self, run, arguments):
        code, out, err = run(*arguments)
        assert (code, out) == (2, "")
        assert err.startswith("usage: cloudpack-baseline")

    def test_lists_are_parted_by_commas_or_repeated(self):
        given = parser().parse_args(["policy", "--control", "a, b", "--control", "c"])
        assert given.control == ["a", "b", "c"]

    def test_nothing_named_is_none_not_empty(self):
        assert parser().parse_args(["policy"]).control is None

    def test_as_a_program(self):
        done = subprocess.run(
            [sys.executable, "-m", "cloudpack_baseline", "--version"],
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == f"cloudpack-baseline {__version__}"


class TestControls:
    def test_a_line_for_each(self, run):
        code, out, err = run("controls")
        head, *rows = out.splitlines()
        assert (code, err) == (0, "")
        assert head.split() == ["CONTROL", "CLAUSE", "RELATION", "TITLE"]
        assert [row.split()[0] for row in rows] == list(controls())
        assert "root-mfa      5.3.2   direct    The root user has MFA" in rows

    def test_in_japanese_columns_still_stand_under_each_other(self, run):
        _, out, _ = run("controls", "--lang", "ja")
        rows = [row.encode("euc-jp").decode("latin-1") for row in out.splitlines()]
        assert "ルートユーザーに MFA が設定されている" in out
        # Two bytes of EUC-JP are two columns of a terminal.
        column = rows[0].index("項番".encode("euc-jp").decode("latin-1"))
        assert {row[column - 1] for row in rows} == {" "}
        assert all(row[column] != " " for row in rows)

    def test_as_json(self, run):
        _, out, _ = run("controls", "--format", "json", "--lang", "ja", "--control", "s3-exposure")
        assert json.loads(out) == [
            {
                "id": "s3-exposure",
                "title": "S3 バケットの公開範囲が定義どおりである",
                "clauses": [
                    {
                        "number": "5.1.2",
                        "heading": "静的コンテンツのホスティングサービス",
                        "relation": "direct",
                    }
                ],
            }
        ]

    def test_by_clause(self, run):
        _, out, _ = run("controls", "--format", "json", "--clause", "3")
        assert [one["id"] for one in json.loads(out)] == ["rds-backup"]


class TestFailures:
    def test_every_wrong_name_at_once(self, run):
        code, out, err = run("controls", "--control", "root-mfaa,x", "--clause", "99")
        assert (code, out) == (2, "")
        assert err.splitlines() == [
            "cloudpack-baseline: there is no control 'root-mfaa'; did you mean root-mfa?",
            "cloudpack-baseline: there is no control 'x'",
            "cloudpack-baseline: there is no clause '99'",
        ]

    def test_a_reader_that_has_seen_enough(self):
        reading, writing = os.pipe()
        os.close(reading)
        with os.fdopen(writing, "wb") as out:
            done = subprocess.run(
                [sys.executable, "-m", "cloudpack_baseline", "controls"],
                stdout=out,
                stderr=subprocess.PIPE,
                check=False,
            )
        assert (done.returncode, done.stderr) == (0, b"")
