"""The cases of connections, each as a template: the verdicts are those of the deployed network."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cloudpack_baseline.judging import reads_of
from cloudpack_baseline.model.ec2 import NetworkInterface
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.reachability import Addresses, Interfaces, Network
from cloudpack_baseline.sources import parse_source
from cloudpack_baseline.sources.targets import SourceAccount
from cloudpack_baseline.whitepaper import select
from sources.cloudformation.as_template import expressible, gathered_again, logical

ACCEPTANCE = Path(__file__).parents[2] / "acceptance" / "networks.json"
CASES = json.loads(ACCEPTANCE.read_text(encoding="utf-8"))
WORDS = {"open": "passes", "stopped": "does not pass", "unknown": "not known"}


def recorded(case, folder):
    for name, content in case["answers"].items():
        path = folder / "answers" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content), encoding="utf-8")
    account = SourceAccount(regions=tuple(case["regions"]))
    with parse_source(f"describe:{folder / 'answers'}").open([account]) as opened:
        return opened.gather(reads_of(select(["segmentation"]))).records


def public_addresses(records):
    """The public address of each interface."""
    return {
        record.network_interface_id: address.public_ip
        for record in records
        if isinstance(record, NetworkInterface)
        and not isinstance(record.private_ip_addresses, Unknown)
        for address in record.private_ip_addresses
        if address.public_ip
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_the_flows_of_a_template(case, tmp_path):
    records = expressible(recorded(case, tmp_path))
    planned = gathered_again(records, tmp_path).records
    after = public_addresses(planned)
    renamed = {
        address: after[f"eni-{logical(name)}"]
        for name, address in public_addresses(records).items()
    }
    network = Network.from_records(planned)

    def end(name):
        if name.startswith("eni-"):
            return Interfaces([f"eni-{logical(name)}"])
        return Addresses([renamed.get(name, name)])

    for flow in case["flows"]:
        verdict = network.flow(end(flow["from"]), end(flow["to"]), flow["service"]).verdict
        assert WORDS[verdict] in flow["want"], (flow["id"], case["why"])
