"""The command line: grammar, answers, and how it fails."""

import json
import os
import re
import socket
import tomllib
from pathlib import Path
from subprocess import PIPE

import pytest

from cloudpack_baseline import Baseline, __version__, gather
from cloudpack_baseline.baseline import FILE_NAME, find_baseline
from cloudpack_baseline.baseline.schema import SCHEMA_NAME
from cloudpack_baseline.cli import main, parser
from cloudpack_baseline.sources.recording import read_snapshot, write_snapshot
from cloudpack_baseline.testing import mocked_account
from cloudpack_baseline.whitepaper import builtin, clauses, controls, promises
from processes import run_python


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

    @pytest.mark.parametrize(
        "command", ["init", "validate", "record", "policy", "controls", "clauses"]
    )
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
        done = run_python("-m", "cloudpack_baseline", "--version")
        assert done.stdout.strip() == f"cloudpack-baseline {__version__}"


class TestControls:
    def test_a_line_for_each_clause_of_each(self, run):
        code, out, err = run("controls")
        head, *rows = out.splitlines()
        assert (code, err) == (0, "")
        assert head.split() == ["CONTROL", "CLAUSE", "RELATION", "TITLE"]
        links = [
            (control.id, link.clause) for control in controls().values() for link in control.clauses
        ]
        assert [tuple(row.split()[:2]) for row in rows] == list(dict.fromkeys(links))
        (told,) = (row.split() for row in rows if row.startswith("root-mfa "))
        assert told == ["root-mfa", "5.3.2", "direct", "The", "root", "user", "has", "MFA"]

    def test_in_japanese_columns_still_stand_under_each_other(self, run):
        _, out, _ = run("controls", "--lang", "ja")
        rows = [row.encode("euc-jp").decode("latin-1") for row in out.splitlines()]
        assert "ルートユーザーに MFA が設定されている" in out
        # Two bytes of EUC-JP are two columns of a terminal.
        column = rows[0].index("項番".encode("euc-jp").decode("latin-1"))
        assert {row[column - 1] for row in rows} == {" "}
        assert all(row[column] != " " for row in rows)

    @pytest.mark.parametrize(
        ("language", "words"),
        [
            ("en", {"direct", "by analogy", "best practice"}),
            ("ja", {"直接", "準用", "ベストプラクティス"}),
        ],
    )
    def test_relations_are_words(self, run, language, words):
        _, out, _ = run("controls", "--lang", language)
        relations = {re.split(r"\s{2,}", row)[2] for row in out.splitlines()[1:]}
        assert relations == words

    def test_as_json(self, run):
        _, out, _ = run("controls", "--format", "json", "--lang", "ja", "--control", "s3-exposure")
        assert json.loads(out) == [
            {
                "id": "s3-exposure",
                "title": "S3 バケットの公開範囲が定義どおりである",
                "remedy": controls()["s3-exposure"].remedy["ja"],
                "parties": ["cloudpack", "customer"],
                "since": "0.1",
                "clauses": [
                    {
                        "number": "5.1.2",
                        "heading": "静的コンテンツのホスティングサービス",
                        "relation": "direct",
                        "promise": "5.1.2.exposure",
                    }
                ],
                "promises": ["5.1.2.exposure"],
                "references": {
                    "pci_dss_4_0_1": ["1.4.4", "7.2.1", "7.3.3"],
                    "iso_27001_2022_annex_a": ["5.15", "8.3", "8.12"],
                    "note": None,
                },
            }
        ]

    def test_the_short_form_for_json(self, run):
        assert run("controls", "--json") == run("controls", "--format", "json")

    def test_a_best_practice_of_a_clause_that_does_not_promise_it(self, run):
        _, out, _ = run("controls", "--json", "--control", "admin-privileges")
        (load,) = json.loads(out)
        (link,) = load["clauses"]
        assert load["promises"] == ["2.2.2.aws-best-practices", "3.3.aws-best-practices"]
        assert (link["number"], link["relation"], link["promise"]) == (
            "4.5.2",
            "best-practice",
            None,
        )

    def test_several_promises_of_a_clause_are_one_line(self, run):
        _, out, _ = run("controls", "--control", "access-keys-declared")
        assert len(out.splitlines()) == 2

    def test_by_clause(self, run):
        _, out, _ = run("controls", "--format", "json", "--clause", "3")
        chosen = [load["id"] for load in json.loads(out)]
        assert "rds-backup" in chosen
        assert "root-mfa" not in chosen


class TestLanguage:
    def test_that_of_the_environment(self, run, monkeypatch):
        monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
        assert "ルートユーザー" in run("controls")[1]
        assert "ルートユーザー" not in run("controls", "--lang", "en")[1]
        assert "ルートユーザー" not in run("policy")[1]


class TestClauses:
    def test_each_clause_and_each_promise(self, run):
        code, out, err = run("clauses")
        assert (code, err) == (0, "")
        numbers = [line.split()[0] for line in out.splitlines() if re.match(r"\d", line)]
        assert numbers == list(clauses())
        for promise in promises().values():
            assert f"    {promise.id}  [" in out
            assert promise.text["en"] in out
        assert out.endswith("the standards in force\n")

    def test_what_is_shown_of_a_clause(self, run):
        _, out, _ = run("clauses", "--clause", "4.4.5")
        head, pci, iso, logs, judges, *_ = out.splitlines()
        assert head == "4.4.5  Monitoring of the operations network  [mixed]"
        assert pci.startswith("    PCI DSS v4.0.1: 10.2.1, ")
        assert iso == "    ISO/IEC 27001:2022 Annex A: 5.26, 8.15, 8.16"
        assert logs.startswith(
            "    4.4.5.access-logs  [attested (valid for at most 366 days); cloudpack]  Access is"
        )
        assert judges.startswith("        by analogy: ")
        assert "cloudtrail-log-integrity" in judges

    def test_best_practices_where_they_are_promised_and_where_not(self, run):
        _, out, _ = run("clauses", "--clause", "2.2.2,5.1.2")
        (best,) = (line for line in out.splitlines() if "        best practice: " in line)
        assert "s3-public-access-block" in best
        assert "best practice that this clause does not promise: s3-public-access-block" in out

    def test_in_japanese(self, run):
        _, out, _ = run("clauses", "--lang", "ja", "--clause", "5.6,6.2")
        assert "5.6  AWS のリージョンについて  [自動判定]" in out
        assert "[参考情報; ユーザー]" in out
        assert "    外部の文書への参照だけである" in out
        assert not re.search(r"\b(judged|customer|informative)\b", out)

    @pytest.mark.parametrize("language", ["ja", "en"])
    def test_as_json(self, run, language):
        _, out, _ = run("clauses", "--json", "--lang", language, "--clause", "4.5.3")
        document = json.loads(out)
        (clause,) = document["clauses"]
        assert document["caution"] == builtin().caution[language]
        assert clause["kind"] == "mixed"
        assert clause["references"]["pci_dss_4_0_1"] == ["10.2.1", "10.4.1", "10.5.1"]
        (logs,) = (
            promise for promise in clause["promises"] if promise["id"] == "4.5.3.customer-logs"
        )
        assert logs["text"] == promises()["4.5.3.customer-logs"].text[language]
        assert logs["parties"] == ["customer"]
        assert {"id": "vpc-flow-logs", "relation": "best-practice"} in logs["controls"]

    def test_no_such_clause(self, run):
        code, out, err = run("clauses", "--clause", "9")
        assert (code, out) == (2, "")
        assert "there is no clause '9'" in err


class TestPolicy:
    def test_the_smallest_policy_of_one_control(self, run):
        code, out, _ = run("policy", "--control", "root-mfa")
        (statement,) = json.loads(out)["Statement"]
        assert code == 0
        assert statement["Effect"] == "Allow"
        assert statement["Action"] == ["iam:GetAccountSummary"]

    def test_a_selection_needs_what_its_controls_need(self, run):
        def actions(*arguments: str) -> set[str]:
            (statement,) = json.loads(run("policy", *arguments)[1])["Statement"]
            return set(statement["Action"])

        both, backup = actions("--control", "root-mfa,rds-backup"), actions("--control=rds-backup")
        assert both == actions("--control", "root-mfa") | backup
        assert backup <= actions("--clause", "3.1")
        assert both < actions()

    def test_split_into_managed_policies(self, run):
        (whole,) = json.loads(run("policy")[1])["Statement"]
        policies = json.loads(run("policy", "--split")[1])
        split = [policy["Statement"][0]["Action"] for policy in policies]
        assert [action for actions in split for action in actions] == whole["Action"]
        services = [{action.partition(":")[0] for action in actions} for actions in split]
        assert sum(map(len, services)) == len(set().union(*services))
        for policy in policies:
            assert len(json.dumps(policy, separators=(",", ":"))) <= 6_144
            assert policy["Statement"][0]["Resource"] == "*"
        assert len(policies) == 2

    def test_a_small_policy_is_a_list_of_one(self, run):
        policy = json.loads(run("policy", "--control", "root-mfa")[1])
        assert json.loads(run("policy", "--split", "--control", "root-mfa")[1]) == [policy]

    def test_nothing_to_split(self, run):
        assert json.loads(run("policy", "--split", "--control", "yearly-assessment")[1]) == []

    def test_no_such_control(self, run):
        assert run("policy", "--control", "x")[0] == 2


class TestRecord:
    @pytest.fixture(autouse=True)
    def _elsewhere(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)

    def test_what_is_recorded_is_read_again(self, run, tmp_path):
        chosen = ("--control", "rds-backup", "--region", "us-east-1")
        code, out, err = run("record", "--source", "moto", *chosen, "a.json.gz")
        first = read_snapshot(tmp_path / "a.json.gz")
        assert (code, err) == (0, "")
        assert out.strip().endswith(first.digest)
        assert {one.kind for one in first.coverage} >= {"DBInstance", "DBCluster"}
        assert run("record", "--source", "snapshot:a.json.gz", *chosen, "b.json")[0] == 0
        assert read_snapshot(tmp_path / "b.json") == first

    def test_regions_of_the_command_line_go_before_the_baselines(self, run, tmp_path):
        (tmp_path / FILE_NAME).write_text('regions = ["us-east-1"]', encoding="utf-8")
        chosen = ("record", "--source", "moto", "--control", "rds-backup")

        def regions(*arguments: str) -> tuple[str, ...]:
            assert run(*chosen, *arguments, "x.json")[0] == 0
            return read_snapshot(tmp_path / "x.json").accounts[0].regions

        assert regions() == ("us-east-1",)
        assert regions("--region", "ap-northeast-1,ap-northeast-3") == (
            "ap-northeast-1",
            "ap-northeast-3",
        )

    def test_the_declared_account_is_the_one_that_is_read(self, run, tmp_path):
        (tmp_path / "other.toml").write_text(
            '[accounts.production]\nid = "210987654321"', encoding="utf-8"
        )
        chosen = ("record", "--source", "moto", "--control", "root-mfa", "--file", "other.toml")
        assert run(*chosen, "x.json")[0] == 0
        (account,) = read_snapshot(tmp_path / "x.json").accounts
        assert (account.id, account.name) == ("210987654321", "production")

    def test_the_script_asks_for_what_the_controls_read(self, run):
        code, out, _ = run("record", "--script", "--control", "rds-backup", "--region", "us-east-1")
        assert code == 0
        assert "rds describe-db-instances" in out
        assert "for region in us-east-1; do" in out
        assert "s3api" not in out

    @pytest.mark.parametrize("arguments", [(), ("x.json", "--script")])
    def test_either_a_file_or_the_script(self, run, arguments):
        code, _, err = run("record", *arguments)
        assert code == 2
        assert "either FILE, the snapshot to write, or --script" in err

    def test_a_broken_baseline_tells_all(self, run, tmp_path):
        (tmp_path / FILE_NAME).write_text("a = 1\nb = 2", encoding="utf-8")
        code, _, err = run("record", "--source", "moto", "x.json")
        assert code == 2
        assert [line.split(": ")[:3] for line in err.splitlines()] == [
            ["cloudpack-baseline", f"{tmp_path / FILE_NAME}:{line}", key]
            for line, key in enumerate(("a", "b"), start=1)
        ]

    @pytest.mark.parametrize("source", ["bogus", "moto:", "snapshot:", "snapshot:absent.json"])
    def test_no_such_source(self, run, source):
        code, _, err = run("record", "--source", source, "x.json")
        assert code == 2
        assert err.startswith("cloudpack-baseline: ")

    def test_nobody_answers(self, run, tmp_path):
        with socket.socket() as held:  # bound, and not listening: the port is nobody else's
            held.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{held.getsockname()[1]}"
            code, _, err = run("record", "--source", f"moto:{url}", "x.json")
        assert code == 1
        assert url in err
        assert not (tmp_path / "x.json").exists()

    def test_a_file_that_cannot_be_written(self, run, tmp_path):
        (tmp_path / "folder").mkdir()
        code, _, err = run("record", "--source", "moto", "--control", "root-mfa", "folder")
        assert code == 2
        assert "cannot be written" in err


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> Path:
    """A snapshot of an open bucket, a private one, and two databases of two tiers."""
    path = tmp_path_factory.mktemp("shop") / "shop.json"
    everybody = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}
    statement = everybody | {"Resource": "arn:aws:s3:::shop-open/*"}
    with mocked_account(region="us-east-1") as account:
        s3, rds = account.session.client("s3"), account.session.client("rds")
        for name in ("shop-open", "shop-shut"):
            s3.create_bucket(Bucket=name, ObjectOwnership="BucketOwnerEnforced")
        s3.put_bucket_policy(
            Bucket="shop-open",
            Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
        )
        for tier in ("db", "cache"):
            rds.create_db_instance(
                DBInstanceIdentifier=tier,
                DBInstanceClass="db.t3.medium",
                Engine="mysql",
                Tags=[{"Key": "Tier", "Value": tier}, {"Key": "Name", "Value": tier}],
            )
        account.session.client("ec2").run_instances(
            ImageId="ami-12c6146b",
            MinCount=1,
            MaxCount=1,
            TagSpecifications=[
                {"ResourceType": "instance", "Tags": [{"Key": "Tier", "Value": "web"}]}
            ],
        )
        controls = ["s3-exposure", "segmentation", "rds-backup"]
        write_snapshot(gather(account.session, regions=["us-east-1"], controls=controls), path)
    return path


class TestInit:
    @pytest.fixture(autouse=True)
    def _elsewhere(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)

    def test_it_is_found_and_read(self, run, tmp_path):
        assert run("init") == (0, f"wrote {FILE_NAME}\nwrote {SCHEMA_NAME}\n", "")
        assert Baseline.load(find_baseline([tmp_path])).regions == ("*",)

    def test_regions_that_the_user_names(self, run, tmp_path):
        run("init", "--region", "ap-northeast-1")
        assert Baseline.load(tmp_path / FILE_NAME).regions == ("ap-northeast-1",)

    def test_a_file_is_never_overwritten(self, run, tmp_path):
        (tmp_path / FILE_NAME).write_text("mine", encoding="utf-8")
        code, out, err = run("init")
        assert (code, out) == (2, "")
        assert err == f"cloudpack-baseline: {FILE_NAME}: already exists, and is not overwritten\n"
        assert (tmp_path / FILE_NAME).read_text(encoding="utf-8") == "mine"

    def test_what_is_there_is_named_and_what_is_open_is_suggested(self, run, tmp_path, shop):
        assert run("init", "--source", f"snapshot:{shop}")[0] == 0
        text = (tmp_path / FILE_NAME).read_text(encoding="utf-8")
        baseline = Baseline.load(tmp_path / FILE_NAME)
        assert [account.id for account in baseline.accounts.values()] == ["123456789012"]
        assert (baseline.segments, baseline.buckets) == ((), ())
        assert "# Buckets that are private now and have to stay private: 1.\n" in text
        assert "# shop-open now:\n#   anonymous users can read objects" in text
        assert '#name = "db"\n#tags = { Tier = "db" } # 1 server or database\n' in text
        assert '#from = ["internet"]\n#to = ["web"]\n' in text
        taken = re.sub(r"^#(?![ :])", "", text, flags=re.MULTILINE)
        assert [bucket.name for bucket in Baseline.from_mapping(tomllib.loads(taken)).buckets] == [
            "shop-open"
        ]

    def test_a_conftest_for_moto_beside_it(self, run, tmp_path):
        code, out, _ = run("init", "--conftest")
        assert (code, out) == (0, f"wrote {FILE_NAME}\nwrote {SCHEMA_NAME}\nwrote conftest.py\n")
        written = (tmp_path / "conftest.py").read_text(encoding="utf-8")
        compile(written, "conftest.py", "exec")
        assert "@pytest.hookimpl(optionalhook=True)" in written

    def test_an_existing_conftest_is_kept_and_nothing_written(self, run, tmp_path):
        (tmp_path / "conftest.py").write_text("mine", encoding="utf-8")
        assert run("init", "--conftest")[0] == 2
        assert not (tmp_path / FILE_NAME).exists()
        assert (tmp_path / "conftest.py").read_text(encoding="utf-8") == "mine"

    def test_another_name_needs_the_option(self, run):
        _, out, _ = run("init", "--file", "other.toml")
        assert out.splitlines()[-1].endswith("or point --cloudpack-file at it")

    def test_a_folder_that_is_not_there(self, run):
        code, _, err = run("init", "--file", "no/where.toml")
        assert code == 2
        assert "cannot be written" in err


class TestFailures:
    def test_every_wrong_name_at_once(self, run):
        code, out, err = run("controls", "--control", "guarddutyy,x", "--clause", "99")
        assert (code, out) == (2, "")
        assert err.splitlines() == [
            "cloudpack-baseline: there is no control 'guarddutyy'; did you mean guardduty?",
            "cloudpack-baseline: there is no control 'x'",
            "cloudpack-baseline: there is no clause '99'",
        ]

    def test_an_interrupt_leaves_without_traceback(self, run, monkeypatch):
        def interrupted(_):
            raise KeyboardInterrupt

        monkeypatch.setattr("cloudpack_baseline._cli.controls.run", interrupted)
        assert run("controls") == (130, "", "")

    def test_a_reader_that_has_seen_enough(self):
        reading, writing = os.pipe()
        os.close(reading)
        with os.fdopen(writing, "wb") as out:
            done = run_python(
                "-m",
                "cloudpack_baseline",
                "controls",
                capture_output=False,
                stdout=out,
                stderr=PIPE,
                check=False,
            )
        assert (done.returncode, done.stderr) == (0, "")
