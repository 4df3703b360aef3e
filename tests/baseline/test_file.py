"""A baseline file is read whole, or every mistake in it is told at once."""

import os
from datetime import date
from pathlib import Path

import pytest

from cloudpack_baseline import Baseline, InputError
from cloudpack_baseline.baseline import Account, BucketDeclaration, Exclusion, Flow, Segment
from cloudpack_baseline.baseline.options.databases import RdsBackupOptions

FULL = """
schema = 1
paper = "1.5.6"
regions = ["ap-northeast-1", "ap-northeast-3"]

[scope]
parties = ["customer", "cloudpack"]
exclude = [{ clause = "4.3", reason = "attested elsewhere" }]

[accounts.production]
id = "123456789012"
role_arn = "arn:aws:iam::123456789012:role/Audit"
external_id = "shared-word"

[accounts.staging]
id = "210987654321"
profile = "staging"
regions = ["us-east-1"]

[networks]
corporate = ["203.0.113.0/28", "2001:db8:10::/48"]

[[segments]]
name = "web"
tags = { Tier = "web" }
internet_facing = true

[[segments]]
name = "jump"
subnets = ["subnet-0123456789abcdef0"]
cidrs = ["10.0.20.0/22"]
security_groups = ["sg-0123456789abcdef0"]
names = ["jump-*"]
role = "bastion"

[[flows]]
from = ["internet", "corporate"]
to = ["web"]
services = ["https", "tcp/8000-8080"]
required = true

[[buckets]]
name = "intra-*"
exposure = ["networks", "accounts"]
access = ["read", "list"]
objects = ["site/*"]
networks = ["corporate"]
accounts = ["111122223333"]

[controls.rds-backup]
generations = 7

[[waivers]]
control = "rds-backup"
resource = "arn:aws:rds:*:db:scratch-*"
reason = "rebuilt nightly"
approved_by = "ops-lead@example.jp"
approved_on = 2026-10-01
expires = 2027-03-31
ticket = "OPS-123"
"""


@pytest.fixture
def mistakes(tmp_path):
    """What `Baseline.load` says of a text: ``LINE: KEY: message`` each."""

    def tell(text: str, name: str = "cloudpack-baseline.toml") -> list[str]:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        with pytest.raises(InputError) as caught:
            Baseline.load(path)
        return [str(problem).replace(f"{path}", "FILE") for problem in caught.value.problems]

    return tell


def load(tmp_path: Path, text: str) -> Baseline:
    path = tmp_path / "cloudpack-baseline.toml"
    path.write_text(text, encoding="utf-8")
    return Baseline.load(path)


class TestWhole:
    def test_every_key_arrives(self, tmp_path):
        baseline = load(tmp_path, FULL)
        assert baseline.regions == ("ap-northeast-1", "ap-northeast-3")
        assert baseline.scope.exclude == (Exclusion(clause="4.3", reason="attested elsewhere"),)
        assert baseline.accounts == {
            "production": Account(
                id="123456789012",
                role_arn="arn:aws:iam::123456789012:role/Audit",
                external_id="shared-word",
            ),
            "staging": Account(id="210987654321", profile="staging", regions=("us-east-1",)),
        }
        assert baseline.networks == {"corporate": ("203.0.113.0/28", "2001:db8:10::/48")}
        assert baseline.segments == (
            Segment(name="web", tags={"Tier": "web"}, internet_facing=True),
            Segment(
                name="jump",
                subnets=("subnet-0123456789abcdef0",),
                cidrs=("10.0.20.0/22",),
                security_groups=("sg-0123456789abcdef0",),
                names=("jump-*",),
                role="bastion",
            ),
        )
        assert baseline.flows == (
            Flow(
                from_=("internet", "corporate"),
                to=("web",),
                services=("https", "tcp/8000-8080"),
                required=True,
            ),
        )
        assert baseline.buckets == (
            BucketDeclaration(
                name="intra-*",
                exposure=("networks", "accounts"),
                access=("read", "list"),
                objects=("site/*",),
                networks=("corporate",),
                accounts=("111122223333",),
            ),
        )
        assert baseline.controls == {"rds-backup": RdsBackupOptions(generations=7)}
        (waiver,) = baseline.waivers
        assert (waiver.approved_on, waiver.expires) == (date(2026, 10, 1), date(2027, 3, 31))
        assert baseline.path == tmp_path / "cloudpack-baseline.toml"

    def test_an_empty_file_is_the_papers_own_baseline(self, tmp_path):
        assert load(tmp_path, "") == Baseline()

    def test_pyproject_holds_the_same_under_its_table(self, tmp_path):
        table = "\n".join(
            line.replace("[[", "[[tool.cloudpack-baseline.").replace("[", "[", 1)
            if line.startswith("[[")
            else line.replace("[", "[tool.cloudpack-baseline.", 1)
            if line.startswith("[")
            else line
            for line in FULL.splitlines()
        )
        path = tmp_path / "pyproject.toml"
        path.write_text(f"[tool.cloudpack-baseline]\n{table}", encoding="utf-8")
        assert Baseline.load(path) == load(tmp_path, FULL)

    def test_a_mapping_of_the_same_values_is_the_same_baseline(self):
        assert Baseline.from_mapping({"networks": {"office": ["192.0.2.0/24"]}}) == Baseline(
            networks={"office": ("192.0.2.0/24",)}
        )

    def test_japanese_names_are_names(self, tmp_path):
        baseline = load(
            tmp_path,
            '[networks]\n"本社" = ["192.0.2.0/24"]\n'
            '[[segments]]\nname = "業務"\nnames = ["業務*"]\n'
            '[[flows]]\nfrom = ["本社"]\nto = ["業務"]\nservices = ["https"]\n',
        )
        assert baseline.flows[0].from_ == ("本社",)


class TestUnreadable:
    def test_a_missing_file(self, tmp_path):
        with pytest.raises(InputError, match=r"absent\.toml: cannot be read: No such file"):
            Baseline.load(tmp_path / "absent.toml")

    def test_a_folder(self, tmp_path):
        with pytest.raises(InputError, match="cannot be read"):
            Baseline.load(tmp_path)

    def test_what_may_have_no_end(self, tmp_path):
        os.mkfifo(tmp_path / "pipe.toml")
        for path in (tmp_path / "pipe.toml", Path("/dev/zero")):
            with pytest.raises(InputError, match=r"(pipe\.toml|/dev/zero): is not a regular file"):
                Baseline.load(path)

    def test_broken_toml_says_where(self, mistakes):
        (mistake,) = mistakes("schema = 1\nregions == []\n")
        assert mistake.startswith("FILE: is not TOML: ")
        assert "line 2" in mistake

    def test_a_number_that_python_cannot_write(self, mistakes):
        (mistake,) = mistakes(f"[controls.rds-backup]\ngenerations = 0x{'f' * 6000}", "a.toml")
        assert mistake.endswith("expected 1 to 35, got a number that is too long")

    @pytest.mark.parametrize("name", ["cloudpack-baseline.toml", "pyproject.toml"])
    @pytest.mark.parametrize(
        ("text", "told"),
        [
            (f"a = {'[' * 3000}{']' * 3000}", "FILE: is nested too deeply"),
            (f"schema = {'9' * 6000}", "FILE: contains a number that is too long"),
        ],
        ids=["deep", "long"],
    )
    def test_what_python_cannot_hold(self, mistakes, text, told, name):
        assert mistakes(text, name) == [told]

    def test_a_mistake_cannot_act_on_a_terminal(self, mistakes):
        (mistake,) = mistakes('"\\u001b[2Jx" = 1')
        assert mistake == r"FILE:1: '\x1b[2Jx': there is no key '\x1b[2Jx'"

    def test_a_key_twice(self, mistakes):
        (mistake,) = mistakes('paper = "1.5.6"\npaper = "1.5.6"\n')
        assert mistake.startswith("FILE: is not TOML: ")

    def test_bytes_that_are_not_utf8(self, tmp_path):
        path = tmp_path / "cloudpack-baseline.toml"
        path.write_bytes('schema = 1\npaper = "白書"'.encode("euc-jp"))
        with pytest.raises(InputError, match="is not TOML: line 2 is not in UTF-8; save the file"):
            Baseline.load(path)

    def test_a_byte_order_mark_is_no_part_of_the_text(self, tmp_path, mistakes):
        path = tmp_path / "cloudpack-baseline.toml"
        path.write_text('regions = ["eu-west-1"]\n', encoding="utf-8-sig")
        assert Baseline.load(path).regions == ("eu-west-1",)
        (mistake,) = mistakes("\ufeffregion = []\n")
        assert mistake.startswith("FILE:1: region: ")

    @pytest.mark.parametrize(
        "text",
        ["", "[tool]\n", "[tool.other]\n", 'tool = "x"\n', "[tool]\ncloudpack-baseline = 1\n"],
    )
    def test_a_pyproject_without_the_table(self, mistakes, text):
        assert mistakes(text, "pyproject.toml") == ["FILE: has no table [tool.cloudpack-baseline]"]


class TestShape:
    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("schema = 2", "FILE:1: schema: expected 1, got 2"),
            ("colour = 1", "FILE:1: colour: there is no key 'colour'"),
            (
                "region = []",
                "FILE:1: region: there is no key 'region'; did you mean regions or register?",
            ),
            (
                'regions = "ap-northeast-1"',
                "FILE:1: regions: expected a list, got 'ap-northeast-1'",
            ),
            ("regions = [1]", "FILE:1: regions[0]: expected a string, got 1"),
            ("controls = 1", "FILE:1: controls: expected a table, got 1"),
            ("accounts = []", "FILE:1: accounts: expected a table, got a list"),
            ("segments = {}", "FILE:1: segments: expected a list, got a table"),
            ("waivers = [1]", "FILE:1: waivers[0]: expected a table, got 1"),
            (
                "[accounts.a]\nid = 123456789012",
                "FILE:2: accounts.a.id: expected a string, got 123456789012",
            ),
            ("[accounts.a]", "FILE:1: accounts.a.id: the key is missing"),
            (
                '[networks]\noffice = "192.0.2.0/24"',
                "FILE:2: networks.office: expected a list, got '192.0.2.0/24'",
            ),
            (
                '[[segments]]\nname = "a"\ntags = { Tier = 1 }',
                "FILE:3: segments[0].tags.Tier: expected a string, got 1",
            ),
            (
                '[[segments]]\nname = "a"\nnames = ["a"]\ninternet_facing = 1',
                "FILE:4: segments[0].internet_facing: expected true or false, got 1",
            ),
            (
                '[[segments]]\nname = "a"\nnames = ["a"]\nrole = "jump"',
                "FILE:4: segments[0].role: expected 'bastion', got 'jump'",
            ),
            (
                '[scope]\nparties = ["me"]',
                "FILE:2: scope.parties[0]: expected 'aws' or 'cloudpack' or 'customer', got 'me'",
            ),
            (
                "[controls.rds-backup]\ngenerations = true",
                "FILE:2: controls.rds-backup.generations: expected a whole number, got True",
            ),
            (
                "[controls.rds-backup]\ngeneration = 2",
                (
                    "FILE:2: controls.rds-backup.generation: there is no key 'generation'; "
                    "did you mean generations?"
                ),
            ),
            (
                "[controls.root-mfa]",
                "FILE:1: controls.root-mfa: the control has no options",
            ),
            (
                "[controls]\nroot-mfa = false",
                "FILE:2: controls.root-mfa: the control has no options",
            ),
            (
                "[controls.rds-backups]",
                (
                    "FILE:1: controls.rds-backups: there is no control with options 'rds-backups'; "
                    "did you mean rds-backup or daily-backup?"
                ),
            ),
        ],
    )
    def test_a_mistake_is_told_by_its_key(self, mistakes, text, told):
        assert mistakes(text) == [told]

    @pytest.mark.parametrize("value", ["0", "36", "-1"])
    def test_generations_that_no_database_can_keep(self, mistakes, value):
        assert mistakes(f"[controls.rds-backup]\ngenerations = {value}") == [
            f"FILE:2: controls.rds-backup.generations: expected 1 to 35, got {value}"
        ]

    def test_two_options_out_of_bounds_are_told_together(self, mistakes):
        messages = mistakes(
            "[controls.rds-backup]\ngenerations = 0\nrestorable_within_minutes = 4\n"
        )
        assert len(messages) == 2

    @pytest.mark.parametrize("value", ["1", "2", "35"])
    def test_generations_that_a_database_can_keep(self, tmp_path, value):
        baseline = load(tmp_path, f"[controls.rds-backup]\ngenerations = {value}")
        assert baseline.options(RdsBackupOptions).generations == int(value)

    @pytest.mark.parametrize("value", ['"2027-03-31"', "2027-03-31T00:00:00", "2027"])
    def test_a_date_is_a_date(self, mistakes, value):
        text = FULL.replace("expires = 2027-03-31", f"expires = {value}")
        (mistake,) = mistakes(text)
        assert "waivers[0].expires: expected a date such as 2027-03-31, got " in mistake

    def test_from_is_told_by_the_files_own_word(self, mistakes):
        messages = mistakes(
            '[[flows]]\nfrom_ = ["internet"]\nto = ["internet"]\nservices = ["ssh"]'
        )
        assert messages == [
            "FILE:1: flows[0].from: the key is missing",
            "FILE:2: flows[0].from_: there is no key 'from_'; did you mean from?",
        ]


class TestAllAtOnce:
    def test_mistakes_of_every_kind_in_the_order_of_the_file(self, mistakes):
        messages = mistakes(
            "colour = 1\n"
            "\n"
            "[accounts.production]\n"
            'id = "12345"\n'
            "[networks]\n"
            'office = ["192.0.2.1/24"]\n'
            "[[segments]]\n"
            'name = "web"\n'
            'names = "web-*"\n'
            "[[flows]]\n"
            'from = ["wbe"]\n'
            'to = ["internet"]\n'
            'services = ["https"]\n'
        )
        assert messages == [
            "FILE:1: colour: there is no key 'colour'",
            "FILE:4: accounts.production.id: '12345' is not an account ID of 12 digits",
            (
                "FILE:6: networks.office[0]: 192.0.2.1/24 has host bits set; "
                "did you mean 192.0.2.0/24?"
            ),
            "FILE:9: segments[0].names: expected a list, got 'web-*'",
            "FILE:11: flows[0].from[0]: there is no segment or network 'wbe'; did you mean web?",
        ]

    def test_a_mistake_of_shape_hides_none_of_sense(self, mistakes):
        messages = mistakes(
            FULL.replace('"1.5.6"', '"1.5.5"').replace("required = true", "requird = 1")
        )
        assert [one.split(": ")[1] for one in messages] == ["paper", "flows[0].requird"]

    def test_pyproject_paths_begin_at_the_root(self, mistakes):
        messages = mistakes(
            "[project]\nname = 'x'\n\n[[tool.cloudpack-baseline.buckets]]\nname = 1\n",
            "pyproject.toml",
        )
        assert messages == [
            "FILE:5: tool.cloudpack-baseline.buckets[0].name: expected a string, got 1"
        ]
