"""Random policies: what the engine says against single requests that an independent judge decides.

Soundness: a request that the judge lets in is in the engine's answer. Exactness: each witness, and
one for each class of source addresses, is confirmed by the judge.
"""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from access.evaluator import allows, decide, ip_match, trusted
from access.generator import policy, req
from access.test_access_cases import is_known
from cloudpack_baseline.access import BucketAccess, exposure, parse_policy
from cloudpack_baseline.access.analysis import analyse
from cloudpack_baseline.access.grants import effective_grants
from cloudpack_baseline.access.witnesses import sample_request_if_any

pytestmark = pytest.mark.lengthy

OWNER = "123456789012"
KINDS = {"s3:GetObject": "read", "s3:ListBucket": "list", "s3:PutObject": "write"}
seeds = st.integers(0, 10**9)


def bucket(document):
    return BucketAccess(name="b", owner_account=OWNER, policy=parse_policy(json.dumps(document)))


def doubtful(found):
    return {question for item in found.approximations for question in item.questions}


def chances(seed):
    return random.Random(seed)  # noqa: S311 - not for secrets


def has(reach, address):
    return any(ip_match(network, address) for network in reach.ipv4 + reach.ipv6)


@settings(max_examples=150)
@given(seeds)
def test_what_gets_in_is_told(seed):
    chance = chances(seed)
    document = policy(chance)
    bucket_exposure = exposure(bucket(document))
    for request in (req(chance) for _ in range(60)):
        if allows(document, request):
            check_told(bucket_exposure, request)
            assert trusted(document, request) or bucket_exposure.policy_public
        elif (
            request.context["aws:SecureTransport"] == "false" and bucket_exposure.clear_text is None
        ):
            assert decide(document, request) == "Deny"


def check_told(found, request):
    context = request.context
    if request.principal_kind == "anonymous":
        reach = found.by_access[KINDS.get(request.action, "other")]
        if "aws:SourceIp" in context:
            assert has(reach, context["aws:SourceIp"])
            assert has(found.anonymous, context["aws:SourceIp"])
        else:
            check_endpoint(reach.endpoints, context)
        assert context["aws:SecureTransport"] == "true" or found.clear_text_anonymous
    elif request.principal_kind == "service":
        assert {request.principal, "*"} & {access.service for access in found.services}
    elif request.account != OWNER:
        names = {request.account or request.principal, "*"}
        assert any(
            access.account in names
            and (
                not access.organizations
                or context.get("aws:PrincipalOrgID") in access.organizations
            )
            for access in found.accounts
        )
    version = context.get("s3:TlsVersion")
    assert version is None or (found.lowest_tls is not None and found.lowest_tls <= version)


def check_endpoint(endpoints, context):
    assert endpoints.scope != "none"
    assert not endpoints.endpoints or context["aws:SourceVpce"] in endpoints.endpoints
    assert not endpoints.vpcs or context["aws:SourceVpc"] in endpoints.vpcs
    assert context["aws:SourceVpce"] not in endpoints.but_endpoints
    assert context["aws:SourceVpc"] not in endpoints.but_vpcs


@settings(max_examples=150)
@given(seeds)
def test_what_is_told_gets_in(seed):
    document = policy(chances(seed))
    bucket_exposure = exposure(bucket(document))
    doubts = doubtful(bucket_exposure)
    told = [("anonymous", bucket_exposure.anonymous.witness)]
    if is_known(bucket_exposure.public_witness):
        told.append(("public", bucket_exposure.public_witness))
    told.append(("clear_text_anonymous", bucket_exposure.clear_text_anonymous))
    told += [(kind, reach.witness) for kind, reach in bucket_exposure.by_access.items()]
    told += [("accounts", access.witness) for access in bucket_exposure.accounts]
    told += [("services", access.witness) for access in bucket_exposure.services]
    told += [("unbound", access.unbound) for access in bucket_exposure.services]
    for question, witness in told:
        if witness is not None and question not in doubts:
            assert allows(document, witness.request)
    public = bucket_exposure.policy_public_witness
    if public is not None and "policy_public" not in doubts:
        assert not trusted(document, public.request)
    if bucket_exposure.clear_text is not None and "clear_text" not in doubts:
        assert decide(document, bucket_exposure.clear_text) != "Deny"


@settings(max_examples=100)
@given(seeds)
def test_every_class_of_addresses_gets_in(seed):
    document = policy(chances(seed))
    if "anonymous" in doubtful(exposure(bucket(document))):
        return
    analysis = analyse(bucket(document))
    level = analysis.context.layout.keys.get("aws:sourceip")
    for let in effective_grants(analysis).unsigned:
        classes = let.high.classes(level) if level is not None else 0
        for place in range(classes.bit_length()):
            if classes >> place & 1:
                requests = let.high.within({level: 1 << place})
                assert allows(document, sample_request_if_any(analysis, requests))
