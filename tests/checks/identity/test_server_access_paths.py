"""server-access-paths (4.5.1)."""

from __future__ import annotations

from itertools import product

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from cloudpack_baseline import Baseline, Outcome, check_server_access_paths
from cloudpack_baseline.access import Statement
from cloudpack_baseline.checks.identity._path_catalogue import NOBODY
from cloudpack_baseline.checks.identity._pattern_examples import (
    example_arn,
    resource_regions,
    undenied_region,
)
from cloudpack_baseline.model.ec2_posture import InstanceConnectEndpoint, SerialConsoleAccess
from cloudpack_baseline.model.ecs import ClusterSettings, EcsCluster
from cloudpack_baseline.model.iam_principals import ManagedPolicyDetail
from cloudpack_baseline.model.organizations import Organization
from cloudpack_baseline.model.pattern import matches
from cloudpack_baseline.testing import records
from principals import EVERYTHING, ME, allow, deny, document, equals, me, role, trusting
from support import ACCOUNT, REGION, denied, world

PASS, FAIL, UNKNOWN = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN
NOT_APPLICABLE = Outcome.NOT_APPLICABLE
INSTANCE = f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/"
SERVER = records.instance("i-1", key_name=None)
RUN = f"arn:aws:ssm:{REGION}::document/AWS-RunShellScript"
REMOTE = f"arn:aws:ssm:{REGION}::document/AWS-RunRemoteScript"
RUNBOOK = f"arn:aws:ssm:*:{ACCOUNT}:automation-definition/"
ONLY_ONE = {"Effect": "Deny", "Action": "*", "NotResource": f"{INSTANCE}i-1"}
UPDATE = f"arn:aws:ssm:{REGION}::document/AWS-UpdateSSMAgent"
SSM = f"arn:aws:ssm:{REGION}"
TAGGED, AS_APP = equals("ssm:resourceTag/a", "b"), equals("ec2:osuser", "app")
ODD = {"StringUnlike": {"aws:userid": "x"}}
UNREAD = denied("ec2:GetSerialConsoleAccessStatus")


def console(enabled):
    return records.record(SerialConsoleAccess, "serial-console-access", enabled=enabled)


def endpoint():
    return records.record(InstanceConnectEndpoint, "instance-connect-endpoint/eice-1")


def cluster(running=1, **fields):
    defaults = {"settings": ClusterSettings(running_tasks=running)}
    return records.record(EcsCluster, "cluster/web", service="ecs", **(defaults | fields))


def options(**keys):
    return Baseline.from_mapping({"controls": {"server-access-paths": keys}})


def judged(*entries, baseline=None, **fields):
    snapshot = world("server-access-paths", *entries, **fields)
    return {
        finding.resource.arn: finding
        for finding in check_server_access_paths(snapshot, baseline).findings
    }


def outcome(*statements, others=(SERVER,), **fields):
    return judged(me(*statements), *others, **fields)[ME].outcome


class TestActions:
    @pytest.mark.parametrize(
        ("statements", "expected"),
        [
            ((), PASS),
            ((EVERYTHING,), FAIL),
            ((allow("ssm:StartSession"),), FAIL),
            ((allow("ssm:StartSession", f"{INSTANCE}i-0abc"),), FAIL),
            ((allow("ssm:StartSession", f"{SSM}:{ACCOUNT}:managed-instance/mi-*"),), FAIL),
            ((allow("ssm:StartSession", f"{INSTANCE}i-?", Condition=TAGGED),), FAIL),
            ((allow("ssm:StartSession", f"{SSM}::document/AWS-StartSSHSession"),), PASS),
            ((allow("ssm:StartSession"), deny("ssm:StartSession")), PASS),
            ((allow("ssm:StartSession"), deny("ssm:StartSession", f"{INSTANCE}i-1")), FAIL),
            ((allow("ssm:ResumeSession"),), FAIL),
            ((allow("ssm:ResumeSession", "arn:aws:ssm:*:*:session/${aws:username}-*"),), PASS),
            ((allow("ssm:SendCommand"),), FAIL),
            ((allow("ssm:SendCommand", [f"{INSTANCE}*", RUN]),), FAIL),
            ((allow("ssm:SendCommand", [f"{INSTANCE}*", UPDATE]),), PASS),
            ((allow("ssm:SendCommand", RUN),), PASS),
            ((allow("ssm:SendCommand", [f"{INSTANCE}*", f"{SSM}:*:document/mine"]),), FAIL),
            ((allow("ssm:SendCommand", [f"{INSTANCE}*", REMOTE]),), FAIL),
            # Only AWS creates documents of such names.
            ((allow("ssm:SendCommand", [f"{INSTANCE}*", f"{SSM}:*:document/aws-x"]),), PASS),
            ((allow("ssm:SendCommand", [f"{INSTANCE}*", f"{SSM}:*:document/AmazonX"]),), PASS),
            ((allow("ssm:SendCommand", [f"{INSTANCE}*", f"{SSM}:*:document/amzn-x"]),), PASS),
            ((allow("ssm:StartAutomationExecution"),), FAIL),
            ((allow("ssm:StartAutomationExecution", f"{RUNBOOK}AWS-RestartEC2Instance:*"),), PASS),
            ((allow("ssm:StartAutomationExecution", f"{RUNBOOK}mine:1"),), FAIL),
            ((EVERYTHING, ONLY_ONE), FAIL),
            ((allow("ssm:CreateAssociation"),), FAIL),
            ((allow("ssm:StartAccessRequest"),), PASS),
            ((allow(["ssm:StartAccessRequest", "ssm:GetAccessToken"]),), FAIL),
            ((allow("ssm-guiconnect:StartConnection"),), FAIL),
            ((allow("ec2-instance-connect:SendSSHPublicKey"),), FAIL),
            ((allow("ec2-instance-connect:SendSSHPublicKey", Condition=AS_APP),), FAIL),
            ((allow("ssm:StartSession", Condition=ODD),), UNKNOWN),
            ((allow("ssm:StartSession", Condition=ODD), allow("ssm:SendCommand")), FAIL),
            ((allow("ssm:StartSession", Condition=ODD), allow("ssm:StartSession")), FAIL),
            ((allow(["ssm:Describe*", "ssm:Get*", "ec2:*"]),), PASS),
            # A request that is certain goes before one in doubt, and all have to be certain.
            (
                (
                    allow("ssm:StartSession", Condition=ODD),
                    allow("ssm:StartSession", f"{INSTANCE}i-1"),
                ),
                FAIL,
            ),
            (
                (
                    allow("ssm:SendCommand", RUN),
                    allow("ssm:SendCommand", f"{INSTANCE}*", Condition=ODD),
                ),
                UNKNOWN,
            ),
        ],
    )
    def test_on_a_server(self, statements, expected):
        assert outcome(*statements) is expected

    @pytest.mark.parametrize(
        ("entries", "gaps", "expected"),
        [
            ((console(enabled=True),), {}, FAIL),
            ((console(enabled=False),), {}, PASS),
            ((console(enabled=UNREAD),), {}, UNKNOWN),
            ((), {"SerialConsoleAccess": UNREAD}, UNKNOWN),
            ((), {}, PASS),
        ],
    )
    def test_the_serial_console(self, entries, gaps, expected):
        statement = allow("ec2-instance-connect:SendSerialConsoleSSHPublicKey")
        assert outcome(statement, others=(SERVER, *entries), gaps=gaps) is expected

    @pytest.mark.parametrize(
        ("entries", "gaps", "expected"),
        [
            ((endpoint(),), {}, FAIL),
            ((), {}, PASS),
            ((), {"InstanceConnectEndpoint": UNREAD}, UNKNOWN),
        ],
    )
    def test_tunnels_through_endpoints(self, entries, gaps, expected):
        statement = allow("ec2-instance-connect:OpenTunnel")
        assert outcome(statement, others=(SERVER, *entries), gaps=gaps) is expected

    @pytest.mark.parametrize(
        ("entry", "expected"),
        [
            (cluster(), FAIL),
            (cluster(running=0), PASS),
            (cluster(settings=denied("ecs:DescribeClusters")), UNKNOWN),
        ],
    )
    def test_ecs_exec(self, entry, expected):
        assert outcome(allow("ecs:ExecuteCommand"), others=(SERVER, entry)) is expected

    def test_the_region_of_the_servers(self):
        elsewhere = allow("ssm:StartSession", "arn:aws:ec2:us-east-1:*:instance/*")
        assert outcome(elsewhere) is PASS
        there = records.instance("i-2", region="us-east-1", key_name=None)
        assert outcome(elsewhere, others=(SERVER, there)) is FAIL

    def test_a_region_in_which_all_is_certain_goes_before_others(self):
        there = records.instance("i-2", region="us-east-1", key_name=None)
        document = allow("ssm:SendCommand", "arn:aws:ssm:*::document/AWS-RunShellScript")
        here = allow("ssm:SendCommand", f"{INSTANCE}*", Condition=ODD)
        elsewhere = allow("ssm:SendCommand", "arn:aws:ec2:us-east-1:*:instance/*")
        assert outcome(document, here, others=(SERVER, there)) is UNKNOWN
        assert outcome(document, here, elsewhere, others=(SERVER, there)) is FAIL


class TestRegions:
    """A template does not always say where it is deployed."""

    @pytest.mark.parametrize(
        ("resource", "expected"),
        [
            (f"arn:aws:ec2:<AWS-Region>:{ACCOUNT}:instance/*", FAIL),
            (f"arn:aws:ec2:*:{ACCOUNT}:instance/*", FAIL),
            (f"{INSTANCE}*", FAIL),
            (f"arn:aws:ec2:ap-northeast-*:{ACCOUNT}:instance/*", FAIL),
            (f"arn:aws:ec2:ap-northeast-?:{ACCOUNT}:instance/*", FAIL),
            (f"arn:aws:ec2:*-1:{ACCOUNT}:instance/*", FAIL),
            ("instance", PASS),
            (f"arn:aws:ec2:<AWS-Region>:{ACCOUNT}:volume/*", PASS),
        ],
    )
    def test_of_a_server_that_are_not_known(self, resource, expected):
        server = evolve(SERVER, region="", arn=f"arn:aws:ec2::{ACCOUNT}:instance/i-1")
        statement = allow("ssm:StartSession", Resource=resource)
        assert outcome(statement, others=(server,)) is expected

    @pytest.mark.parametrize("resource", ["*", f"arn:aws:ec2:ap-northeast-*:{ACCOUNT}:instance/*"])
    @pytest.mark.parametrize(
        "condition",
        [
            {"StringLike": {"aws:RequestedRegion": REGION}},
            {"StringLike": {"aws:RequestedRegion": "ap-*"}},
            TAGGED,
        ],
    )
    def test_that_a_condition_names(self, resource, condition):
        server = evolve(SERVER, region="", arn=f"arn:aws:ec2::{ACCOUNT}:instance/i-1")
        statement = allow("ssm:StartSession", Resource=resource, Condition=condition)
        assert outcome(statement, others=(server,)) is FAIL

    def test_of_servers_that_are_known_in_part(self):
        server = evolve(SERVER, region="", arn=f"arn:aws:ec2::{ACCOUNT}:instance/i-2")
        statement = allow("ssm:StartSession", f"arn:aws:ec2:eu-west-1:{ACCOUNT}:instance/*")
        assert outcome(statement, others=(SERVER, server)) is FAIL
        assert outcome(statement, others=(SERVER,)) is PASS

    def test_of_a_server_that_are_known(self):
        statement = allow(
            "ssm:StartSession", Resource=f"arn:aws:ec2:eu-west-1:{ACCOUNT}:instance/*"
        )
        assert outcome(statement) is PASS


class TestPrincipals:
    def test_no_servers(self):
        assert outcome(EVERYTHING, others=()) is NOT_APPLICABLE
        for state in ("terminated", "shutting-down"):
            gone = evolve(SERVER, state=state)
            assert outcome(EVERYTHING, others=(gone,)) is NOT_APPLICABLE

    def test_whether_there_are_servers_is_not_known(self):
        gaps = {"Instance": denied("ec2:DescribeInstances")}
        assert outcome(EVERYTHING, others=(), gaps=gaps) is UNKNOWN
        assert outcome(others=(), gaps=gaps) is PASS

    def test_operators_are_declared(self):
        assert outcome(EVERYTHING, baseline=options(operators=["me"])) is PASS
        assert outcome(EVERYTHING, baseline=options(operators=["you"])) is FAIL

    def test_declared_administrators_are_operators(self):
        administrators = {"controls": {"admin-privileges": {"principals": [ME]}}}
        assert outcome(EVERYTHING, baseline=Baseline.from_mapping(administrators)) is PASS

    def test_service_linked_roles_are_left_out(self):
        linked = role("linked", EVERYTHING, path="/aws-service-role/")
        assert linked.arn not in judged(linked, SERVER)

    def test_a_role(self):
        operator = role("operator", allow("ssm:*"), trust=trusting({"AWS": ACCOUNT}))
        assert judged(operator, SERVER)[operator.arn].outcome is FAIL

    def test_policies_that_could_not_be_read(self):
        unread = me(attached_policies=denied("iam:GetAccountAuthorizationDetails"))
        assert judged(unread, SERVER)[ME].outcome is UNKNOWN

    def test_a_boundary_that_leaves_one_server(self):
        arn = "arn:aws:iam::123456789012:policy/one"
        boundary = ManagedPolicyDetail(
            arn=arn,
            account=ACCOUNT,
            name="one",
            document=document(allow("ssm:StartSession", f"{INSTANCE}i-1")),
        )
        assert judged(me(EVERYTHING, boundary=arn), boundary, SERVER)[ME].outcome is FAIL
        nothing = evolve(boundary, document=document(allow("s3:GetObject")))
        assert judged(me(EVERYTHING, boundary=arn), nothing, SERVER)[ME].outcome is PASS

    def test_the_witness(self):
        (observation,) = judged(me(allow("ssm:SendCommand")), SERVER)[ME].observations
        assert observation.read == "Action=ssm:SendCommand"
        assert "ssm:SendCommand" in observation.witness.summary.in_language("en")
        steps = [step.in_language("en") for step in observation.witness.steps]
        assert any(RUN in step for step in steps)
        resources = {request.resource for request in observation.witness.requests}
        assert resources == {f"{INSTANCE}*", RUN}

    def test_service_control_policies_that_were_not_read(self):
        organization = records.record(
            Organization, "organization/o-1", id="o-1", management_account="999988887777"
        )
        finding = judged(me(allow("ssm:StartSession")), SERVER, organization)[ME]
        assert finding.outcome is UNKNOWN
        message = finding.observations[0].message.in_language("en")
        assert "service control policies" in message


class TestKeyPairs:
    GROUP = records.security_group("sg-1", [records.tcp(22, "10.0.0.0/8")])

    def server(self, **fields):
        defaults = {"key_name": "ops", "security_groups": ("sg-1",)}
        return records.instance("i-1", **(defaults | fields))

    def outcome(self, server, *entries, **fields):
        return judged(server, *entries, **fields)[server.arn].outcome

    @pytest.mark.parametrize(
        ("fields", "expected"),
        [
            ({}, FAIL),
            ({"key_name": None}, PASS),
            ({"key_name": denied("ec2:DescribeInstances")}, UNKNOWN),
            ({"security_groups": ()}, PASS),
            ({"security_groups": denied("ec2:DescribeInstances")}, UNKNOWN),
            ({"security_groups": ("sg-2",)}, UNKNOWN),
        ],
    )
    def test_a_server(self, fields, expected):
        assert self.outcome(self.server(**fields), self.GROUP) is expected

    @pytest.mark.parametrize(
        ("permission", "expected"),
        [
            (records.tcp(3389, "sg-3"), FAIL),
            (records.tcp(20, "10.0.0.0/8", last=30), FAIL),
            (records.tcp(443, "0.0.0.0/0"), PASS),
            (records.allow_all(), FAIL),
            (records.permission("udp", 22, 22, "0.0.0.0/0"), PASS),
            (records.permission("tcp", None, None, "0.0.0.0/0"), FAIL),
        ],
    )
    def test_what_is_let_in(self, permission, expected):
        group = records.security_group("sg-1", [permission])
        assert self.outcome(self.server(), group) is expected

    def test_one_of_several_rules(self):
        rules = [records.tcp(443, "0.0.0.0/0"), records.tcp(22, "10.0.0.0/8")]
        group = records.security_group("sg-1", rules)
        assert self.outcome(self.server(), group) is FAIL

    def test_a_further_interface(self):
        second = records.network_interface("eni-2", "10.0.1.9", groups=("sg-1",))
        server = self.server(security_groups=("sg-2",), network_interface_ids=("eni-1", "eni-2"))
        closed = records.security_group("sg-2", [records.tcp(443, "0.0.0.0/0")])
        assert self.outcome(server, self.GROUP, closed, second) is FAIL
        assert self.outcome(server, self.GROUP, closed) is UNKNOWN
        gaps = {"NetworkInterface": denied("ec2:DescribeNetworkInterfaces")}
        assert self.outcome(server, self.GROUP, closed, gaps=gaps) is UNKNOWN
        one = self.server(security_groups=("sg-2",), network_interface_ids=("eni-1",))
        assert self.outcome(one, closed) is PASS
        unread = self.server(
            security_groups=("sg-2",), network_interface_ids=denied("ec2:DescribeInstances")
        )
        assert self.outcome(unread, closed) is UNKNOWN

    def test_rules_that_could_not_be_read(self):
        group = records.security_group("sg-1", ip_permissions=UNREAD)
        assert self.outcome(self.server(), group) is UNKNOWN
        gaps = {"SecurityGroup": denied("ec2:DescribeSecurityGroups")}
        assert self.outcome(self.server(), gaps=gaps) is UNKNOWN

    def test_a_declared_key_pair(self):
        baseline = options(key_pairs=["op*"])
        assert self.outcome(self.server(), self.GROUP, baseline=baseline) is PASS

    def test_a_key_pair_that_a_parameter_of_a_template_names(self):
        server = self.server(key_name="<parameter Team>-ops")
        assert self.outcome(server, self.GROUP) is FAIL  # whichever it is
        declared = {
            pattern: self.outcome(server, self.GROUP, baseline=options(key_pairs=[pattern]))
            for pattern in ("web-ops", "*-ops")
        }
        assert declared == {"web-ops": UNKNOWN, "*-ops": PASS}
        closed = records.security_group("sg-1", [records.tcp(443, "0.0.0.0/0")])
        assert self.outcome(server, closed, baseline=options(key_pairs=["web-ops"])) is PASS

    def test_a_stopped_server_is_not_judged(self):
        server = self.server(state="stopped")
        assert server.arn not in judged(server, self.GROUP)


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("*:function:f", "f"),
        ("arn:aws:lambda:*function:f-?", "f-x"),
        ("arn:aws:lambda:*:*:function:f-*", f"f-{NOBODY}"),
        ("arn:aws:lambda:*:*:fun**:f", "f"),
        ("arn:aws:lambda:*:*:function:~f", "~f"),
        ("arn:aws:lambda:*:*:function:*", NOBODY),
        ("arn:aws:lambda:*:*:*", NOBODY),
    ],
)
def test_an_example_has_the_name_that_the_pattern_gives(pattern, name):
    function = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:"
    assert example_arn(pattern, function + NOBODY) == function + name
    elsewhere_patterns = (
        f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:f",
        "arn:aws:lambda:*:*:fun~*:f",
        "arn:aws:s3:::f",
        "*:f:f",
    )
    for elsewhere in elsewhere_patterns:
        assert example_arn(elsewhere, function + NOBODY) is None
    assert example_arn(pattern, "*") is None


@pytest.mark.parametrize(
    ("resource", "regions"),
    [
        ("arn:aws:lambda:eu-west-1:123456789012:function:f", ["eu-west-1"]),
        ("arn:aws:lambda:eu-*:123456789012:function:f", ["eu-west-1", "eu-central-1"]),
        ("arn:aws:lambda:*:123456789012:function:f", []),
        ("arn:aws:s3:::bucket", []),
        ("*", []),
    ],
)
def test_the_regions_that_a_resource_names(resource, regions):
    assert list(dict.fromkeys(resource_regions(resource))) == regions


def test_one_region_that_no_deny_names():
    denied_there = Statement(
        path="$", effect="Deny", actions=("*",), resources=(f"arn:aws:ec2:{REGION}:*:*",)
    )
    assert list(undenied_region([denied_there], REGION)) == ["us-east-1"]
    assert list(undenied_region([denied_there], "eu-west-1")) == []
    assert list(undenied_region([evolve(denied_there, effect="Allow")], REGION)) == []


@given(
    pattern=st.text("ab*?", max_size=6),
    start=st.text("ab", max_size=4),
)
def test_an_example_of_a_pattern(pattern, start):
    """It begins with the start and is matched; there is none only where no text is.

    What a pattern leaves open at its end has a name: nothing is a resource without one.
    """
    place = "arn:aws:x:y:1:"
    example = example_arn(f"{place}{pattern}", f"{place}{start}{NOBODY}")
    if example is not None:
        assert example.startswith(place)
        example = example.removeprefix(place)
        assert example != start or not pattern.endswith("*")
        assert example.startswith(start)
        assert matches(pattern, example)
    else:
        ends = ("".join(end) for length in range(7) for end in product("ab", repeat=length))
        assert not any(matches(pattern, start + end) for end in ends)
