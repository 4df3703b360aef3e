"""Answers that a test declares where moto has none; they are part of the state of moto."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cloudpack_baseline.errors import MissingExtraError
from cloudpack_baseline.sources.calls import Answer

__all__ = ["declare", "declared_facts", "root_facts"]

_MODELS = "moto.iam.models"
_ATTRIBUTE = "cloudpack_baseline_told"


def root_facts(
    *,
    mfa: bool,
    password: bool = True,
    access_keys: bool = False,
    signing_certificates: bool = False,
    last_used: datetime | None = None,
) -> Mapping[str, Answer]:
    """What moto cannot report of a root user with these credentials, by operation ID.

    Of ``iam:GetCredentialReport`` only the cells of the root user, by the names of the columns:
    the other users are those of moto.
    """
    facts = {
        "AccountMFAEnabled": mfa,
        "AccountPasswordPresent": password,
        "AccountAccessKeysPresent": access_keys,
        "AccountSigningCertificatesPresent": signing_certificates,
    }
    never = "no_information" if password else "N/A"
    cells = {
        "mfa_active": str(mfa).lower(),
        "password_last_used": last_used.isoformat() if last_used else never,
        "access_key_1_active": str(access_keys).lower(),
        "cert_1_active": str(signing_certificates).lower(),
    }
    return {
        "iam:GetAccountSummary": {"SummaryMap": {name: int(fact) for name, fact in facts.items()}},
        "iam:GetCredentialReport": cells,
    }


def declare(account: str, operation: str, answer: Answer) -> None:
    """From now on the operation is answered so in the account, until moto is reset.

    Raises:
        MissingExtraError: moto is not installed.
    """
    try:
        from moto.iam.models import iam_backends  # noqa: PLC0415 - of an extra
    except ImportError as error:
        raise MissingExtraError("moto", "declaring what moto cannot report") from error

    backend = iam_backends[account]["aws"]
    vars(backend).setdefault(_ATTRIBUTE, {})[operation] = answer


def declared_facts() -> Mapping[str, Mapping[str, Answer]]:
    """The declared answers, by account ID and operation ID; none if moto is not loaded."""
    models = sys.modules.get(_MODELS)
    backends: Mapping[str, Any] = models.iam_backends if models else {}
    facts = {account: vars(backends[account]["aws"]).get(_ATTRIBUTE) for account in list(backends)}
    return {account: dict(answers) for account, answers in facts.items() if answers}
