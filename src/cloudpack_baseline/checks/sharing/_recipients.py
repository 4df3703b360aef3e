"""Whom resources may be shared with, and what is reported about others."""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.baseline.options.sharing import ResourceSharingOptions
from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.checks.settings import api_name
from cloudpack_baseline.findings import Observation, failed, passed, unknown
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.arn import Arn
from cloudpack_baseline.model.organizations import Organization
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Origin, Unknown
from cloudpack_baseline.texts import Text, text

__all__ = ["EVERYONE", "DeclaredRecipients"]

EVERYONE = ("all", "*")
"""How services call the public: Amazon EC2, Amazon RDS and Systems Manager, and AWS PrivateLink."""


@frozen(kw_only=True)
class DeclaredRecipients:
    """Whom resources of an account may be shared with.

    Attributes:
        accounts: IDs of accounts: its own, those of the baseline and those that were read.
        organizations: IDs of organizations: its own and those of the baseline.
        unread: why its own organization is unknown; ``None``: it is among `organizations`, or the
            account is in none.
    """

    accounts: frozenset[str]
    organizations: frozenset[str]
    unread: Unknown | None = None

    @classmethod
    def of(cls, view: AccountView) -> DeclaredRecipients:
        """What the baseline declares, and the organization of the account."""
        options = view.baseline.options(ResourceSharingOptions)
        read = (account.id for account in view.snapshot.accounts)
        declared = (account.id for account in view.baseline.accounts.values())
        organizations = (organization.id for organization in view.all(Organization))
        return cls(
            accounts=frozenset((view.account.id, *read, *declared, *options.accounts)),
            organizations=frozenset((*organizations, *options.organizations)),
            unread=view.gap(Organization),
        )

    def fault(self, recipient: str) -> Text | Unknown | None:
        """What is wrong with a recipient; ``None``: nothing.

        Args:
            recipient: an account ID, the ARN of an organization, an organizational unit or a
                principal, the name of a service, ``all``, or ``*``.
        """
        if recipient in EVERYONE:
            return text("sharing.public")
        organization = _organization_of(recipient)
        if organization is None:
            account = _account_of(recipient)
            known = account in self.accounts or recipient.endswith(_SERVICE)
            return None if known else text("sharing.undeclared-account", account=account)
        if organization in self.organizations:
            return None
        if self.unread is not None:
            return self.unread
        return text("sharing.undeclared-organization", organization=organization)

    def observe(
        self, record: Record, field: str, public: Observation | None = None
    ) -> Iterator[Observation]:
        """What is reported about the permissions of a resource.

        Args:
            record: the resource.
            field: its field with the recipients, as of `fault`.
            public: what is reported of everyone as a recipient, where that is declared, or where a
                setting of the account blocks public access.
        """
        permissions, origin = getattr(record, field), record.origin_of(field)
        name = api_name(type(record), field)
        if isinstance(permissions, Unknown):
            yield unknown(name, permissions, origin=origin)
            return
        if not permissions:
            yield passed(text("sharing.not-shared"), origin=origin)
        for recipient in permissions:
            if public is not None and recipient in EVERYONE:
                yield public
            else:
                yield self._judge(name, recipient, origin)

    def _judge(self, name: str, recipient: str, origin: Origin | None) -> Observation:
        read = f"{name}={recipient}"
        fault = self.fault(recipient)
        if fault is None:
            words = text("sharing.shared-as-declared", recipient=recipient)
            return passed(words, read=read, origin=origin)
        if isinstance(fault, Unknown):
            words = text("sharing.organization-unread", recipient=recipient)
            return unknown(words, fault, origin=origin)
        return failed(fault, read=read, expected=self._expected(name), origin=origin)

    def _expected(self, name: str) -> str:
        return f"{name}={' | '.join(sorted(self.accounts | self.organizations))}"


_SERVICE = ".amazonaws.com"


def _organization_of(recipient: str) -> str | None:
    """The ID of the organization in the ARN of an organization or organizational unit."""
    pieces = recipient.split(":")
    if pieces[2:3] != ["organizations"]:
        return None
    return [*pieces[-1].split("/"), recipient][1]


def _account_of(recipient: str) -> str:
    """The account of a principal, by its ID or ARN."""
    try:
        return Arn.parse(recipient).account
    except ValueError:
        return recipient
