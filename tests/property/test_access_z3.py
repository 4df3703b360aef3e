"""Every verdict of an exposure against z3: the solver is asked the same of the same policies."""

from __future__ import annotations

import ipaddress
import json
import random
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from access.generator import policy
from cloudpack_baseline.access import BucketAccess, exposure, parse_policy

pytest.importorskip("z3")

from access import solver


def policies_of(path):
    """The policies of those cases that are of nothing else, and do not try how much is too much."""
    cases = json.loads(path.read_text(encoding="utf-8"))["cases"]
    more = {"acl", "ownership", "bucket_block", "account_block", "organization_block"}
    alone = [case["policy"] for case in cases if case.get("policy") and not case.keys() & more]
    return [document for document in alone if len(json.dumps(document)) < LONG]


LONG = 4_000
PATHS = sorted((Path(__file__).parents[1] / "access" / "cases").glob("*.json"))
FAMILIES = {path.stem: policies_of(path) for path in PATHS}
BATCHES = [range(start, start + 10) for start in range(0, 40, 10)]
OTHER = set(solver.ACTIONS) - solver.READ - solver.LIST - solver.WRITE
VERSIONS = (*solver.VERSIONS, None)


def engine(document):
    text = json.dumps(document)
    return exposure(BucketAccess(name="b", owner_account=solver.OWNER, policy=parse_policy(text)))


def inside(one, two):
    blocks = [ipaddress.ip_network(text) for text in two]
    return all(
        any(block.version == around.version and block.subnet_of(around) for around in blocks)
        for block in map(ipaddress.ip_network, one)
    )


def implied(answer, told):
    return told or not answer


def among(answer, told):
    return set(answer) <= set(told)


def no_lower(answer, told):
    return VERSIONS.index(told) <= VERSIONS.index(answer)


def bound_too(answer, told):
    return all(name in told and (bound or not told[name]) for name, bound in answer.items())


def questions(found):
    """Each question: its name, what the engine says, how to ask the solver, and what is wider."""
    unsigned, by_access = found.anonymous, found.by_access
    return [
        ("anonymous", list(unsigned.ipv4), lambda judge: judge.reached(4), inside),
        ("anonymous", list(unsigned.ipv6), lambda judge: judge.reached(6), inside),
        ("anonymous", unsigned.endpoints.scope != "none", solver.Judge.endpoints, implied),
        ("read", bool(by_access["read"]), lambda j: j.unsigned(actions=solver.READ), implied),
        ("list", bool(by_access["list"]), lambda j: j.unsigned(actions=solver.LIST), implied),
        ("write", bool(by_access["write"]), lambda j: j.unsigned(actions=solver.WRITE), implied),
        ("other", bool(by_access["other"]), lambda j: j.unsigned(actions=OTHER), implied),
        ("clear_text", found.clear_text is not None, solver.Judge.clear_text, implied),
        (
            "clear_text_anonymous",
            found.clear_text_anonymous is not None,
            solver.Judge.clear_text_anonymous,
            implied,
        ),
        ("lowest_tls", found.lowest_tls, solver.Judge.lowest_tls, no_lower),
        ("policy_public", found.policy_public, solver.Judge.policy_public, implied),
        ("public", found.public, solver.Judge.policy_public, implied),
        ("accounts", sorted(a.account for a in found.accounts), solver.Judge.accounts, among),
        (
            "services",
            {s.service: s.bound for s in found.services},
            solver.Judge.services,
            bound_too,
        ),
    ]


def judged(documents):
    """Ask both about each policy: what they differ in, and a count of the questions."""
    differences, count = [], Counter()
    for document in documents:
        found = engine(document)
        asked = questions(found)
        doubted = {
            name for approximation in found.approximations for name in approximation.questions
        }
        if "unbound" in doubted:
            doubted.add("services")
        try:
            judge = solver.Judge(document)
        except solver.Unsupported:
            count["not encoded"] += len(asked)
            continue
        answer_to = cache(lambda ask, judge=judge: ask(judge))  # two questions are the same
        for name, told, ask, wider in asked:
            try:
                answer = answer_to(ask)
            except solver.Unsupported:
                count["not encoded"] += 1
                continue
            except solver.Unknown:
                count["open"] += 1
                continue
            count["compared"] += 1
            # Where the engine doubts, it is on the side of exposure.
            if not wider(answer, told) if name in doubted else answer != told:
                differences.append((name, told, answer, document))
    return differences, count


@pytest.mark.parametrize("seeds", BATCHES, ids=lambda seeds: f"{seeds[0]}-{seeds[-1]}")
def test_the_solver_agrees_on_random_policies(seeds):
    documents = [policy(random.Random(seed)) for seed in seeds]  # noqa: S311 - not for secrets
    differences, count = judged(documents)
    assert not differences
    assert count["not encoded"] <= 0.1 * count.total()
    assert count["open"] <= 0.05 * count.total()


@pytest.mark.parametrize("family", [name for name, family in FAMILIES.items() if family])
def test_the_solver_agrees_on_cases(family):
    differences, count = judged(FAMILIES[family])
    assert not differences
    assert count["compared"]
    assert count["open"] <= 0.05 * count.total()


def some_networks(chance, version):
    whole = 32 if version == 4 else 128
    bits = chance.choice([4, 8, 16, 24, 30, 48, 64] if version == 6 else [4, 8, 16, 24, 30])
    kind = ipaddress.IPv4Address if version == 4 else ipaddress.IPv6Address
    return [
        f"{kind(chance.randrange(2**bits) << (whole - bits))}/{bits}"
        for _ in range(chance.randrange(1, 5))
    ]


@pytest.mark.parametrize("seed", range(20))
def test_the_solver_agrees_on_networks(seed):
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    statements = []
    for _ in range(chance.randrange(1, 5)):
        networks = some_networks(chance, chance.choice([4, 6]))
        operator = chance.choice(["IpAddress", "IpAddress", "NotIpAddress"])
        statements.append(
            {
                "Effect": chance.choice(["Allow", "Allow", "Deny"]),
                "Principal": "*",
                "Action": "s3:GetObject",
                "Resource": "arn:aws:s3:::b/*",
                "Condition": {operator: {"aws:SourceIp": networks}},
            }
        )
    document = {"Version": "2012-10-17", "Statement": statements}
    reach, judge = engine(document).anonymous, solver.Judge(document)
    assert list(reach.ipv4) == judge.reached(4)
    assert list(reach.ipv6) == judge.reached(6)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"Condition": {"Bool": {"aws:SecureTransport": "true"}}}, {"clear_text_anonymous"}),
        ({"Condition": {"Null": {"aws:PrincipalArn": "false"}}}, {"anonymous", "read"}),
        ({"Action": "s3:ListBucket", "Resource": "arn:aws:s3:::b"}, {"list", "read"}),
        ({"Principal": {"Service": "sns.amazonaws.com"}}, {"services", "policy_public"}),
        ({"Principal": {"AWS": "111122223333"}}, {"accounts", "policy_public"}),
    ],
)
def test_the_solver_sees_a_difference(change, told, monkeypatch):
    """Answers for one policy are found wrong of another: the comparison is no formality."""
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::b/*",
    }
    other = engine({"Version": "2012-10-17", "Statement": [statement]})
    monkeypatch.setattr(f"{__name__}.engine", lambda _: other)
    differences, _ = judged([{"Version": "2012-10-17", "Statement": [{**statement, **change}]}])
    assert told <= {name for name, _, _, _ in differences}
