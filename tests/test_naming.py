"""Names beside ids in texts."""

from __future__ import annotations

import pytest
from attrs import evolve

from cloudpack_baseline.findings import Finding, Resource, Witness, failed
from cloudpack_baseline.model.ec2 import SecurityGroup
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.snapshot import Snapshot
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.naming import names_of, with_names
from cloudpack_baseline.testing import records
from cloudpack_baseline.texts import text
from support import ACCOUNT, NOW

NAMES = {"subnet-1f261f26": "db-c", "sg-0123456789abcdef0": "web"}


def finding(message, *, steps=(), notes=()):
    witness = Witness(summary=message, steps=steps, command="aws subnet-1f261f26")
    return Finding(
        control="segmentation",
        resource=Resource(key="k"),
        observations=(failed(message, read="VpcId=subnet-1f261f26", witness=witness),),
        notes=notes,
    )


def remark(words):
    return text("common.verbatim", en=words, ja="注")


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("in subnet-1f261f26", "in db-c (subnet-1f261f26)"),
        ("subnet-1f261f26: egress", "db-c (subnet-1f261f26): egress"),
        (
            "sg-0123456789abcdef0, subnet-1f261f26",
            "web (sg-0123456789abcdef0), db-c (subnet-1f261f26)",
        ),
        ("subnet-ffffffff", "subnet-ffffffff"),
        ("db-c (subnet-1f261f26)", "db-c (subnet-1f261f26)"),
        ("arn:aws:ec2:r:1:subnet/subnet-1f261f26", "arn:aws:ec2:r:1:subnet/subnet-1f261f26"),
        ("subnet-1f261f26-x", "subnet-1f261f26-x"),
        ("SubnetId=subnet-1f261f26", "SubnetId=subnet-1f261f26"),
    ],
)
def test_ids_by_themselves_are_named(words, named):
    (observation,) = with_names(finding(remark(words)), NAMES).observations
    assert observation.message.in_language("en") == named
    assert observation.witness.summary.in_language("en") == named


def test_a_message_without_a_witness_and_steps_alone_are_named():
    plain, step = remark("nothing"), remark("subnet-1f261f26")
    bare = Finding(control="segmentation", resource=Resource(key="k"), observations=(failed(step),))
    (observation,) = with_names(bare, NAMES).observations
    assert observation.message.in_language("en") == "db-c (subnet-1f261f26)"
    (observation,) = with_names(finding(plain, steps=(step,)), NAMES).observations
    assert observation.message is plain
    assert observation.witness.steps[0].in_language("en") == "db-c (subnet-1f261f26)"


def test_names_reach_texts_in_texts_lists_steps_and_notes():
    inner = text("common.nothing", kinds=("subnet-1f261f26", remark("subnet-1f261f26")))
    made = with_names(
        finding(inner, steps=(remark("subnet-1f261f26"),), notes=(remark("subnet-1f261f26"),)),
        NAMES,
    )
    (observation,) = made.observations
    assert observation.message.in_language("en").count("db-c (subnet-1f261f26)") == 2
    assert observation.witness.steps[0].in_language("en") == "db-c (subnet-1f261f26)"
    assert made.notes[0].in_language("en") == "db-c (subnet-1f261f26)"


def test_values_and_commands_stay():
    (observation,) = with_names(finding(remark("subnet-1f261f26")), NAMES).observations
    assert observation.read == "VpcId=subnet-1f261f26"
    assert observation.witness.command == "aws subnet-1f261f26"


def test_a_finding_without_such_ids_stays_the_same():
    failing_finding = finding(remark("no id here"), notes=(remark("nor here"),))
    assert with_names(failing_finding, NAMES) is failing_finding


def test_a_security_group_is_known_by_its_group_name_and_an_interface_by_its_instance():
    snapshot = records.snapshot(
        records.security_group("sg-0123456789abcdef0", group_name="web"),
        records.security_group("sg-1123456789abcdef0", group_name="db", name="database"),
        records.instance("i-0123456789abcdef0", name="web-1"),
        records.network_interface("eni-0123456789abcdef0", instance_id="i-0123456789abcdef0"),
        records.network_interface("eni-1123456789abcdef0", belongs_to="rds:shop"),
        records.network_interface("eni-2123456789abcdef0", name="own", belongs_to="rds:shop"),
        records.network_interface("eni-3123456789abcdef0"),
        controls=["network-acls"],
    )
    assert names_of(snapshot) == {
        "sg-0123456789abcdef0": "web",
        "sg-1123456789abcdef0": "database",
        "i-0123456789abcdef0": "web-1",
        "eni-0123456789abcdef0": "web-1",
        "eni-1123456789abcdef0": "shop",
        "eni-2123456789abcdef0": "own",
    }
    group = snapshot.all(SecurityGroup, records.ACCOUNT)[0]
    assert Resource.of(group).label == f"web ({group.arn})"


def test_names_are_those_of_records_whose_ids_were_made_up():
    def record(kind, id_, name):
        arn = f"arn:aws:ec2:eu-west-1:{ACCOUNT}:{kind}/{id_}"
        return Record(arn=arn, account=ACCOUNT, name=name)

    named = (
        record("subnet", "subnet-1f261f26", "db-c"),
        record("subnet", "subnet-2f262f26", "subnet-2f262f26"),
        record("role", "admin", "the admin"),
    )
    snapshot = Snapshot(taken_at=NOW, source="aws", accounts=())
    assert names_of(evolve(snapshot, records=named)) == {"subnet-1f261f26": "db-c"}


def test_addresses_that_stand_for_those_of_a_template_have_the_name_of_the_resource():
    interface = records.network_interface(
        "eni-Web", "10.0.0.9", public_ip="198.18.0.9", instance_id="i-Web"
    )
    unknown = records.network_interface("eni-Other", "10.0.0.8")
    unknown = evolve(unknown, private_ip_addresses=Unknown.because(Why.UNDETERMINED))
    planned = records.snapshot(interface, unknown, source="template")
    names = names_of(planned)
    assert (names["10.0.0.9"], names["198.18.0.9"]) == ("i-Web", "i-Web")
    packet = text("reachability.packet", source="1.0.0.0", destination="10.0.0.9", traffic="icmp")
    shown = with_names(finding(packet), names).observations[0].message.in_language("en")
    assert "10.0.0.9" not in shown
    assert "i-Web" in shown
    assert "10.0.0.9" not in names_of(evolve(planned, source="aws"))


def test_an_address_of_two_networks_keeps_its_own():
    first = records.network_interface("eni-First", "10.0.0.9")
    second = records.network_interface("eni-Second", "10.0.0.9", public_ip="198.18.0.9")
    names = names_of(records.snapshot(first, second, source="template"))
    assert "10.0.0.9" not in names
    assert names["198.18.0.9"] == second.display_name
