"""Keys of AWS KMS: Sign and Verify with the message itself (``MessageType`` ``RAW``)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from cloudpack_baseline.errors import InputError, SignatureError, SourceError
from cloudpack_baseline.immutable import frozen

if TYPE_CHECKING:
    import boto3

__all__ = ["KmsSigningKey"]

_ALGORITHMS = ("ED25519_SHA_512", "ECDSA_SHA_256", "ECDSA_SHA_384")
"""That are used, best first; ``ED25519_SHA_512`` signs only messages as they are (AWS KMS
Developer Guide, "Key spec reference")."""

_ARN_PARTS = 6
_INVALID = "KMSInvalidSignatureException"


@frozen(kw_only=True)
class KmsSigningKey:
    """An asymmetric key of AWS KMS with the key usage ``SIGN_VERIFY``.

    Attributes:
        client: of AWS KMS, in the Region of the key.
        key_id: its ARN.
        algorithm: with which it signs.
    """

    client: Any
    key_id: str
    algorithm: str

    @classmethod
    def find(cls, key: str, session: boto3.Session) -> KmsSigningKey:
        """The key that an ID, an ARN, or an alias names (``kms:DescribeKey``).

        Raises:
            InputError: the key does not sign, or with no algorithm that is supported.
            SourceError: AWS KMS does not answer, or denies it.
        """
        client = _client(key, session)
        metadata = _called("DescribeKey", client.describe_key, KeyId=key)["KeyMetadata"]
        supported = metadata.get("SigningAlgorithms") or ()
        algorithm = next((name for name in _ALGORITHMS if name in supported), None)
        if algorithm is None:
            expected = "an asymmetric key that signs with " + ", ".join(_ALGORITHMS)
            raise InputError(f"the AWS KMS key {key} is not {expected}")
        return cls(client=client, key_id=metadata["Arn"], algorithm=algorithm)

    def sign(self, message: bytes) -> bytes:
        """The signature (``kms:Sign``).

        Raises:
            SourceError: AWS KMS does not answer, or denies it.
        """
        answer = _called(
            "Sign",
            self.client.sign,
            KeyId=self.key_id,
            Message=message,
            MessageType="RAW",
            SigningAlgorithm=self.algorithm,
        )
        signature: bytes = answer["Signature"]
        return signature

    def verify(self, message: bytes, signature: bytes, *, algorithm: str, key_id: str) -> None:
        """Return if the signature is of the message and by this key (``kms:Verify``).

        Raises:
            SignatureError: it is not; with the reason.
            SourceError: AWS KMS does not answer, or denies it.
        """
        if key_id != self.key_id:
            raise SignatureError(f"signed with another key, {key_id}; this one is {self.key_id}")
        if algorithm != self.algorithm:
            raise SignatureError(f"signed with {algorithm}, but the key is for {self.algorithm}")
        answer = _called(
            "Verify",
            self.client.verify,
            KeyId=self.key_id,
            Message=message,
            MessageType="RAW",
            Signature=signature,
            SigningAlgorithm=algorithm,
        )
        if answer.get("SignatureValid") is not True:
            raise SignatureError(
                "the signature is not that of this statement and key: either was changed"
            )


def _client(key: str, session: boto3.Session) -> Any:  # noqa: ANN401 - a client has no static type
    fields = key.split(":")
    region = fields[3] if len(fields) == _ARN_PARTS else None
    try:
        return session.client("kms", region_name=region)
    except BotoCoreError as error:
        raise InputError(f"AWS KMS cannot be used: {error}") from error


def _called(
    operation: str, call: Callable[..., Mapping[str, Any]], **parameters: object
) -> Mapping[str, Any]:
    try:
        return call(**parameters)
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "Unknown")
        if code == _INVALID:
            return {"SignatureValid": False}
        raise SourceError(
            f"kms:{operation} failed for the key {parameters['KeyId']}: {code}"
        ) from error
    except BotoCoreError as error:
        raise SourceError(
            f"kms:{operation} failed for the key {parameters['KeyId']}: {error}"
        ) from error
