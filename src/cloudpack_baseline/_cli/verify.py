"""``cloudpack-baseline verify``: whether evidence is what was signed."""

from __future__ import annotations

import argparse

from cloudpack_baseline._cli._keys import session_of
from cloudpack_baseline._cli.colours import always, show
from cloudpack_baseline.errors import SignatureError
from cloudpack_baseline.sources.signatures.signing import verify
from cloudpack_baseline.sources.signatures.statement import EvidenceStatement
from cloudpack_baseline.texts import printable

__all__ = ["run"]


def run(arguments: argparse.Namespace) -> None:
    """Verify each file, and print what was signed.

    Raises:
        SignatureError: at least one is not what was signed; each with its reason.
        InputError: a file, its signature or the key cannot be read.
        SourceError: AWS KMS does not answer.
    """
    session = session_of(arguments)
    refused = []
    for path in arguments.evidence:
        try:
            statement = verify(path, key=arguments.key, kms_key=arguments.kms, session=session)
        except SignatureError as error:
            refused.append(str(error))
        else:
            show([printable(f"{path}: {_summary(statement)}")], arguments, always("green"))
    if refused:
        raise SignatureError("\n".join(refused))


def _summary(statement: EvidenceStatement) -> str:
    """What was signed, by which key, and when."""
    signed_at = statement.signed_at.isoformat(timespec="seconds").replace("+00:00", "Z")
    facts = [f"as signed at {signed_at} with {statement.key_id}"]
    if statement.digest:
        facts.append(f"snapshot {statement.digest}")
    if statement.accounts:
        facts.append(f"accounts {', '.join(statement.accounts)}")
    elif statement.account_count:
        facts.append(f"{statement.account_count} accounts")
    return "; ".join(facts)
