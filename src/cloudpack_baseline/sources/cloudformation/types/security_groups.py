"""Security groups: rules in the group and rules that are resources of their own.

Source: AWS CloudFormation Template Reference, "AWS::EC2::SecurityGroup" and its rules.
"""

from __future__ import annotations

from cloudpack_baseline.model.addresses import cidr_block
from cloudpack_baseline.model.ec2 import DEFAULT_VPC, OTHER_RULES
from cloudpack_baseline.sources.cloudformation.interfaces import group_id_of
from cloudpack_baseline.sources.cloudformation.typed import (
    TypedResource,
    Types,
    as_list,
    shown,
    vague,
)
from cloudpack_baseline.sources.cloudformation.values import (
    Resolved,
    as_text,
    is_exact,
    undetermined,
)
from cloudpack_baseline.sources.located import AnswerList, AnswerObject

__all__ = ["TYPES"]

TYPES = Types()

_GROUPS = "ec2:DescribeSecurityGroups"
_EVERYWHERE = {
    "IpProtocol": "-1",
    "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
    "Ipv6Ranges": [{"CidrIpv6": "::/0"}],
}
_WITH_PORTS = frozenset(("tcp", "udp", "6", "17"))
_BLOCKS = (("IpRanges", "CidrIp"), ("Ipv6Ranges", "CidrIpv6"))


@TYPES.of(
    "AWS::EC2::SecurityGroup", _GROUPS, prefix="sg-", attributes={"GroupId": "{id}", "VpcId": ""}
)
def _group(resource: TypedResource) -> None:
    """Without a rule for egress, EC2 allows all of it; without a VPC, it is in the default one."""
    egress = resource.get("SecurityGroupEgress")
    resource.item(
        _GROUPS,
        GroupId=resource.id,
        GroupName=shown(resource.get("GroupName", resource.name)),
        Description=shown(resource.get("GroupDescription")),
        VpcId=shown(resource.get("VpcId", DEFAULT_VPC)),
        OwnerId=resource.account,
        IpPermissions=[
            _permission(resource, rule, "Source")
            for rule in as_list(resource.get("SecurityGroupIngress"))
        ],
        IpPermissionsEgress=[_permission(resource, rule, "Destination") for rule in as_list(egress)]
        or [_EVERYWHERE],
        Tags=resource.tags(),
    )


@TYPES.of("AWS::EC2::SecurityGroupIngress", _GROUPS, prefix="sgr-", order=1)
def _ingress(resource: TypedResource) -> None:
    _separate_rule(resource, "Source", "IpPermissions")


@TYPES.of("AWS::EC2::SecurityGroupEgress", _GROUPS, prefix="sgr-", order=1)
def _egress(resource: TypedResource) -> None:
    _separate_rule(resource, "Destination", "IpPermissionsEgress")


def _separate_rule(resource: TypedResource, peer: str, permissions: str) -> None:
    """A rule that is a resource of its own, added to its group."""
    rule = _permission(resource, resource.properties, peer)
    group = resource.get("GroupId", resource.get("GroupName", resource.unnamed))
    name = str(shown(group))
    candidates = (resource.answers.find(_GROUPS, key, name) for key in ("GroupId", "GroupName"))
    item = next((item for item in candidates if item is not None), None)
    if item is None:
        item = _group_elsewhere(resource, name)
    known = item.raw(permissions)
    item[permissions] = AnswerList([*as_list(known), rule])


def _group_elsewhere(resource: TypedResource, group: str) -> AnswerObject:
    """A group that the template only adds rules to; it may have any others."""
    further = {"IpProtocol": "-1", "PrefixListIds": [{"PrefixListId": OTHER_RULES}]}
    return resource.elsewhere(
        _GROUPS,
        GroupId=group,
        GroupName=group,
        Description="",
        VpcId=f"<VPC of {group}>",
        OwnerId=resource.account,
        IpPermissions=[further],
        IpPermissionsEgress=[further],
    )


@TYPES.of(
    "AWS::EC2::SecurityGroupVpcAssociation",
    "ec2:DescribeSecurityGroupVpcAssociations",
    prefix="sgvpc-",
)
def _vpc_association(resource: TypedResource) -> None:
    resource.item(
        "ec2:DescribeSecurityGroupVpcAssociations",
        GroupId=shown(resource.get("GroupId")),
        VpcId=shown(resource.get("VpcId")),
        GroupOwnerId=resource.account,
        State="associated",
    )


def _permission(resource: TypedResource, rule: Resolved, peer: str) -> AnswerObject:
    """A rule as EC2 describes it.

    A rule of which a part is not known becomes one towards a prefix list that nobody can
    read: it may admit anything, and hides no other rule.
    """
    traffic = _traffic(rule)
    if isinstance(traffic, str):
        peers = [{"PrefixListId": traffic}]
        return resource.object_at(rule, IpProtocol="-1", PrefixListIds=peers)
    return resource.object_at(rule, **traffic, **_peers(resource, rule, peer))


def _traffic(rule: Resolved) -> dict[str, Resolved] | str:
    """The protocol and the ports; a text that says why they are not known."""
    if not isinstance(rule, dict):
        return vague([undetermined("a rule (it is not an object)") if is_exact(rule) else rule])
    protocol, *ports = (rule.get(name) for name in ("IpProtocol", "FromPort", "ToPort"))
    if not is_exact([protocol, *ports]):
        return vague([protocol, *ports])
    if any(port is not None and not _is_number(port) for port in ports):
        return vague([undetermined(f"port {next(map(as_text, ports))}")])
    first, last = (None if port is None else int(as_text(port)) for port in ports)
    # Of ICMP they are a type and a code, which have no order.
    has_ports = as_text(protocol).lower() in _WITH_PORTS
    if has_ports and first is not None and last is not None and first > last >= 0:
        return vague([undetermined(f"the ports {first} to {last}")])
    numbers = {"FromPort": first, "ToPort": last}
    specified_ports = {name: port for name, port in numbers.items() if port is not None}
    # EC2 requires a protocol; a rule without one is taken for one about all of them.
    return {
        "IpProtocol": "-1" if protocol is None else as_text(protocol).lower(),
        **specified_ports,
    }


def _is_number(port: object) -> bool:
    return as_text(port).removeprefix("-").isdecimal()


def _peers(resource: TypedResource, rule: dict[str, Resolved], peer: str) -> dict[str, Resolved]:
    """Whom the rule admits."""
    peers: dict[str, Resolved] = {}
    unknown: list[object] = []
    for members, name in _BLOCKS:
        block = rule.get(name)
        text = _block_as_meant(name, block) if isinstance(block, str) and is_exact(block) else None
        if text is not None:
            peers[members] = [{name: text}]
        elif block is not None:
            unknown.append(block)
    prefix_list = rule.get(f"{peer}PrefixListId")
    if prefix_list is not None:
        peers["PrefixListIds"] = [{"PrefixListId": shown(prefix_list)}]
    for name in (f"{peer}SecurityGroupId", f"{peer}SecurityGroupName"):
        group = rule.get(name)
        if isinstance(group, str):
            # A group that is chosen at deployment is none of this template, and no block.
            peers["UserIdGroupPairs"] = [{"GroupId": group_id_of(resource.answers, shown(group))}]
        elif group is not None:
            unknown.append(group)
    if not peers and not unknown:
        # EC2 rejects a rule for nobody.
        unknown.append(undetermined(f"the {peer.lower()} of a rule"))
    for value in unknown:
        cause = value if not is_exact(value) else undetermined(f"the block {as_text(value)}")
        peers["PrefixListIds"] = [{"PrefixListId": vague([cause])}]
    return peers


def _block_as_meant(name: str, block: str) -> str | None:
    """The block; one that EC2 would reject means every address if no bit of it counts."""
    text = block.strip()
    if text.endswith("/0") and not _is_block(text):
        return "::/0" if name == "CidrIpv6" else "0.0.0.0/0"
    return text if _is_block(text) else None


def _is_block(text: str) -> bool:
    try:
        cidr_block(text)
    except ValueError:
        return False
    return True
