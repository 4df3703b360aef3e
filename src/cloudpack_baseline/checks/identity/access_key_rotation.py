"""Whether access keys and other long-lived credentials are rotated."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from cloudpack_baseline.baseline.options.identity import AccessKeyRotationOptions
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.identity._credentials import (
    CREDENTIAL_READS,
    Credential,
    ListedCredentials,
    reported_access_keys,
    reported_certificates,
    unread,
)
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    failed,
    not_applicable,
    passed,
    unknown,
)
from cloudpack_baseline.model.iam_credentials import ROOT_USER, CredentialReportEntry
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.texts import text

__all__ = ["access_key_rotation"]


@check(*CREDENTIAL_READS, subjects=(CredentialReportEntry,))
def access_key_rotation(view: AccountView) -> Iterator[Finding]:
    """Reads the age of each active access key in the credential report.

    Signing certificates, SSH public keys (ListSSHPublicKeys) and service-specific credentials
    (ListServiceSpecificCredentials), such as API keys of Amazon Bedrock, count as well. Inactive
    and expired ones do not. The keys of the root user are included.
    """
    listed = ListedCredentials.of(view)
    for user in view.all(CredentialReportEntry):
        credentials = (
            *reported_access_keys(user),
            *reported_certificates(user),
            *(() if user.name == ROOT_USER else listed.of_user(user.name)),
        )
        observations = [
            _judge(view, credential) for credential in credentials if credential.active is not False
        ]
        nothing = not_applicable(text("identity.no-active-key"))
        yield view.finding(user, *(observations or (nothing,)))


def _judge(view: AccountView, credential: Credential) -> Observation:
    days = view.baseline.options(AccessKeyRotationOptions).days
    created_at = credential.created_at
    if isinstance(created_at, Unknown):
        return unread(credential, created_at)
    if created_at is None:
        why = Unknown.because(Why.NOT_PROVIDED, operation="iam:GetCredentialReport")
        return unknown(text("identity.credential-age-not-reported", name=credential.name), why)
    day = created_at.date().isoformat()
    if created_at >= view.as_of - timedelta(days=days):
        return passed(text("identity.credential-rotated", name=credential.name, day=day))
    if isinstance(credential.active, Unknown):
        return unread(credential, credential.active)
    message = text("identity.credential-old", name=credential.name, day=day, days=days)
    return failed(message)
