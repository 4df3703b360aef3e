"""The long-lived credentials of a user, from the credential report and from listings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.findings import Observation, causes_text, unknown
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.iam_credentials import (
    CredentialReportEntry,
    ServiceSpecificCredential,
)
from cloudpack_baseline.model.iam_principals import UserDetail
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Field, Origin, Truth, Unknown, all_of, lift
from cloudpack_baseline.texts import Text, text

__all__ = [
    "CREDENTIAL_READS",
    "Credential",
    "ListedCredentials",
    "password_of",
    "reported_access_keys",
    "reported_certificates",
    "unread",
]

CREDENTIAL_READS = (
    reads(CredentialReportEntry),
    reads(UserDetail, "ssh_public_keys"),
    reads(ServiceSpecificCredential),
)
"""What the functions of this module need."""


@frozen(kw_only=True)
class Credential:
    """A credential of a user that does not expire by itself.

    Attributes:
        name: what it is, for people.
        id: as it can be declared; empty if AWS reports none.
        active: whether it can be used.
        created_at: when it was created or last changed; ``None``: not reported.
        last_used_at: ``None``: never, as far as AWS reports it.
        use_is_reported: whether AWS reports its last use at all.
        written_at: where a template or plan contains it.
    """

    name: Text
    id: str = ""
    active: Truth
    created_at: Field[datetime | None]
    last_used_at: Field[datetime | None] = None
    use_is_reported: bool = False
    written_at: Origin | None = None


def unread(credential: Credential, why: Unknown) -> Observation:
    """That something about the credential could not be read."""
    cause = causes_text(why.causes)
    return unknown(text("identity.credential-unread", name=credential.name, cause=cause), why)


def password_of(user: CredentialReportEntry) -> Credential:
    """The console password."""
    changed_at = user.password_last_changed
    return Credential(
        name=text("identity.credential-password"),
        active=_is_true(user.password_enabled),
        created_at=user.user_creation_time if changed_at is None else changed_at,
        last_used_at=user.password_last_used,
        use_is_reported=True,
    )


def reported_access_keys(user: CredentialReportEntry) -> tuple[Credential, ...]:
    """Both access keys that a user can have, in the credential report."""
    keys = (
        (user.access_key_1_active, user.access_key_1_last_rotated),
        (user.access_key_2_active, user.access_key_2_last_rotated),
    )
    uses = (user.access_key_1_last_used_date, user.access_key_2_last_used_date)
    return tuple(
        Credential(
            name=text("identity.credential-access-key", number=number),
            active=_is_true(active),
            created_at=rotated_at,
            last_used_at=last_used_at,
            use_is_reported=True,
        )
        for number, ((active, rotated_at), last_used_at) in enumerate(
            zip(keys, uses, strict=True), start=1
        )
    )


def reported_certificates(user: CredentialReportEntry) -> tuple[Credential, ...]:
    """Both signing certificates that a user can have, in the credential report."""
    certificates = (
        (user.cert_1_active, user.cert_1_last_rotated),
        (user.cert_2_active, user.cert_2_last_rotated),
    )
    return tuple(
        Credential(
            name=text("identity.credential-certificate", number=number),
            active=_is_true(active),
            created_at=rotated_at,
        )
        for number, (active, rotated_at) in enumerate(certificates, start=1)
    )


def _is_true(flag: Field[bool | None]) -> Truth:
    return lift(lambda known: known is True, flag)


@frozen(kw_only=True)
class ListedCredentials:
    """SSH public keys and service-specific credentials of all users, by the name of the user.

    Attributes:
        users: the users.
        of_services: service-specific credentials.
        users_gap: why there may be more users; ``None``: there are no more.
        services_gap: the same for service-specific credentials.
        as_of: what expired before this time is not active.
    """

    users: Mapping[str, UserDetail]
    of_services: Mapping[str, Sequence[ServiceSpecificCredential]]
    users_gap: Unknown | None
    services_gap: Unknown | None
    as_of: datetime

    @classmethod
    def of(cls, view: AccountView) -> ListedCredentials:
        """Those of the account."""
        of_services: dict[str, list[ServiceSpecificCredential]] = {}
        for credential in view.all(ServiceSpecificCredential):
            of_services.setdefault(credential.user_name, []).append(credential)
        return cls(
            users={user.name: user for user in view.all(UserDetail)},
            of_services=of_services,
            users_gap=view.gap(UserDetail),
            services_gap=view.gap(ServiceSpecificCredential),
            as_of=view.as_of,
        )

    def of_user(self, name: str) -> Iterator[Credential]:
        """Those of a user; what could not be listed may be active."""
        yield from self._ssh_public_keys(name)
        if self.services_gap is not None:
            yield _unlisted("identity.credentials-of-services", self.services_gap)
        for credential in self.of_services.get(name, ()):
            yield Credential(
                name=text(
                    "identity.credential-of-service",
                    id=credential.id,
                    service=_known(credential.service_name),
                ),
                id=credential.id,
                active=self._is_usable(credential),
                created_at=credential.create_date,
            )

    def _ssh_public_keys(self, name: str) -> Iterator[Credential]:
        user = self.users.get(name)
        keys = self.users_gap if user is None else user.ssh_public_keys
        if isinstance(keys, Unknown):
            yield _unlisted("identity.credentials-ssh", keys)
            return
        for key in keys or ():
            yield Credential(
                name=text("identity.credential-ssh", id=key.id),
                id=key.id,
                active=key.active,
                created_at=key.uploaded_at,
            )

    def _is_usable(self, credential: ServiceSpecificCredential) -> Truth:
        """A status that nobody documented may well be usable."""
        return all_of(
            (
                lift(lambda status: status not in ("Inactive", "Expired"), credential.status),
                lift(lambda end: end is None or end > self.as_of, credential.expiration_date),
            )
        )


def _unlisted(words: str, why: Unknown) -> Credential:
    return Credential(name=text(words), active=why, created_at=why)


def _known(name: Field[str]) -> str:
    return "?" if isinstance(name, Unknown) else name
