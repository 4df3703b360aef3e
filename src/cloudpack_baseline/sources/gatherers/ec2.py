"""Amazon EC2: networks, instances and how they will be launched."""

from __future__ import annotations

from cloudpack_baseline.sources.gatherers import _ec2_gateways, _ec2_network, _ec2_posture

__all__ = ["GATHERERS"]

GATHERERS = (*_ec2_network.GATHERERS, *_ec2_gateways.GATHERERS, *_ec2_posture.GATHERERS)
