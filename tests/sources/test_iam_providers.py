"""How OpenID Connect providers are read: from moto's answers, and from odd ones."""

from __future__ import annotations

import pytest

from cloudpack_baseline.model.iam_principals import OpenIDConnectProvider
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Why
from cloudpack_baseline.sources.aws import gather_account
from cloudpack_baseline.sources.gatherers import gatherer_of
from fakes import calls
from support import ACCOUNT

LIST = "iam:ListOpenIDConnectProviders"
GET = "iam:GetOpenIDConnectProvider"
NAME = "token.actions.githubusercontent.com"
ARN = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{NAME}"


def gathered(one=None, listed=None):
    answers = {
        LIST: {"OpenIDConnectProviderList": [{"Arn": ARN}]} if listed is None else listed,
        GET: one or {"Url": NAME, "ClientIDList": ["sts.amazonaws.com"]},
    }
    return gatherer_of(OpenIDConnectProvider).run(calls(answers), frozenset())


def test_a_provider_on_moto(session):
    session.client("iam").create_open_id_connect_provider(
        Url=f"https://{NAME}", ClientIDList=["sts.amazonaws.com"], ThumbprintList=["0" * 40]
    )
    snapshot = gather_account(session, [reads(OpenIDConnectProvider)])
    (open_id_connect_provider,) = snapshot.all(OpenIDConnectProvider, ACCOUNT)
    assert (
        open_id_connect_provider.arn,
        open_id_connect_provider.name,
        open_id_connect_provider.client_ids,
    ) == (ARN, NAME, ("sts.amazonaws.com",))


@pytest.mark.parametrize("answer", [{"Url": NAME}, {"Url": NAME, "ClientIDList": []}])
def test_a_provider_without_clients(answer):
    (record,) = gathered(answer).records
    assert record.client_ids == ()


def test_a_provider_that_is_gone_by_now():
    gathering = gathered("NoSuchEntity")
    assert (gathering.records, gathering.unknown) == ((), None)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("AccessDenied", Why.DENIED),
        ({"ClientIDList": ["x"]}, Why.MALFORMED),
        ({"Url": NAME, "ClientIDList": [1]}, Why.MALFORMED),
        ({"Url": NAME, "ClientIDList": 1}, Why.MALFORMED),
    ],
)
def test_clients_that_cannot_be_read(answer, why):
    (record,) = gathered(answer).records
    assert record.client_ids.causes[0].why is why


@pytest.mark.parametrize(
    ("listed", "why"),
    [
        ("AccessDenied", Why.DENIED),
        ({}, Why.MALFORMED),
        ({"OpenIDConnectProviderList": [{}]}, Why.MALFORMED),
    ],
)
def test_a_list_that_cannot_be_read(listed, why):
    gathering = gathered(listed=listed)
    assert gathering.records == ()
    assert gathering.unknown.causes[0].why is why
