"""Whether long-lived keys are declared, and work from the declared networks only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import evolve

from cloudpack_baseline.baseline.options.identity import AccessKeysDeclaredOptions
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.identity._credentials import (
    CREDENTIAL_READS,
    Credential,
    ListedCredentials,
    reported_certificates,
    unread,
)
from cloudpack_baseline.checks.identity._network_binding import network_binding
from cloudpack_baseline.checks.identity._policies import POLICY_READS, PolicyDirectory
from cloudpack_baseline.checks.identity.service_control import SERVICE_CONTROL, service_control
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    Outcome,
    failed,
    not_applicable,
    passed,
)
from cloudpack_baseline.model.iam_credentials import CredentialReportEntry
from cloudpack_baseline.model.iam_principals import UserDetail
from cloudpack_baseline.model.pattern import covers
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.texts import text

__all__ = ["access_keys_declared"]


@check(
    *POLICY_READS,
    reads(UserDetail, "access_keys", "ssh_public_keys"),
    *CREDENTIAL_READS,
    *SERVICE_CONTROL,
    subjects=(UserDetail,),
)
def access_keys_declared(view: AccountView) -> Iterator[Finding]:
    """Reads the access keys of each user (ListAccessKeys), and evaluates the user's policies.

    Every active key needs a declaration with a ticket, by its ID or by its user. SSH public keys
    (ListSSHPublicKeys), service-specific credentials (ListServiceSpecificCredentials) and signing
    certificates (the credential report) count as keys. The policies, the boundary and the service
    control policies must deny the user every request from outside the declared networks, as in
    ``source-network``. The keys of the root user are evaluated by ``root-access-keys``.
    """
    directory = PolicyDirectory.of(view)
    options = view.baseline.options(AccessKeysDeclaredOptions)
    networks = view.baseline.cidrs_of(options.networks or view.baseline.networks)
    levels = service_control(view)
    listed = ListedCredentials.of(view)
    entries = {entry.name: entry for entry in view.all(CredentialReportEntry)}
    for user in view.all(UserDetail):
        keys = [key for key in _keys(view, user, listed, entries) if key.active is not False]
        observations = [
            evolve(_declared(options, user, key), origin=key.written_at) for key in keys
        ]
        if not keys:
            observations = [not_applicable(text("identity.no-active-key"))]
        else:
            bound = (
                network_binding(view, directory, user, networks, levels)
                if networks
                else failed(text("identity.keys-no-networks"))
            )
            observations.append(_of_active_keys(keys, bound))
        yield view.finding(user, *observations)


def _keys(
    view: AccountView,
    user: UserDetail,
    listed: ListedCredentials,
    entries: Mapping[str, CredentialReportEntry],
) -> Iterator[Credential]:
    if isinstance(user.access_keys, Unknown):
        name = text("identity.credentials-access-keys")
        yield Credential(name=name, active=user.access_keys, created_at=user.access_keys)
    else:
        for key in user.access_keys:
            name = text("identity.credential-key", id=key.id)
            yield Credential(
                name=name,
                id=key.id,
                active=key.active,
                created_at=key.created_at,
                written_at=key.written_at,
            )
    if view.snapshot.is_planned:  # no template makes other credentials
        return
    yield from listed.of_user(user.name)
    entry, gap = entries.get(user.name), view.gap(CredentialReportEntry)
    if entry is not None:
        yield from reported_certificates(entry)
    elif gap is not None:
        name = text("identity.credentials-certificates")
        yield Credential(name=name, active=gap, created_at=gap)


def _declared(options: AccessKeysDeclaredOptions, user: UserDetail, key: Credential) -> Observation:
    for declaration in options.keys:
        if covers(declaration.user, user.arn, user.name) and declaration.id in ("", key.id):
            return passed(
                text(
                    "identity.key-declared",
                    name=key.name,
                    ticket=declaration.ticket,
                    reason=declaration.reason,
                )
            )
    if isinstance(key.active, Unknown):
        return unread(key, key.active)
    return failed(text("identity.key-not-declared", name=key.name))


def _of_active_keys(keys: list[Credential], bound: Observation) -> Observation:
    """The binding counts only if a key is active."""
    doubtful = [(key, key.active) for key in keys if isinstance(key.active, Unknown)]
    if bound.outcome is Outcome.FAIL and len(doubtful) == len(keys):
        return unread(*doubtful[0])
    return bound
