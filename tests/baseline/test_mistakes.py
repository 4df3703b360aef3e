"""A baseline of the right shape whose content makes no sense."""

import datetime as dt

import pytest

from cloudpack_baseline import Baseline, InputError


def told(values):
    with pytest.raises(InputError) as caught:
        Baseline.from_mapping(values)
    return [str(problem) for problem in caught.value.problems]


def segment(**keys):
    return {"name": "web", "names": ["web-*"]} | keys


def flow(**keys):
    return {"from": ["internet"], "to": ["web"], "services": ["https"]} | keys


def waiver(**keys):
    return {
        "control": "root-mfa",
        "resource": "*",
        "reason": "why",
        "approved_by": "who",
        "approved_on": dt.date(2026, 1, 1),
        "expires": dt.date(2026, 1, 1),
    } | keys


class TestHead:
    @pytest.mark.parametrize(("values", "kind"), [([], "list"), ("schema = 1", "str")])
    def test_no_mapping(self, values, kind):
        assert told(values) == [f"expected a mapping, got {kind}"]

    def test_another_release_of_the_paper(self):
        assert told({"paper": "2.0"}) == [
            "paper: this version knows release 1.5.6 of the white paper, not '2.0'"
        ]

    @pytest.mark.parametrize("region", ["Tokyo", "ap-northeast", "ap_northeast_1", "", "*-1"])
    def test_no_region(self, region):
        assert told({"regions": [region]}) == [
            f"regions[0]: {region!r} is not a region such as 'ap-northeast-1'"
        ]

    @pytest.mark.parametrize(
        "region", ["ap-northeast-1", "us-gov-west-1", "cn-north-1", "us-isob-east-1", "*"]
    )
    def test_a_region(self, region):
        assert Baseline.from_mapping({"regions": [region]}).regions == (region,)

    def test_no_region_at_all_is_not_every_region(self):
        assert told({"regions": []}) == [
            'regions: must name at least one; ["*"] means every enabled region'
        ]


class TestScope:
    def test_no_such_clause(self):
        assert told({"scope": {"exclude": [{"clause": "5.9", "reason": "x"}]}}) == [
            "scope.exclude[0].clause: there is no clause '5.9'; did you mean 5.6 or 5.5 or 5.4?"
        ]

    def test_a_chapter_is_a_clause(self):
        baseline = Baseline.from_mapping({"scope": {"exclude": [{"clause": "4", "reason": "x"}]}})
        assert baseline.scope.exclude[0].clause == "4"

    def test_a_reason_of_blanks(self):
        assert told({"scope": {"exclude": [{"clause": "4.3", "reason": " "}]}}) == [
            "scope.exclude[0].reason: must not be empty"
        ]


class TestAccounts:
    @pytest.mark.parametrize("id_", ["1234", "1" * 13, "12345678901a", "１" * 12])
    def test_no_account_id(self, id_):
        assert told({"accounts": {"a": {"id": id_}}}) == [
            f"accounts.a.id: {id_!r} is not an account ID of 12 digits"
        ]

    def test_one_account_twice(self):
        held = {"id": "123456789012"}
        assert told({"accounts": {"a": held, "b": held}}) == [
            "accounts.b.id: the same account as accounts.a"
        ]

    def test_a_role_that_is_no_role(self):
        held = {"id": "123456789012", "role_arn": "arn:aws:iam::123456789012:user/x"}
        (problem,) = told({"accounts": {"a": held}})
        assert problem.startswith("accounts.a.role_arn: ")

    def test_a_role_of_another_partition(self):
        role = "arn:aws-cn:iam::123456789012:role/path/Audit"
        baseline = Baseline.from_mapping(
            {"accounts": {"a": {"id": "123456789012", "role_arn": role}}}
        )
        assert baseline.accounts["a"].role_arn == role

    def test_two_ways_in(self):
        held = {
            "id": "123456789012",
            "profile": "p",
            "role_arn": "arn:aws:iam::123456789012:role/A",
        }
        assert told({"accounts": {"a": held}}) == ["accounts.a: set role_arn or profile, not both"]

    def test_its_regions_are_regions(self):
        held = {"id": "123456789012", "regions": ["tokyo"]}
        (problem,) = told({"accounts": {"a": held}})
        assert problem.startswith("accounts.a.regions[0]: ")


class TestNetworks:
    def test_no_address_at_all(self):
        assert told({"networks": {"office": []}}) == ["networks.office: must name at least one"]

    @pytest.mark.parametrize(
        "cidr", ["192.0.2.1/24", "192.0.2.0/33", "office", "2001:db8::1/48", "192.0.2", ""]
    )
    def test_no_block(self, cidr):
        (problem,) = told({"networks": {"office": [cidr]}})
        assert problem.startswith("networks.office[0]: ")

    @pytest.mark.parametrize("cidr", ["0.0.0.0/0", "192.0.2.7", "192.0.2.7/32", "2001:db8::/32"])
    def test_a_block(self, cidr):
        assert Baseline.from_mapping({"networks": {"office": [cidr]}}).networks["office"] == (cidr,)

    def test_the_internet_is_reserved(self):
        assert told({"networks": {"internet": ["0.0.0.0/0"]}}) == [
            "networks.internet: 'internet' is reserved for the Internet"
        ]


class TestSegments:
    def test_one_name_twice(self):
        assert told({"segments": [segment(), segment()]}) == [
            "segments[1].name: 'web' is the name of segments[0]"
        ]

    def test_the_name_of_a_network(self):
        tables = {"networks": {"web": ["192.0.2.0/24"]}, "segments": [segment()]}
        assert told(tables) == ["segments[0].name: 'web' is the name of a network"]

    def test_the_reserved_name(self):
        assert told({"segments": [segment(name="internet")]}) == [
            "segments[0].name: 'internet' is reserved for the Internet"
        ]

    def test_a_segment_of_nothing(self):
        (problem,) = told({"segments": [{"name": "web"}]})
        assert problem.startswith("segments[0]: nothing belongs to it: set one of tags, ")

    @pytest.mark.parametrize(
        ("key", "value", "words"),
        [
            ("cidrs", "10.0.0.1/8", "has host bits set"),
            ("subnets", "vpc-1234", "is not a subnet ID"),
            ("security_groups", "web", "is not a security group ID"),
        ],
    )
    def test_members_that_are_none(self, key, value, words):
        (problem,) = told({"segments": [segment(**{key: [value]})]})
        assert problem.startswith(f"segments[0].{key}[0]: ")
        assert words in problem


class TestFlows:
    def test_an_end_that_nobody_declared(self):
        tables = {"segments": [segment()], "flows": [flow(to=["web", "wbe"])]}
        assert told(tables) == [
            "flows[0].to[1]: there is no segment or network 'wbe'; did you mean web?"
        ]

    @pytest.mark.parametrize("key", ["from", "to", "services"])
    def test_an_empty_list(self, key):
        tables = {"segments": [segment()], "flows": [flow(**{key: []})]}
        assert told(tables) == [f"flows[0].{key}: must name at least one"]

    @pytest.mark.parametrize("service", ["htps", "tcp/65536", "tcp/9-1", "tcp/x", ""])
    def test_no_service(self, service):
        tables = {"segments": [segment()], "flows": [flow(services=[service])]}
        (problem,) = told(tables)
        assert problem.startswith("flows[0].services[0]: ")

    @pytest.mark.parametrize("service", ["https", "tcp/443", "udp/1-2", "icmp", "all"])
    def test_a_service(self, service):
        tables = {"segments": [segment()], "flows": [flow(services=[service])]}
        assert Baseline.from_mapping(tables).flows[0].services == (service,)


def test_administration_by_no_port_is_not_judged():
    message = "must name at least one; the default is SSH, RDP and WinRM"
    options = {"admin-ingress": {"services": []}}
    assert told({"controls": options}) == [f"controls.admin-ingress.services: {message}"]


class TestBuckets:
    @pytest.mark.parametrize("name", ["", " "])
    def test_a_name_of_nothing(self, name):
        assert told({"buckets": [{"name": name}]}) == ["buckets[0].name: must not be empty"]

    @pytest.mark.parametrize(
        ("key", "least"), [("exposure", "private"), ("access", "read"), ("objects", "*")]
    )
    def test_a_list_of_nothing(self, key, least):
        row = {"name": "a", "exposure": ["public"], key: []}
        assert told({"buckets": [row]}) == [
            f'buckets[0].{key}: must name at least one; the default is ["{least}"]'
        ]

    def test_keys_that_begin_with_a_slash(self):
        row = {"name": "a", "exposure": ["public"], "objects": ["a/*", "/b/*"]}
        assert told({"buckets": [row]}) == [
            (
                "buckets[0].objects[1]: object keys do not begin with a slash: "
                "write 'b/*', or '?b/*' for a key that does"
            )
        ]
        baseline = Baseline.from_mapping({"buckets": [{**row, "objects": ["?b/*"]}]})
        assert baseline.bucket("a").objects == ("?b/*",)

    @pytest.mark.parametrize("exposure", [{}, {"exposure": ["private"]}])
    @pytest.mark.parametrize("key", ["access", "objects"])
    def test_what_opens_nothing(self, exposure, key):
        value = {"access": ["write"], "objects": ["a/*"]}[key]
        assert told({"buckets": [{"name": "a", **exposure, key: value}]}) == [
            f"buckets[0].{key}: has no effect: the bucket is private; add an exposure"
        ]

    def test_the_internet_is_no_network(self):
        row = {"name": "a", "exposure": ["networks"], "networks": ["internet"]}
        assert told({"buckets": [row]}) == [
            "buckets[0].networks[0]: 'internet' is not a network: use exposure = [\"public\"]"
        ]

    def test_one_pattern_twice(self):
        assert told({"buckets": [{"name": "a-*"}, {"name": "a-*"}]}) == [
            "buckets[1]: the same bucket as buckets[0]: a further table needs another exposure"
        ]

    def test_a_further_table_tells_of_an_exposure_only(self):
        first = {"name": "a", "exposure": ["public"], "website": True}
        further = {"name": "a", "exposure": ["accounts"], "accounts": ["123456789012"]}
        assert Baseline.from_mapping({"buckets": [first, further]}).openings("a")[1].accounts
        assert told({"buckets": [first, {**further, "website": True}]}) == [
            "buckets[1].website: belongs in the first table of the bucket, buckets[0]"
        ]

    def test_private_and_something_else(self):
        held = {"name": "a", "exposure": ["private", "public"]}
        assert told({"buckets": [held]}) == ["buckets[0].exposure: 'private' cannot be combined"]

    @pytest.mark.parametrize(
        ("key", "other"), [("networks", "endpoints"), ("accounts", "organizations")]
    )
    def test_to_whom_is_not_said(self, key, other):
        assert told({"buckets": [{"name": "a", "exposure": [key]}]}) == [
            f"buckets[0]: exposure {key!r} needs the key {key!r} or {other!r}"
        ]

    @pytest.mark.parametrize(
        ("exposure", "key", "good", "bad"),
        [
            ("networks", "endpoints", "vpce-0a1", "eni-0a1"),
            ("networks", "endpoints", "vpc-0a1", "vpc_1"),
            ("accounts", "organizations", "o-abcdef1234", "o-1"),
        ],
    )
    def test_ids(self, exposure, key, good, bad):
        row = {"name": "a", "exposure": [exposure], key: [good]}
        assert getattr(Baseline.from_mapping({"buckets": [row]}).bucket("a"), key) == (good,)
        (problem,) = told({"buckets": [{**row, key: [bad]}]})
        assert problem.startswith(f"buckets[0].{key}[0]: {bad!r} is not ")
        (problem,) = told({"buckets": [{"name": "a", key: [good]}]})
        assert problem == f"buckets[0].{key}: needs {exposure!r} in exposure"

    def test_to_whom_is_said_in_vain(self):
        tables = {"name": "a", "accounts": ["123456789012"]}
        assert told({"buckets": [tables]}) == ["buckets[0].accounts: needs 'accounts' in exposure"]

    def test_a_network_that_nobody_declared(self):
        held = {"name": "a", "exposure": ["networks"], "networks": ["office"]}
        assert told({"buckets": [held]}) == ["buckets[0].networks[0]: there is no network 'office'"]

    def test_an_account_that_is_none(self):
        tables = {"name": "a", "exposure": ["accounts"], "accounts": ["1"]}
        assert told({"buckets": [tables]}) == [
            "buckets[0].accounts[0]: '1' is not an account ID of 12 digits"
        ]

    @pytest.mark.parametrize(
        "key",
        [
            "1234abcd-12ab-34cd-56ef-1234567890ab",
            "alias/own",
            "arn:aws:kms:ap-northeast-1:123456789012:key/*",
            "arn:aws:kms:ap-northeast-1:123456789012:alias/aws/s3",
            "arn:aws:s3:::a",
        ],
    )
    def test_a_key_that_is_not_named_in_full_or_belongs_to_aws(self, key):
        assert told({"buckets": [{"name": "a", "kms_keys": [key]}]}) == [
            (
                f"buckets[0].kms_keys[0]: {key!r} "
                "is not the ARN of a customer managed key or of its alias"
            )
        ]

    @pytest.mark.parametrize(
        "key",
        [
            "arn:aws:kms:ap-northeast-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
            "arn:aws-us-gov:kms:us-gov-west-1:123456789012:key/mrk-1234abcd12ab34cd56ef12345678",
            "arn:aws:kms:ap-northeast-1:123456789012:alias/own/storage",
            "arn:aws:kms:ap-northeast-1:123456789012:alias/aws-own",
        ],
    )
    def test_a_key(self, key):
        baseline = Baseline.from_mapping({"buckets": [{"name": "a", "kms_keys": [key]}]})
        assert baseline.buckets[0].kms_keys == (key,)


class TestPlacesOfData:
    def test_an_account_that_is_none(self):
        tables = {"controls": {"s3-replication-destination": {"accounts": ["1"]}}}
        assert told(tables) == [
            "controls.s3-replication-destination.accounts[0]: '1' is not an account ID of 12 digits"
        ]

    def test_a_third_party_that_is_none(self):
        tables = {"controls": {"role-trust": {"third_parties": ["1"]}}}
        assert told(tables) == [
            "controls.role-trust.third_parties[0]: '1' is not an account ID of 12 digits"
        ]

    def test_an_organization_that_is_none(self):
        tables = {"controls": {"role-trust": {"organizations": ["r-abcd"]}}}
        assert told(tables) == [
            "controls.role-trust.organizations[0]: 'r-abcd' is not an organization ID"
        ]

    def test_a_region_that_is_none(self):
        tables = {"controls": {"approved-regions": {"regions": ["*"]}}}
        assert told(tables) == [
            "controls.approved-regions.regions[0]: '*' is not a region such as 'ap-northeast-1'"
        ]

    def test_a_bucket_in_no_region(self):
        tables = {"controls": {"s3-replication-destination": {"buckets": {"copy": "Osaka"}}}}
        (problem,) = told(tables)
        assert problem.startswith("controls.s3-replication-destination.buckets.copy: 'Osaka' is no")

    def test_a_bucket_in_nothing(self):
        tables = {"controls": {"s3-replication-destination": {"buckets": {"copy": 1}}}}
        assert told(tables) == [
            "controls.s3-replication-destination.buckets.copy: expected a string, got 1"
        ]


class TestWaivers:
    def test_one_day_is_a_time(self):
        assert len(Baseline.from_mapping({"waivers": [waiver()]}).waivers) == 1

    def test_it_ends_before_it_begins(self):
        held = waiver(expires=dt.date(2025, 12, 31))
        assert told({"waivers": [held]}) == [
            "waivers[0].expires: expires before it is approved (2026-01-01)"
        ]

    def test_no_such_control(self):
        assert told({"waivers": [waiver(control="guarddutyy")]}) == [
            "waivers[0].control: there is no control 'guarddutyy'; did you mean guardduty?"
        ]

    @pytest.mark.parametrize("key", ["resource", "reason", "approved_by"])
    def test_a_blank(self, key):
        assert told({"waivers": [waiver(**{key: " "})]}) == [f"waivers[0].{key}: must not be empty"]
