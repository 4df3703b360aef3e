"""Sign a file of evidence, and verify that it is the one that was signed."""

from __future__ import annotations

from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import evolve

from cloudpack_baseline._version import __version__
from cloudpack_baseline.errors import InputError, Problem, SignatureError
from cloudpack_baseline.model.codec import DecodeError
from cloudpack_baseline.sources.files import FileFault, read_file, write_file
from cloudpack_baseline.sources.gathering import Clock, utc_now
from cloudpack_baseline.sources.signatures.evidence import difference, read_evidence
from cloudpack_baseline.sources.signatures.keys import (
    PrivateKeyFile,
    PublicKeyFile,
    SigningKey,
    VerificationKey,
)
from cloudpack_baseline.sources.signatures.statement import (
    LONGEST_STATEMENT,
    EvidenceStatement,
    SignedStatement,
)

if TYPE_CHECKING:
    import boto3

    from cloudpack_baseline.sources.signatures.kms import KmsSigningKey

__all__ = ["sign", "signature_file", "verify"]

_SUFFIX = ".sig.json"

_MOST_ACCOUNTS = 150
"""Account IDs that a statement lists: about 2,300 bytes of the 4,096."""


def sign(
    path: str | PathLike[str],
    *,
    key: str | PathLike[str] | None = None,
    kms_key: str | None = None,
    session: boto3.Session | None = None,
    clock: Clock = utc_now,
) -> EvidenceStatement:
    """Sign a snapshot, a report or another file; the signature is written to ``FILE.sig.json``.

    Args:
        path: the file.
        key: a PEM file with an Ed25519 private key.
        kms_key: instead, the ID, ARN or alias of an AWS KMS key that signs with Ed25519 or ECDSA
            (P-256, P-384).
        session: for ``kms_key``; by default that of the environment.
        clock: the time of the signature.

    Returns:
        What was signed.

    Raises:
        InputError: the file or the key cannot be read, the file is a broken snapshot or report, or
            the signature cannot be written.
        MissingExtraError: the library ``cryptography`` is not installed (extra ``sign``).
        SourceError: AWS KMS does not answer, or denies it.
    """
    file = _evidence_file(path)
    signing_key = _signing_key(key, kms_key, session)
    evidence = read_evidence(file)
    statement = EvidenceStatement(
        file=file.name,
        size=len(evidence.data),
        sha256=evidence.sha256,
        kind=evidence.kind,
        digest=evidence.digest,
        content_schema=evidence.content_schema,
        accounts=evidence.accounts,
        account_count=len(evidence.accounts),
        instant=evidence.instant,
        generator=f"cloudpack-baseline {__version__}",
        signed_at=clock(),
        algorithm=signing_key.algorithm,
        key_id=signing_key.key_id,
    )
    if len(evidence.accounts) > _MOST_ACCOUNTS:
        statement = evolve(statement, accounts=())
    message = statement.to_bytes()
    if len(message) > LONGEST_STATEMENT:
        problem = f"the statement is longer than {LONGEST_STATEMENT:,} bytes"
        raise InputError(Problem(problem, file=str(file)))
    signed = SignedStatement(statement=statement, signature=signing_key.sign(message))
    try:
        write_file(signature_file(file), signed.to_bytes())
    except OSError as error:
        message_ = f"cannot be written: {error.strerror}"
        raise InputError(Problem(message_, file=str(signature_file(file)))) from error
    return statement


def verify(
    path: str | PathLike[str],
    *,
    key: str | PathLike[str] | None = None,
    kms_key: str | None = None,
    session: boto3.Session | None = None,
) -> EvidenceStatement:
    """Verify that a file is the one that was signed, by the signature in ``FILE.sig.json``.

    Args:
        path: the file, not that of the signature.
        key: a PEM file with the public key: Ed25519, or that of an AWS KMS key as GetPublicKey
            gives it.
        kms_key: instead, the ID, ARN or alias of the AWS KMS key.
        session: for ``kms_key``; by default that of the environment.

    Returns:
        What was signed.

    Raises:
        SignatureError: the file, the statement or the signature was changed, or the key is another
            one; with the reason.
        InputError: the file, its signature or the key cannot be read.
        MissingExtraError: the library ``cryptography`` is not installed (extra ``sign``).
        SourceError: AWS KMS does not answer, or denies it.
    """
    file = _evidence_file(path)
    verification_key = _verification_key(key, kms_key, session)
    signed = _read_signature(signature_file(file))
    statement = signed.statement
    try:
        # The statement first: nothing that it says counts before that.
        verification_key.verify(
            statement.to_bytes(),
            signed.signature,
            algorithm=statement.algorithm,
            key_id=statement.key_id,
        )
    except SignatureError as error:
        raise SignatureError(f"{signature_file(file)}: {error}") from None
    if reason := difference(file, statement):
        raise SignatureError(f"{file}: {reason}")
    return statement


def signature_file(file: Path) -> Path:
    """Where the signature of the file is."""
    return file.with_name(f"{file.name}{_SUFFIX}")


def _evidence_file(path: str | PathLike[str]) -> Path:
    """The file that is signed.

    Raises:
        InputError: it is a signature, as a pattern such as ``*.json`` also matches.
    """
    file = Path(fspath(path))
    if file.name.endswith(_SUFFIX):
        problem = Problem("is a signature; name the file that it is of", file=str(file))
        raise InputError(problem)
    return file


def _read_signature(path: Path) -> SignedStatement:
    try:
        return SignedStatement.from_bytes(read_file(path))
    except FileFault as error:
        raise InputError(Problem(str(error), file=str(path))) from error
    except DecodeError as error:
        raise SignatureError(f"{path}: {error}") from error


def _signing_key(
    key: str | PathLike[str] | None, kms_key: str | None, session: boto3.Session | None
) -> SigningKey:
    if key is not None and kms_key is None:
        return PrivateKeyFile.read(Path(fspath(key)))
    return _kms_key(key, kms_key, session)


def _verification_key(
    key: str | PathLike[str] | None, kms_key: str | None, session: boto3.Session | None
) -> VerificationKey:
    if key is not None and kms_key is None:
        return PublicKeyFile.read(Path(fspath(key)))
    return _kms_key(key, kms_key, session)


def _kms_key(
    key: str | PathLike[str] | None, kms_key: str | None, session: boto3.Session | None
) -> KmsSigningKey:
    if key is not None or kms_key is None:
        raise InputError("expected either a key file or an AWS KMS key")
    import boto3  # noqa: PLC0415 - only where AWS KMS is asked

    from cloudpack_baseline.sources.signatures.kms import KmsSigningKey  # noqa: PLC0415 - loads boto3

    return KmsSigningKey.find(kms_key, session or boto3.Session())
