"""Controls of one's own: in Python, on the command line, and as a package."""

import json
import textwrap
from pathlib import Path

import pytest
from attrs import frozen

from cloudpack_baseline import Baseline, Outcome, assess, gather
from cloudpack_baseline.authoring import (
    Catalogue,
    Clause,
    Promise,
    Relation,
    Setting,
    Unknown,
    bilingual,
    control,
    each,
    failed,
    in_each_region,
    passed,
    read_catalogue,
    reads,
    unknown,
)
from cloudpack_baseline.cli import main
from cloudpack_baseline.errors import InputError
from cloudpack_baseline.judging import reads_of
from cloudpack_baseline.model.guardduty import Detector
from cloudpack_baseline.model.s3 import Bucket
from cloudpack_baseline.model.values import Why
from cloudpack_baseline.reports.formats import SUFFIXES, renderer_of
from cloudpack_baseline.testing import mocked_account, must_fail, must_pass, records
from cloudpack_baseline.whitepaper import builtin, installed

HOUSE = Clause(id="house.1", heading="バケットの名前", heading_en="Names of buckets", kind="judged")
DENIED = Unknown.because(
    Why.DENIED, operation="s3:GetBucketVersioning", code="AccessDenied", actions=("s3:X",)
)


@frozen(kw_only=True)
class BucketNameOptions:
    """Options of bucket-name.

    Attributes:
        prefix: with which names begin.
    """

    prefix: str = "acme-"


@control(
    "bucket-name",
    HOUSE,
    reads(Bucket),
    title=bilingual("Names of buckets begin with our prefix", "バケット名が接頭辞で始まる"),
    remedy=bilingual("Create it under another name", "別の名前で作成し直す"),
    options=BucketNameOptions,
)
def bucket_name(view):
    """Reads the name of each bucket (ListBuckets)."""
    prefix = view.baseline.options(BucketNameOptions).prefix
    for bucket in view.all(Bucket):
        judge = passed if bucket.name.startswith(prefix) else failed
        yield view.finding(
            bucket, judge(bilingual("named", "名前"), read=bucket.name, expected=f"{prefix}*")
        )


VERSIONS = control(
    "bucket-versions",
    "5.1.2",
    title=bilingual("Buckets keep versions"),
    relation=Relation.BEST_PRACTICE,
)(each(Bucket, Setting("ownership", "BucketOwnerEnforced"), evidence="Reads ownership."))

GOOD, BAD = records.bucket("acme-docs"), records.bucket("docs")


class TestJudging:
    def test_a_function(self):
        must_pass(bucket_name, GOOD)
        assessment = must_fail(bucket_name, GOOD, BAD)
        outcomes = {finding.resource.name: finding.outcome for finding in assessment.findings}
        assert outcomes == {"acme-docs": Outcome.PASS, "docs": Outcome.FAIL}

    def test_a_declaration_needs_no_texts(self):
        must_pass(VERSIONS, GOOD)
        assessment = must_fail(VERSIONS, records.bucket("x", ownership="ObjectWriter"))
        (observation,) = assessment.findings[0].observations
        assert observation.message.in_language("en") == "the setting is not as required"
        assert observation.read == "ObjectOwnership=ObjectWriter"

    def test_a_declaration_for_each_region(self):
        detectors = control("detectors", HOUSE, title=bilingual("Detectors are on"))(
            in_each_region(Detector, Setting("status", "ENABLED"), evidence="Reads detectors.")
        )
        (finding,) = must_fail(detectors).findings
        (observation,) = finding.observations
        assert observation.message.in_language("en") == "the Region has no such resource"

    def test_an_unknown_value_is_unknown(self):
        snapshot = records.snapshot(records.bucket("x", ownership=DENIED), controls=[VERSIONS])
        (finding,) = assess(snapshot, controls=[VERSIONS]).findings
        assert finding.outcome is Outcome.UNKNOWN
        for must in (must_pass, must_fail):
            with pytest.raises(AssertionError, match=r"(?s)expected to .*: bucket-versions.*x"):
                must(VERSIONS, snapshot)

    def test_a_denied_listing_is_a_finding(self):
        snapshot = records.snapshot(controls=[bucket_name], unread={"Bucket": DENIED})
        (finding,) = assess(snapshot, controls=[bucket_name]).findings
        assert (finding.control, finding.outcome) == ("bucket-name", Outcome.UNKNOWN)

    def test_nothing_to_judge_does_not_pass(self):
        assert not assess(records.snapshot(controls=[bucket_name]), controls=[bucket_name]).judged
        with pytest.raises(AssertionError, match="expected to pass"):
            must_pass(bucket_name)

    def test_beside_those_of_the_white_paper(self):
        snapshot = records.snapshot(BAD, controls=["s3-versioning", bucket_name])
        assessment = assess(snapshot, controls=["s3-versioning", bucket_name])
        assert [finding.control for finding in assessment.findings] == [
            "s3-versioning",
            "bucket-name",
        ]

    def test_helpers_take_controls_of_the_white_paper(self):
        must_pass("s3-website", GOOD)
        with pytest.raises(AssertionError, match="expected to fail: s3-website"):
            must_fail("s3-website", GOOD)

    def test_it_is_gathered_from_a_session(self):
        with mocked_account(region="us-east-1") as account:
            s3 = account.session.client("s3")
            s3.create_bucket(Bucket="acme-docs")
            must_pass(bucket_name, account.session, baseline=Baseline(regions=("us-east-1",)))
            snapshot = gather(account.session, controls=[bucket_name], regions=["us-east-1"])
        assert {type(record) for record in snapshot.records} == {Bucket}


class TestReporting:
    def test_text_in_both_languages(self):
        assessment = must_fail(bucket_name, BAD)
        english, japanese = assessment.text(), assessment.text("ja")
        assert "bucket-name: Names of buckets begin with our prefix" in english
        assert "clause house.1 Names of buckets" in english
        assert "Create it under another name" in english
        assert "バケット名が接頭辞で始まる" in japanese
        assert "バケットの名前" in japanese

    def test_without_a_remedy_none_is_shown(self):
        assessment = must_fail(VERSIONS, records.bucket("x", ownership="ObjectWriter"))
        assert "emediation" not in assessment.text()

    @pytest.mark.parametrize("suffix", SUFFIXES)
    def test_without_a_remedy_reports_show_the_good_state(self, suffix):
        assessment = must_fail(VERSIONS, records.bucket("x", ownership="ObjectWriter"))
        values = assessment.to_json()
        assert values["findings"][0]["remedy"] == VERSIONS.title
        assert assessment.findings[0].remedy.in_language("en") == VERSIONS.title["en"]
        report = renderer_of(Path(f"report{suffix}"))(values, "en")
        assert any(word.encode() in report for word in (VERSIONS.id, VERSIONS.title["en"]))

    def test_json(self):
        (finding,) = must_fail(bucket_name, BAD).to_json()["findings"]
        assert finding["title"]["ja"] == "バケット名が接頭辞で始まる"
        assert finding["clauses"] == {"house.1": "direct"}
        assert finding["remedy"]["en"] == "Create it under another name"

    def test_a_finding_knows_its_control(self):
        (finding,) = must_fail(bucket_name, BAD).findings
        assert finding.definition is bucket_name
        assert finding.title.in_language("en") == "Names of buckets begin with our prefix"


class TestBaseline:
    CATALOGUE = builtin().extended(bucket_name)

    def baseline(self, **values) -> Baseline:
        return Baseline.from_mapping(values, catalogue=self.CATALOGUE)

    def test_options(self):
        declared = self.baseline(controls={"bucket-name": {"prefix": "do"}})
        must_pass(bucket_name, BAD, baseline=declared)

    def test_a_mistake_in_its_options(self):
        with pytest.raises(InputError, match=r"controls\.bucket-name\.prefix: expected a string"):
            self.baseline(controls={"bucket-name": {"prefix": 1}})

    def test_a_waiver(self):
        waiver = {
            "control": "bucket-name",
            "resource": "docs",
            "reason": "old",
            "approved_by": "ops@example.jp",
            "approved_on": records.TAKEN_AT.date(),
            "expires": records.TAKEN_AT.date(),
        }
        declared = self.baseline(waivers=[waiver])
        snapshot = records.snapshot(BAD, controls=[bucket_name])
        assert assess(snapshot, declared, controls=["bucket-name"]).counts["waived"] == 1
        with pytest.raises(AssertionError, match="expected to pass"):
            must_pass(bucket_name, snapshot, baseline=declared)
        with pytest.raises(InputError, match="there is no control 'bucket-name'"):
            Baseline.from_mapping({"waivers": [waiver]})

    def test_scope_names_its_clause(self):
        excluded = self.baseline(scope={"exclude": [{"clause": "house", "reason": "later"}]})
        snapshot = records.snapshot(BAD, controls=[bucket_name])
        (finding,) = assess(snapshot, excluded, controls=["bucket-name"]).findings
        assert finding.outcome is Outcome.NOT_APPLICABLE
        with pytest.raises(InputError, match="there is no clause 'mouse'"):
            self.baseline(scope={"exclude": [{"clause": "mouse", "reason": "x"}]})

    def test_all_controls_of_its_catalogue_are_selected(self):
        snapshot = records.snapshot(BAD)
        everything = assess(snapshot, Baseline(catalogue=self.CATALOGUE))
        judged = [
            finding.control for finding in everything.findings if finding.resource.kind != "Promise"
        ]
        assert judged[-1] == "bucket-name"
        assert "bucket-name" not in {finding.control for finding in assess(snapshot).findings}


class TestCatalogue:
    def test_selection(self):
        catalogue = builtin().extended(bucket_name, VERSIONS)
        assert catalogue.select(clause_ids=["house"]) == (bucket_name,)
        assert catalogue.select(clause_ids=["5.1.2"])[-1] is VERSIONS
        assert catalogue.clauses["house.1"].heading_en == "Names of buckets"
        assert reads_of([bucket_name]) == (reads(Bucket),)

    def test_nothing_is_replaced(self):
        catalogue = builtin().extended(bucket_name)
        with pytest.raises(InputError, match="there is already a control 'bucket-name'"):
            catalogue.extended(bucket_name)
        taken = Clause(id="5.1.2", heading="a", heading_en="a", kind="judged")
        with pytest.raises(InputError, match=r"there is already a clause '5\.1\.2'"):
            builtin().extended(Catalogue(clauses={"5.1.2": taken}))
        assert "bucket-name" not in builtin().controls

    @pytest.mark.parametrize("id_", ["", "Bucket", "bucket_name", "4.1.4.education", "a--b", "a "])
    def test_an_id_is_kebab_case(self, id_):
        with pytest.raises(InputError, match="expected an ID in kebab-case"):
            control(id_, HOUSE, title=bilingual("x"))

    def test_the_id_of_the_waivers_is_reserved(self):
        with pytest.raises(InputError, match="control 'waivers': the ID is reserved"):
            control("waivers", HOUSE, title=bilingual("x"))

    def test_a_clause_or_promise_that_does_not_exist(self):
        with pytest.raises(InputError, match=r"no clause or promise '5\.1\.22'"):
            control("x", "5.1.22", title=bilingual("x"))(VERSIONS.check)
        promise = Promise(id="2.3.x", clause="2.3", text={}, parties=("customer",), kind="judged")
        unlisted = control("x", promise, title=bilingual("x"))(VERSIONS.check)
        with pytest.raises(InputError, match=r"there is no promise '2\.3\.x'"):
            builtin().extended(unlisted)
        listed = builtin().extended(Catalogue(promises={promise.id: promise}), unlisted)
        assert listed.judged_promises(unlisted) == (promise,)

    def test_several_clauses(self):
        both = control("x", [HOUSE, "5.1.2.exposure"], title=bilingual("x"))(VERSIONS.check)
        assert [(link.clause, link.promise) for link in both.clauses] == [
            ("house.1", ""),
            ("5.1.2", "5.1.2.exposure"),
        ]

    def test_a_function_reads_something(self):
        with pytest.raises(InputError, match="control x: name what it reads"):
            control("x", HOUSE, title=bilingual("x"))(lambda _: ())

    def test_links_to_nothing(self):
        with pytest.raises(InputError, match="there is no control 'root-mfaa'"):
            builtin().extended(Catalogue(links={"root-mfaa": ()}))

    def test_an_unknown_observation_can_be_made(self):
        assert unknown("Status", DENIED).outcome is Outcome.UNKNOWN


FILE = '''
from cloudpack_baseline.authoring import Clause, bilingual, control, passed, reads
from cloudpack_baseline.model.kms import KmsKey

OURS = Clause(id="house.1", heading="x", heading_en="Keys", kind="judged")

@control("our-keys", OURS, reads(KmsKey), title=bilingual("Keys are ours", "x"))
def our_keys(view):
    """Reads the keys."""
    for key in view.all(KmsKey):
        yield view.finding(key, passed(bilingual("ours")))

def pytest_cloudpack_catalogue(config):
    return our_keys
'''


class TestCommandLine:
    @pytest.fixture
    def run(self, tmp_path, monkeypatch, capsys):
        monkeypatch.chdir(tmp_path)

        def call(*arguments: str, text: str = FILE) -> tuple[int, str, str]:
            (tmp_path / "conftest.py").write_text(textwrap.dedent(text), encoding="utf-8")
            code = main([*arguments, "--catalogue", "conftest.py"])
            out, err = capsys.readouterr()
            return code, out, err

        return call

    def test_the_least_privilege_policy(self, run):
        _, out, _ = run("policy", "--control", "our-keys")
        assert json.loads(out)["Statement"][0]["Action"] == [
            "ec2:DescribeRegions",
            "kms:DescribeKey",
            "kms:ListKeys",
        ]

    def test_controls_and_clauses(self, run):
        assert "our-keys" in run("controls", "--clause", "house")[1]
        _, out, _ = run("clauses", "--clause", "house.1")
        assert out.startswith("house.1  Keys  [judged]\n    direct: our-keys\n")
        (clause,) = json.loads(run("clauses", "--clause", "house.1", "--json")[1])["clauses"]
        assert clause["controls"] == [{"id": "our-keys", "relation": "direct"}]
        assert clause["not_promised"] == []

    def test_record_script(self, run):
        _, out, _ = run("record", "--script", "--control", "our-keys", "--region", "us-east-1")
        assert "kms list-keys" in out

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("x = 1", "has no function pytest_cloudpack_catalogue"),
            (
                "def pytest_cloudpack_catalogue(): pass",
                "pytest_cloudpack_catalogue: expected a Catalogue or Control, got NoneType",
            ),
            (
                "def pytest_cloudpack_catalogue(): return ['root-mfa']",
                "pytest_cloudpack_catalogue: expected a Catalogue or Control, got str",
            ),
            ("1 / 0", "cannot be imported: ZeroDivisionError: division by zero"),
            (
                "def pytest_cloudpack_catalogue(): return 1 / 0",
                "pytest_cloudpack_catalogue failed: ZeroDivisionError: division by zero",
            ),
        ],
    )
    def test_files_that_do_not_serve(self, run, text, message):
        code, out, err = run("controls", text=text)
        assert (code, out) == (2, "")
        assert f"conftest.py: {message}" in err

    def test_no_such_file(self, run):
        _, _, err = run("controls", "--catalogue", "other.py")
        assert "other.py: is not a Python file" in err

    def test_several_controls(self, run):
        text = FILE.replace("return our_keys", "return [our_keys]")
        assert run("controls", "--control", "our-keys", text=text)[0] == 0


PACKAGE = {
    "acme_rules/__init__.py": """
        from importlib.resources import files

        from cloudpack_baseline.authoring import Setting, bilingual, control, each, read_catalogue
        from cloudpack_baseline.model.s3 import Bucket

        PAPER = read_catalogue(files(__name__))
        BUCKETS = control(
            "acme-buckets", "acme.2.owner", title=bilingual("We own objects"), catalogue=PAPER
        )(each(Bucket, Setting("ownership", "BucketOwnerEnforced"), evidence="Reads ownership."))
        CATALOGUE = PAPER.extended(BUCKETS)
    """,
    "acme_rules/clauses.toml": """
        ["acme.1"]
        ja = "ルートユーザー"
        en = "Root user"
        kind = "judged"

        ["acme.2"]
        ja = "オブジェクト"
        en = "Objects"
        kind = "mixed"
    """,
    "acme_rules/promises.toml": """
        ["acme.1".mfa]
        ja = "MFA がある"
        en = "The root user has MFA"
        party = "customer"
        kind = "judged"

        ["acme.2".owner]
        ja = "オブジェクトを所有する"
        en = "We own our objects"
        party = "customer"
        kind = "judged"

        ["acme.2".review]
        ja = "毎年見直す"
        en = "They are reviewed every year"
        party = "customer"
        kind = "attested"
        valid_days = 366
    """,
    "acme_rules/controls.toml": """
        [root-mfa]
        clauses = { "acme.1" = "direct" }
    """,
    "acme_rules-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: acme-rules\nVersion: 1.0\n",
    "acme_rules-1.0.dist-info/entry_points.txt": """
        [cloudpack_baseline.catalogues]
        acme = acme_rules:CATALOGUE
    """,
}


class TestPackage:
    """Another white paper: clauses, promises and a control of its own, and one of ours."""

    @pytest.fixture
    def package(self, tmp_path, monkeypatch):
        def install(**changes: str):
            for path, text in (PACKAGE | changes).items():
                file = tmp_path / path
                file.parent.mkdir(exist_ok=True)
                file.write_text(textwrap.dedent(text), encoding="utf-8")
            monkeypatch.syspath_prepend(tmp_path)

        yield install
        monkeypatch.undo()
        import sys  # noqa: PLC0415 - what the test loaded

        sys.modules.pop("acme_rules", None)

    def test_its_clauses_promises_and_controls(self, package, capsys):
        package()
        assert main(["clauses", "--clause", "acme"]) == 0
        out = capsys.readouterr().out
        assert "acme.1  Root user  [judged]" in out
        assert (
            "    acme.1.mfa  [judged; customer]  The root user has MFA\n        direct: root-mfa"
            in out
        )
        assert "acme.2.review  [attested (valid for at most 366 days); customer]" in out
        assert "        direct: acme-buckets" in out

    def test_it_is_judged(self, package):
        package()
        catalogue = installed()
        assert [one.id for one in catalogue.select(clause_ids=["acme"])] == [
            "root-mfa",
            "acme-buckets",
        ]
        declared = Baseline.from_mapping({"scope": {"clauses": ["acme"]}}, catalogue=catalogue)
        assessment = assess(records.snapshot(BAD), declared, controls=["acme-buckets"])
        assert assessment.findings[0].outcome is Outcome.PASS
        root = catalogue.control("root-mfa")
        assert [link.clause for link in root.clauses] == ["5.3.2", "acme.1"]

    def test_it_adds_nothing_where_it_is_not_installed(self):
        assert installed() == builtin()

    @pytest.mark.parametrize(
        ("target", "message"),
        [
            ("acme_rules:NOTHING", r"entry point acme .*: AttributeError"),
            ("acme_rules:PAPER.clauses", r"expected a Catalogue or Control, got dict"),
        ],
    )
    def test_one_that_does_not_serve(self, package, capsys, target, message):
        name = "acme_rules-1.0.dist-info/entry_points.txt"
        package(**{name: f"[cloudpack_baseline.catalogues]\nacme = {target}\n"})
        with pytest.raises(InputError, match=message):
            installed()
        assert main(["controls"]) == 2
        assert "entry point acme" in capsys.readouterr().err

    def test_its_files_are_named_where_they_are_wrong(self, package, capsys):
        package(**{"acme_rules/promises.toml": '["acme.1".mfa]\nja = "あ"\nen = "a"\n'})
        assert main(["controls"]) == 2
        lines = capsys.readouterr().err.splitlines()
        assert [line.partition("promises.toml: ")[2] for line in lines] == [
            '"acme.1".mfa: kind is missing (entry point acme)',
            '"acme.1".mfa: expected either party or parties (entry point acme)',
        ]

    def test_read_catalogue_alone(self, tmp_path, package):
        package()
        catalogue = read_catalogue(tmp_path / "acme_rules")
        assert list(catalogue.promises) == ["acme.1.mfa", "acme.2.owner", "acme.2.review"]
        assert catalogue.links["root-mfa"][0].clause == "acme.1"
