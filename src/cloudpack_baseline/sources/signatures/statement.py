"""What is signed: a small statement about a file, as canonical JSON."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.codec import DecodeError, Json, decode, encode, to_bytes

__all__ = ["LONGEST_STATEMENT", "EvidenceStatement", "SignedStatement"]

LONGEST_STATEMENT = 4096
"""Bytes that AWS KMS signs as they are (AWS KMS API Reference, Sign, ``Message``)."""

_TYPE = "cloudpack-baseline.evidence"
"""What the signature is about, so that it is not taken for one of something else."""

_SCHEMA = 1


@frozen(kw_only=True)
class EvidenceStatement:
    """What is said about a file, and by which key.

    Attributes:
        file: the name of the file, without its folder.
        size: its size in bytes.
        sha256: the SHA-256 digest of its bytes, in hexadecimal.
        kind: ``snapshot``, ``report`` (JSON), or ``file`` for anything else.
        digest: of a snapshot its digest, of a report that of the snapshot it rests on.
        content_schema: the schema version of a snapshot or a report; 0 for anything else.
        accounts: the account IDs that a snapshot or a report names, sorted; empty if there are more
            than 150, which the statement has no room for.
        account_count: how many there are.
        instant: when a snapshot was taken, or as of when a report was judged.
        generator: the tool and its version that signed.
        signed_at: when it was signed (UTC), by the clock of the machine that signed.
        algorithm: as AWS KMS names it: ``ED25519_SHA_512``, ``ECDSA_SHA_256``, ``ECDSA_SHA_384``.
        key_id: the ARN of an AWS KMS key, or ``sha256:HEX`` of the public key (DER,
            SubjectPublicKeyInfo).
    """

    file: str
    size: int
    sha256: str
    kind: str
    generator: str
    signed_at: datetime
    algorithm: str
    key_id: str
    digest: str = ""
    content_schema: int = 0
    accounts: tuple[str, ...] = ()
    account_count: int = 0
    instant: datetime | None = None

    def to_bytes(self) -> bytes:
        """The bytes that are signed."""
        return to_bytes(self.to_json())

    def to_json(self) -> Json:
        """The statement as JSON values."""
        return {"type": _TYPE, "schema": _SCHEMA, **encode(self)}

    @classmethod
    def from_json(cls, value: Json) -> EvidenceStatement:
        """The statement of the JSON values.

        Raises:
            DecodeError: it is none, or of a schema that this version does not know.
        """
        if not (isinstance(value, dict) and value.get("type") == _TYPE):
            raise DecodeError(f"expected a statement of type {_TYPE!r}", "statement")
        if value.get("schema") != _SCHEMA:
            raise DecodeError(f"expected schema {_SCHEMA}", "statement.schema")
        members = {name: member for name, member in value.items() if name not in _MARKS}
        try:
            statement: EvidenceStatement = decode(cls, members)
        except DecodeError as error:
            raise error.under("statement") from None
        return statement


_MARKS = ("type", "schema")


@frozen(kw_only=True)
class SignedStatement:
    """The content of ``FILE.sig.json``.

    Attributes:
        statement: what was signed.
        signature: the signature of its bytes.
    """

    statement: EvidenceStatement
    signature: bytes

    def to_bytes(self) -> bytes:
        """The only spelling of it: canonical JSON and a line end."""
        signature = base64.b64encode(self.signature).decode()
        return to_bytes({"signature": signature, "statement": self.statement.to_json()}) + b"\n"

    @classmethod
    def from_bytes(cls, data: bytes) -> SignedStatement:
        """The content of the file.

        Raises:
            DecodeError: it is broken, or spelled in another way than `to_bytes` does, by which a
                reader could be shown another value than the one that was signed.
        """
        try:
            value = json.loads(data)
        except (RecursionError, ValueError):
            raise DecodeError("broken JSON") from None
        if not (isinstance(value, dict) and set(value) == {"signature", "statement"}):
            raise DecodeError("expected the keys 'signature' and 'statement'")
        try:
            signature = base64.b64decode(value["signature"], validate=True)
        except (TypeError, ValueError, binascii.Error):
            raise DecodeError("expected Base64", "signature") from None
        signed = cls(statement=EvidenceStatement.from_json(value["statement"]), signature=signature)
        if signed.to_bytes() != data:
            raise DecodeError("was changed: it is not the canonical JSON that was written")
        return signed
