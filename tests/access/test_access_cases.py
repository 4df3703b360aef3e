"""Every case of ``cases/``: the engine says what it says, and an independent judge agrees."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from access.evaluator import acl_allows, decide, fits, trusted
from cloudpack_baseline.access import (
    AclGrant,
    BucketAccess,
    PublicAccessSettings,
    exposure,
    parse_policy,
)
from cloudpack_baseline.access.actions import ACTIONS

CASES = [
    pytest.param(case, id=f"{path.stem}-{number}")
    for path in sorted((Path(__file__).parent / "cases").glob("*.json"))
    for number, case in enumerate(json.loads(path.read_text(encoding="utf-8"))["cases"])
]


def block(flags):
    return PublicAccessSettings(*map(bool, flags)) if flags else None


def bucket_of(case):
    policy = case.get("policy")
    return BucketAccess(
        name="b",
        owner_account="123456789012",
        owner_canonical_id=case.get("owner_canonical_id"),
        policy=parse_policy(json.dumps(policy)) if policy else None,
        acl=tuple(AclGrant(grantee=g, permission=p) for g, p in case.get("acl", [])),
        ownership=case.get("ownership"),
        bucket_block=block(case.get("bucket_block")),
        account_block=block(case.get("account_block")),
        organization_block=case.get("organization_block"),
    )


def seen(found):
    return {
        "policy_public": found.policy_public,
        "acl_public": found.acl_public,
        "public": found.public,
        "anonymous": found.anonymous.scope,
        "ipv4": list(found.anonymous.ipv4),
        "ipv6": list(found.anonymous.ipv6),
        "endpoints": found.anonymous.endpoints.scope,
        "objects": found.anonymous.objects.scope,
        **{kind: found.by_access[kind].scope for kind in ("read", "list", "write")},
        "clear_text": found.clear_text is not None,
        "clear_text_anonymous": found.clear_text_anonymous is not None,
        "tls": found.lowest_tls,
        "accounts": [access.account for access in found.accounts],
        "services": {access.service: access.bound for access in found.services},
        "masked": len(found.masked),
        "object_acls": found.object_acls_may_grant,
    }


def is_known(witness):
    """Whether S3 knows the action; what it does not know counts as public, but is not answered."""
    return witness is not None and witness.request.action.removeprefix("s3:") in ACTIONS


def witnesses(found):
    doubted = {
        question for approximation in found.approximations for question in approximation.questions
    }
    reaches = {"anonymous": found.anonymous, **found.by_access}
    yield from (reach.witness for name, reach in reaches.items() if name not in doubted)
    if "clear_text_anonymous" not in doubted:
        yield found.clear_text_anonymous
    if not found.exact:
        return
    if is_known(found.public_witness):
        yield found.public_witness
    for access in (*found.accounts, *found.services):
        yield access.witness
    for access in found.services:
        yield access.unbound


@pytest.mark.parametrize("case", CASES)
def test_case(case):
    bucket_exposure = exposure(bucket_of(case))
    told = seen(bucket_exposure)
    assert {key: told[key] for key in case["expect"]} == case["expect"], case["reason"]
    assert bucket_exposure.exact is case.get("exact", True)


@pytest.mark.lengthy
@pytest.mark.parametrize("case", CASES)
def test_every_witness_is_confirmed_by_the_independent_judge(case):
    bucket_exposure = exposure(bucket_of(case))
    policy = case.get("policy")
    for witness in filter(None, witnesses(bucket_exposure)):
        request = witness.request
        verdict = decide(policy, request) if policy else None
        by_acl = acl_allows(case.get("acl", []), request)
        assert fits(request)
        assert verdict == "Allow" or (verdict is None and by_acl)
    if bucket_exposure.policy_public_witness and bucket_exposure.exact:
        assert not trusted(policy, bucket_exposure.policy_public_witness.request)
        assert decide(policy, bucket_exposure.policy_public_witness.request) == "Allow"


def test_each_case_has_a_reason_and_a_name_of_its_own():
    names = [(param.id.rpartition("-")[0], param.values[0]["name"]) for param in CASES]
    assert len(names) >= 200
    assert all(param.values[0]["reason"] for param in CASES)
    assert len(set(names)) == len(names)
