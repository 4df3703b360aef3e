"""The JSON Schema of the baseline file: it rejects what the loader rejects, and nothing else."""

from __future__ import annotations

import ast
import datetime as dt
import json
import os
import re
import shutil
import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from baselines import DAY, TEXT, VALID, changed, places, valid
from cloudpack_baseline import Baseline, InputError
from cloudpack_baseline.authoring import bilingual, control, passed, reads
from cloudpack_baseline.baseline import FILE_NAME
from cloudpack_baseline.baseline._structure import fields_in_file, key_path
from cloudpack_baseline.baseline.options import OPTIONS
from cloudpack_baseline.baseline.schema import SCHEMA_NAME, _japanese, baseline_schema
from cloudpack_baseline.cli import main
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.s3 import Bucket
from cloudpack_baseline.whitepaper import attested, builtin
from processes import run_program
from schemas import VALIDATOR, assert_same_verdict

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
SCHEMA = baseline_schema(builtin())
KEYS = frozenset(fields_in_file(Baseline))
PLACES = list(places(VALID))


def messages(values):
    try:
        Baseline.from_mapping(values)
    except InputError as error:
        return [problem.message for problem in error.problems]
    return []


def subschemas(schema):
    """The schemas of all tables, lists and values below one."""
    yield schema
    for below in schema.get("properties", {}).values():
        if isinstance(below, dict):
            yield from subschemas(below)
    for keyword in ("items", "additionalProperties"):
        if isinstance(schema.get(keyword), dict):
            yield from subschemas(schema[keyword])


class TestDocument:
    def test_it_is_a_schema(self):
        Draft7Validator.check_schema(SCHEMA)

    def test_every_key_is_described_in_both_languages(self):
        for schema in subschemas(SCHEMA):
            for name, below in schema.get("properties", {}).items():
                english, _, japanese = below["description"].partition("\n\n")
                assert re.search("[a-z]{2}", english), name
                assert re.search("[ぁ-んァ-ヶ一-龠]", japanese), name

    def test_no_description_outlives_its_key(self):
        """Each Japanese description is that of a key; the test above holds the reverse."""
        words = {
            below["description"].partition("\n\n")[2]
            for schema in subschemas(SCHEMA)
            for below in schema.get("properties", {}).values()
        }
        for name, table in _japanese().items():
            assert set(table.values()) <= words, name

    def test_unknown_keys_are_refused_in_every_table(self):
        tables = [schema for schema in subschemas(SCHEMA) if "properties" in schema]
        assert len(tables) > 70
        assert all(schema["additionalProperties"] is False for schema in tables)

    def test_names_come_from_the_catalogue(self):
        properties = SCHEMA["properties"]
        waiver = properties["waivers"]["items"]["properties"]
        attestation = properties["attestations"]["items"]["properties"]
        assert waiver["control"]["enum"] == list(builtin().controls)
        assert attestation["promise"]["enum"] == list(attested(builtin()))
        assert set(properties["controls"]["properties"]) == set(OPTIONS)
        clauses = properties["scope"]["properties"]["clauses"]["items"]
        assert set(builtin().clauses) | {"4", "5"} <= set(clauses["enum"])
        titles = waiver["control"]["x-taplo"]["docs"]["enumValues"]
        assert titles[0] == "The root user has MFA\n\nルートユーザーに MFA が設定されている"

    def test_the_controls_of_4_7_2(self):
        rule = SCHEMA["properties"]["waivers"]["items"]["if"]
        assert "urgent-vulnerabilities" in rule["properties"]["control"]["enum"]

    def test_own_controls_and_their_options(self):
        @frozen(kw_only=True)
        class BucketNameOptions:
            """Options of bucket-name.

            Attributes:
                prefix: with which names begin.
            """

            prefix: str = "acme-"

        @control(
            "bucket-name",
            "4.1.2",
            reads(Bucket),
            title=bilingual("Buckets are named"),
            options=BucketNameOptions,
        )
        def bucket_name(view):
            """Reads the name of each bucket."""
            for bucket in view.all(Bucket):
                yield view.finding(bucket, passed(bilingual("named")))

        schema = baseline_schema(builtin().extended(bucket_name))
        table = schema["properties"]["controls"]["properties"]["bucket-name"]
        assert table["properties"]["prefix"] == {
            "description": "With which names begin.",
            "type": "string",
            "default": "acme-",
        }
        values = {"scope": {"controls": ["bucket-name"]}, "controls": {"bucket-name": {}}}
        assert Draft7Validator(schema).is_valid(values)
        assert not VALIDATOR.is_valid(values)


class TestAcceptance:
    def test_every_key(self):
        assert_same_verdict(VALID, messages(VALID))

    @pytest.mark.parametrize(
        "path", sorted(ROOT.glob(f"examples/*/{FILE_NAME}")), ids=lambda path: path.parent.name
    )
    def test_examples(self, path):
        values = tomllib.loads(path.read_text(encoding="utf-8"))
        assert_same_verdict(values, messages(values))

    def test_the_documentation(self):
        fence = re.compile(r"^```toml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
        texts = [
            text
            for page in sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
            for text in fence.findall(page.read_text(encoding="utf-8"))
        ]
        assert accepted(texts) > 30

    def test_the_other_tests(self):
        trees = [
            ast.parse(path.read_text(encoding="utf-8"))
            for path in sorted((ROOT / "tests").rglob("*.py"))
        ]
        texts = [
            node.value
            for tree in trees
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and "=" in node.value
        ]
        assert accepted(texts) > 20

    def test_what_init_writes(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        assert main(["init"]) == 0
        text = (tmp_path / FILE_NAME).read_text(encoding="utf-8")
        assert accepted([text]) == 1


def accepted(texts):
    """How many of the texts are baselines that load; the schema accepts each of them."""
    count = 0
    for text in texts:
        try:
            values = tomllib.loads(text)
        except tomllib.TOMLDecodeError:
            continue
        tools = values.get("tool")
        table = tools.get("cloudpack-baseline", values) if isinstance(tools, dict) else values
        if isinstance(table, dict) and table and table.keys() <= KEYS and not messages(table):
            assert_same_verdict(table, ())
            count += 1
    return count


VALUES = [1, 1.5, True, "", "2026-10-01", DAY, dt.time(1), [], {}, [[]]]


def has_place(table, step):
    """Whether a key or an index leads on; an earlier change may have put another type there."""
    if isinstance(table, dict):
        return step in table
    return isinstance(table, list) and isinstance(step, int) and step < len(table)


class TestMutations:
    @pytest.mark.parametrize("path", PLACES, ids=key_path)
    def test_a_value_of_a_wrong_type(self, path):
        for value in VALUES:
            values = changed(path, value)
            assert_same_verdict(values, messages(values))

    @pytest.mark.parametrize(
        "path", [path for path in PLACES if isinstance(path[-1], str)], ids=key_path
    )
    def test_a_key_that_is_missing_or_misspelled(self, path):
        for new in (None, f"{path[-1]}s"):
            values = valid(path)
            table = values
            for step in path[:-1]:
                table = table[step]
            value = table.pop(path[-1])
            if new:
                table[new] = value
            assert_same_verdict(values, messages(values))

    @given(
        st.lists(
            st.tuples(
                st.sampled_from(PLACES),
                st.sampled_from(VALUES)
                | st.integers(-2, 40)
                | st.text(alphabet="a-1/*.: ,網", max_size=6)
                | st.sampled_from(
                    ["private", "public", "networks", "all", "tcp/70000", "udp/53-54"]
                ),
            ),
            min_size=1,
            max_size=4,
        )
    )
    @settings(max_examples=400)
    def test_several_at_once(self, changes):
        values = valid(*(path for path, _ in changes))
        for path, value in changes:
            parent = values
            for step in path[:-1]:
                parent = parent[step] if has_place(parent, step) else None
            if isinstance(parent, dict) or has_place(parent, path[-1]):
                parent[path[-1]] = value
        assert_same_verdict(values, messages(values))


SERVICES = (
    *("https", "HTTPS", "tcp", "tcp/443", "tcp/0-65535", "tcp/65536", "udp/9-1", "icmp/8", "all"),
    *("icmp/256", "icmpv6/128", "icmp/3/4", "icmp/3-4/1", "50", "1-300", "all/5", "-1", "none"),
    *("htps", "tcp/x", "kafka-tls", "gre/5", "6/80", "https,", "https, ssh", "all but tcp/22"),
    *("", " "),
)
CIDRS = (
    *("192.0.2.0/24", "192.0.2.0", "192.0.2.0/255.255.255.0", "192.0.2.0/0.0.0.255", "192.0.2"),
    *("192.0.2.0/08", "256.0.2.0/24", "192.0.2.0/33", "192.0.2.1/24", "office", "", "::/0", "::"),
    *("2001:db8::/32", "2001:db8::/129", "::ffff:192.0.2.0/120", "1:2:3:4:5:6:7:8", "1::2::3"),
    "fe80::%eth0/128",
)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service(service):
    flow = {"from": ["internet"], "to": ["web"], "services": [service]}
    values = {"segments": [{"name": "web", "names": ["*"]}], "flows": [flow]}
    assert_same_verdict(values, messages(values))


@pytest.mark.parametrize("cidr", CIDRS)
def test_a_network(cidr):
    values = {"networks": {"office": [cidr]}}
    assert_same_verdict(values, messages(values))


@given(st.ip_addresses().map(str), st.none() | st.integers(0, 128))
def test_any_network(address, length):
    values = {"networks": {"office": [address if length is None else f"{address}/{length}"]}}
    assert_same_verdict(values, messages(values))


@given(st.text(max_size=4))
def test_any_words(text):
    values = {"buckets": [{"name": text, "exposure": ["public"], "objects": [text]}]}
    assert_same_verdict(values, messages(values))


EXPOSURES = st.lists(
    st.sampled_from(["private", "public", "networks", "accounts", "cloudfront"]), max_size=3
)


@given(
    st.fixed_dictionaries(
        {"name": st.just("site")},
        optional={
            "exposure": EXPOSURES,
            "access": st.lists(st.just("read"), max_size=1),
            "objects": st.lists(st.just("a/*"), max_size=1),
            "networks": st.lists(st.just("office"), max_size=1),
            "endpoints": st.lists(st.just("vpce-1"), max_size=1),
            "accounts": st.lists(st.just("111122223333"), max_size=1),
            "organizations": st.lists(st.just("o-abcdef1234"), max_size=1),
        },
    )
)
@settings(max_examples=500)
def test_every_combination_of_the_keys_of_a_bucket(bucket):
    values = {"networks": {"office": ["203.0.113.0/28"]}, "buckets": [bucket]}
    assert_same_verdict(values, messages(values))


@pytest.mark.parametrize("key", ["tags", "subnets", "cidrs", "security_groups", "names"])
@pytest.mark.parametrize("is_empty", [True, False])
def test_a_segment_needs_members(key, is_empty):
    members = {"tags": {"Tier": "web"}, "cidrs": ["10.0.0.0/8"], "names": ["*"]}
    members |= {"subnets": ["subnet-1"], "security_groups": ["sg-1"]}
    empty = {} if key == "tags" else []
    values = {"segments": [{"name": "web", key: empty if is_empty else members[key]}]}
    assert bool(messages(values)) is is_empty
    assert_same_verdict(values, messages(values))


@pytest.mark.parametrize("control_id", ["urgent-vulnerabilities", "rds-backup"])
@pytest.mark.parametrize(
    "extra", [{}, {"ticket": "OPS-1"}, {"approved_for": "customer", "ticket": "OPS-1"}]
)
def test_a_waiver_of_4_7_2_needs_the_customer(control_id, extra):
    waiver = VALID["waivers"][0] | {"control": control_id}
    for key in ("approved_for", "ticket"):
        waiver.pop(key)
    values = {"waivers": [waiver | extra]}
    assert_same_verdict(values, messages(values))


class TestCommand:
    def test_it_is_printed(self, capsys):
        assert main(["schema"]) == 0
        assert json.loads(capsys.readouterr().out) == SCHEMA

    def test_it_is_written(self, tmp_path, capsys):
        path = tmp_path / "a.json"
        assert main(["schema", "-o", str(path)]) == 0
        assert json.loads(path.read_text(encoding="utf-8")) == SCHEMA
        assert capsys.readouterr().out == f"wrote {path}\n"

    def test_where_nothing_can_be_written(self, tmp_path, capsys):
        assert main(["schema", "-o", str(tmp_path)]) == 2
        assert "cannot be written: Is a directory" in capsys.readouterr().err


LINE = "#:schema ./cloudpack-baseline.schema.json\n"


def taplo(folder, text):
    """What Taplo, which Even Better TOML is made of, says about the file."""
    program = shutil.which("taplo", path=os.pathsep.join((str(BIN), os.environ["PATH"])))
    if program is None:
        pytest.skip("needs taplo")
    assert main(["schema", "-o", str(folder / SCHEMA_NAME)]) == 0
    (folder / FILE_NAME).write_text(LINE + text, encoding="utf-8")
    environment = {**os.environ, "RUST_LOG": "error", "NO_COLOR": "1"}
    return run_program(program, "check", FILE_NAME, cwd=folder, env=environment, check=False)


class TestTaplo:
    def test_every_key(self, tmp_path):
        done = taplo(tmp_path, TEXT)
        assert (done.returncode, done.stderr) == (0, "")

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ('regions = ["tokyo"]', '"tokyo" does not match'),
            ("region = []", "'region' was unexpected"),
            ('[scope]\nparties = ["me"]', '"me" is not one of ["aws","cloudpack","customer"]'),
            ("[controls.rds-backup]\ngenerations = 99", "99 is greater than the maximum of 35"),
            ('[networks]\noffice = ["192.0.2.0/33"]', '"192.0.2.0/33" does not match'),
            ("[[changes]]\nstarts = 2026-10-01T00:00:00Z", 'is not a "date"'),
            ('[[segments]]\nname = "web"', "is not valid under any"),
            ('[[waivers]]\ncontrol = "urgent-vulnerabilities"', '"approved_for" is a required'),
        ],
    )
    def test_mistakes(self, tmp_path, text, message):
        done = taplo(tmp_path, text)
        assert done.returncode == 1
        assert message in done.stderr
