"""Whether credentials that are not used are disabled."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from cloudpack_baseline.baseline.options.identity import InactiveCredentialsOptions
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.identity._credentials import (
    CREDENTIAL_READS,
    Credential,
    ListedCredentials,
    password_of,
    reported_access_keys,
    reported_certificates,
    unread,
)
from cloudpack_baseline.checks.identity._users import reported_users
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    failed,
    not_applicable,
    passed,
    unknown,
)
from cloudpack_baseline.model.iam_credentials import CredentialReportEntry
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.texts import text

__all__ = ["inactive_credentials"]


@check(*CREDENTIAL_READS, subjects=(CredentialReportEntry,))
def inactive_credentials(view: AccountView) -> Iterator[Finding]:
    """Reads the last use of each password and access key in the credential report.

    What was never used counts from its creation or last change. AWS does not report the last use
    of signing certificates, SSH public keys (ListSSHPublicKeys) and service-specific credentials
    (ListServiceSpecificCredentials): once they are older than the limit, the control is unknown.
    The report may be four hours old. The root user is evaluated by ``root-unused`` and
    ``root-access-keys``.
    """
    listed = ListedCredentials.of(view)
    for user in reported_users(view):
        credentials = (
            password_of(user),
            *reported_access_keys(user),
            *reported_certificates(user),
            *listed.of_user(user.name),
        )
        observations = [
            _judge(view, credential) for credential in credentials if credential.active is not False
        ]
        nothing = not_applicable(text("identity.no-active-credential"))
        yield view.finding(user, *(observations or (nothing,)))


def _judge(view: AccountView, credential: Credential) -> Observation:
    days = view.baseline.options(InactiveCredentialsOptions).days
    times = (credential.last_used_at, credential.created_at)
    known = [time for time in times if isinstance(time, datetime)]
    if known and max(known) > view.as_of - timedelta(days=days):
        message = text(
            "identity.credential-fresh", name=credential.name, day=max(known).date().isoformat()
        )
        return passed(message)
    for value in (credential.active, *times):
        if isinstance(value, Unknown):
            return unread(credential, value)
    if not credential.use_is_reported or not known:
        why = Unknown.because(Why.NOT_PROVIDED, operation="iam:GetCredentialReport")
        return unknown(text("identity.credential-use-not-reported", name=credential.name), why)
    day = max(known).date().isoformat()
    words = "unused" if credential.last_used_at else "never-used"
    return failed(text(f"identity.credential-{words}", name=credential.name, day=day, days=days))
