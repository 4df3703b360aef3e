"""AWS Global Accelerator, from answers as AWS gives them."""

from __future__ import annotations

import pytest

from cloudpack_baseline.model.globalaccelerator import (
    Accelerator,
    AcceleratorEndpoint,
    AcceleratorEndpointGroup,
    AcceleratorListener,
    CrossAccountAttachment,
    CustomRoutingAccelerator,
    ListenerPortRange,
    PortOverride,
)
from cloudpack_baseline.sources.gatherers import gatherer_of
from fakes import calls
from support import ACCOUNT

ARN = f"arn:aws:globalaccelerator::{ACCOUNT}:accelerator/1"
BALANCER = f"arn:aws:elasticloadbalancing:ap-northeast-1:{ACCOUNT}:loadbalancer/app/front/1"
ANSWERS = {
    "globalaccelerator:ListAccelerators": {
        "Accelerators": [
            {
                "AcceleratorArn": ARN,
                "Name": "front",
                "Enabled": True,
                "IpAddressType": "DUAL_STACK",
            }
        ]
    },
    "globalaccelerator:ListListeners": {
        "Listeners": [
            {
                "ListenerArn": f"{ARN}/listener/1",
                "Protocol": "TCP",
                "PortRanges": [{"FromPort": 80, "ToPort": 81}],
            }
        ]
    },
    "globalaccelerator:ListEndpointGroups": {
        "EndpointGroups": [
            {
                "EndpointGroupArn": f"{ARN}/listener/1/endpoint-group/1",
                "EndpointDescriptions": [
                    {
                        "EndpointId": BALANCER,
                        "Weight": 100,
                        "ClientIPPreservationEnabled": False,
                    }
                ],
                "PortOverrides": [{"ListenerPort": 80, "EndpointPort": 8080}],
            }
        ]
    },
    "globalaccelerator:ListCrossAccountAttachments": {
        "CrossAccountAttachments": [
            {
                "AttachmentArn": f"arn:aws:globalaccelerator::{ACCOUNT}:attachment/1",
                "Name": "shared",
                "Resources": [{"EndpointId": BALANCER, "Region": "ap-northeast-1"}],
            }
        ]
    },
    "globalaccelerator:ListCustomRoutingAccelerators": {
        "Accelerators": [{"AcceleratorArn": ARN, "Name": "custom", "Enabled": False}]
    },
}
WITH_LISTENERS = frozenset({"listeners"})


def test_an_accelerator():
    (accelerator,) = gatherer_of(Accelerator).run(calls(ANSWERS), WITH_LISTENERS).records
    assert (accelerator.enabled, accelerator.ip_address_type) == (True, "DUAL_STACK")
    group = AcceleratorEndpointGroup(
        endpoint_group_arn=f"{ARN}/listener/1/endpoint-group/1",
        endpoints=(
            AcceleratorEndpoint(endpoint_id=BALANCER, weight=100, client_ip_preservation=False),
        ),
        port_overrides=(PortOverride(listener_port=80, endpoint_port=8080),),
    )
    assert accelerator.listeners == (
        AcceleratorListener(
            listener_arn=f"{ARN}/listener/1",
            protocol="TCP",
            port_ranges=(ListenerPortRange(from_port=80, to_port=81),),
            endpoint_groups=(group,),
        ),
    )


def test_its_listeners_are_read_only_where_they_are_asked_for():
    (accelerator,) = gatherer_of(Accelerator).run(calls(ANSWERS), frozenset()).records
    assert accelerator.listeners.causes[0].operation == "globalaccelerator:ListListeners"


@pytest.mark.parametrize("name", ["ListListeners", "ListEndpointGroups"])
def test_listeners_that_could_not_be_read(name):
    answers = {key: answer for key, answer in ANSWERS.items() if not key.endswith(name)}
    (accelerator,) = gatherer_of(Accelerator).run(calls(answers), WITH_LISTENERS).records
    assert accelerator.listeners.causes[0].operation == f"globalaccelerator:{name}"


def test_what_others_may_use_and_custom_routing():
    (attachment,) = gatherer_of(CrossAccountAttachment).run(calls(ANSWERS), frozenset()).records
    assert attachment.endpoint_ids == (BALANCER,)
    (custom,) = gatherer_of(CustomRoutingAccelerator).run(calls(ANSWERS), frozenset()).records
    assert custom.enabled is False


def test_other_partitions_have_none():
    for kind in (Accelerator, CrossAccountAttachment, CustomRoutingAccelerator):
        in_china = calls({}, partition="aws-cn")
        assert gatherer_of(kind).run(in_china, WITH_LISTENERS).records == ()
