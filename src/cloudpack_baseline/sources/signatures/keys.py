"""Key files: Ed25519 to sign; its public key, or the one of an AWS KMS key, to verify."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

from cloudpack_baseline.errors import InputError, MissingExtraError, Problem, SignatureError
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.sources.files import FileFault, read_file

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
        Ed25519PublicKey,
    )

__all__ = ["ED25519", "PrivateKeyFile", "PublicKeyFile", "SigningKey", "VerificationKey"]

ED25519 = "ED25519_SHA_512"
"""Ed25519 over the message itself, as AWS KMS names it."""

_CURVES: Mapping[str, str] = MappingProxyType(
    {"secp256r1": "ECDSA_SHA_256", "secp384r1": "ECDSA_SHA_384"}
)
"""By curve of a public key, as GetPublicKey of AWS KMS gives it: its algorithm."""


class SigningKey(Protocol):
    """Signs messages of at most 4,096 bytes."""

    @property
    def key_id(self) -> str:
        """See `EvidenceStatement`."""

    @property
    def algorithm(self) -> str:
        """See `EvidenceStatement`."""

    def sign(self, message: bytes) -> bytes:
        """The signature.

        Raises:
            SourceError: AWS KMS does not answer.
        """


class VerificationKey(Protocol):
    """Verifies signatures."""

    def verify(self, message: bytes, signature: bytes, *, algorithm: str, key_id: str) -> None:
        """Return if the signature is of the message and by this key.

        Raises:
            SignatureError: it is not; with the reason.
            SourceError: AWS KMS does not answer.
        """


@frozen
class PrivateKeyFile:
    """An Ed25519 private key in a PEM file."""

    _key: Ed25519PrivateKey

    @classmethod
    def read(cls, path: Path) -> PrivateKeyFile:
        """The key in the file.

        Raises:
            InputError: no such file, encrypted, or a key of another kind.
            MissingExtraError: the library ``cryptography`` is not installed.
        """
        data = _read(path)
        try:
            from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - an optional dependency
            from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415 - an optional dependency
            from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415 - an optional dependency
                load_pem_private_key,
            )
        except ImportError:
            raise MissingExtraError("sign", "a key file") from None
        try:
            key = load_pem_private_key(data, password=None)
        except TypeError:
            raise _problem(path, "the private key is encrypted; decrypt it first") from None
        except (UnsupportedAlgorithm, ValueError):
            raise _problem(path, "expected an Ed25519 private key in PEM") from None
        if not isinstance(key, ed25519.Ed25519PrivateKey):
            raise _problem(path, "expected an Ed25519 private key; this one is of another kind")
        return cls(key)

    @property
    def algorithm(self) -> str:
        """Ed25519."""
        return ED25519

    @property
    def key_id(self) -> str:
        """The digest of the public key."""
        return _key_id(self._key.public_key())

    def sign(self, message: bytes) -> bytes:
        """The signature."""
        return self._key.sign(message)


@frozen
class PublicKeyFile:
    """A public key in a PEM file."""

    _key: Ed25519PublicKey | EllipticCurvePublicKey

    @classmethod
    def read(cls, path: Path) -> PublicKeyFile:
        """The key in the file.

        Raises:
            InputError: no such file, a private key, or a key of another kind.
            MissingExtraError: the library ``cryptography`` is not installed.
        """
        data = _read(path)
        try:
            from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - an optional dependency
            from cryptography.hazmat.primitives.asymmetric import ec, ed25519  # noqa: PLC0415 - an optional dependency
            from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415 - an optional dependency
                load_pem_public_key,
            )
        except ImportError:
            raise MissingExtraError("sign", "a key file") from None
        if b"PRIVATE KEY" in data:
            raise _problem(path, "is a private key; signatures are verified with the public key")
        try:
            key = load_pem_public_key(data)
        except (UnsupportedAlgorithm, ValueError):
            raise _problem(path, "expected a public key in PEM") from None
        if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in _CURVES:
            return cls(key)
        if not isinstance(key, ed25519.Ed25519PublicKey):
            expected = "an Ed25519, P-256 or P-384 public key"
            raise _problem(path, f"expected {expected}; this one is of another kind")
        return cls(key)

    def verify(self, message: bytes, signature: bytes, *, algorithm: str, key_id: str) -> None:
        """Return if the signature is of the message and by this key.

        Raises:
            SignatureError: it is not; with the reason.
        """
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - an optional dependency

        expected = _algorithm(self._key)
        if algorithm != expected:
            message_ = f"signed with {algorithm}, but the key is one for {expected}"
            raise SignatureError(message_)
        # The key ID of AWS KMS is an ARN, which says nothing about the public key.
        if key_id.startswith("sha256:") and key_id != _key_id(self._key):
            raise SignatureError(f"signed with another key, {key_id}; this one is {self.key_id}")
        try:
            _verified(self._key, message, signature)
        except InvalidSignature:
            raise SignatureError(
                "the signature is not that of this statement and key: either was changed"
            ) from None

    @property
    def key_id(self) -> str:
        """The digest of the key."""
        return _key_id(self._key)


def _read(path: Path) -> bytes:
    try:
        return read_file(path)
    except FileFault as error:
        raise _problem(path, str(error)) from error


def _problem(path: Path, message: str) -> InputError:
    return InputError(Problem(message, file=str(path)))


def _key_id(key: Any) -> str:  # noqa: ANN401 - a public key of either kind
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - an optional dependency

    der = key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return f"sha256:{hashlib.sha256(der).hexdigest()}"


def _algorithm(key: Ed25519PublicKey | EllipticCurvePublicKey) -> str:
    curve = getattr(key, "curve", None)
    return ED25519 if curve is None else _CURVES[curve.name]


def _verified(
    key: Ed25519PublicKey | EllipticCurvePublicKey, message: bytes, signature: bytes
) -> None:
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415 - an optional dependency
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 - an optional dependency

    if isinstance(key, ec.EllipticCurvePublicKey):
        digest = hashes.SHA256() if key.curve.name == "secp256r1" else hashes.SHA384()
        key.verify(signature, message, ec.ECDSA(digest))
    else:
        key.verify(signature, message)
