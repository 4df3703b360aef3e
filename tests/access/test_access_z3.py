"""Networks against z3: the engine's lists and the solver's formula admit the same addresses."""

from __future__ import annotations

import ipaddress
import json
import random

import pytest

from cloudpack_baseline.access import BucketAccess, exposure, parse_policy

z3 = pytest.importorskip("z3")

ADDRESS = z3.BitVec("address", 32)


def within(networks):
    tests = []
    for text in networks:
        network = ipaddress.ip_network(text)
        low, high = int(network[0]), int(network[-1])
        tests.append(z3.And(z3.UGE(ADDRESS, low), z3.ULE(ADDRESS, high)))
    return z3.Or(*tests)


def some_networks(chance):
    bits = chance.choice([4, 8, 16, 24, 30])
    count = chance.randrange(1, 5)
    return [f"{ipaddress.ip_address(chance.randrange(2**bits) << (32 - bits))}/{bits}"
            for _ in range(count)]  # fmt: skip


@pytest.mark.parametrize("seed", range(40))
def test_networks_agree_with_the_solver(seed):
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    statements, allowed, denied = [], [], []
    for _ in range(chance.randrange(1, 5)):
        networks = some_networks(chance)
        effect = chance.choice(["Allow", "Allow", "Deny"])
        negated = chance.random() < 0.3
        operator = "NotIpAddress" if negated else "IpAddress"
        statements.append({
            "Effect": effect, "Principal": "*", "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::b/*", "Condition": {operator: {"aws:SourceIp": networks}},
        })  # fmt: skip
        test = z3.Not(within(networks)) if negated else within(networks)
        (allowed if effect == "Allow" else denied).append(test)
    text = json.dumps({"Version": "2012-10-17", "Statement": statements})
    found = exposure(BucketAccess(name="b", owner_account="1" * 12, policy=parse_policy(text)))
    solver = z3.Solver()
    formula = z3.And(z3.Or(*allowed), z3.Not(z3.Or(*denied)))
    solver.add(formula != within(found.anonymous.ipv4))
    assert solver.check() == z3.unsat
