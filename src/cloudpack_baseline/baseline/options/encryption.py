"""Options of controls of encryption at rest and in transit."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from cloudpack_baseline.baseline.formats import Between, KeyArn, NotEmpty
from cloudpack_baseline.immutable import frozen

__all__ = [
    "CloudfrontTlsOptions",
    "EbsEncryptionOptions",
    "ElasticacheEncryptionOptions",
    "KmsKeyRotationOptions",
    "LoadBalancerTlsOptions",
    "RdsEncryptionOptions",
    "TlsVersion",
]

TlsVersion: TypeAlias = Literal["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"]

_TLS_DEFAULT = 'the default is ["TLSv1.2", "TLSv1.3"]'


@frozen(kw_only=True)
class KmsKeyRotationOptions:
    """Options of kms-key-rotation.

    Attributes:
        days: the maximum number of days between rotations (AWS KMS API Reference,
            EnableKeyRotation: 90 to 2560).
    """

    days: Annotated[int, Between(90, 2560)] = 365


@frozen(kw_only=True)
class EbsEncryptionOptions:
    """Options of ebs-encryption.

    Attributes:
        kms_keys: ARNs of the keys or aliases of which one has to encrypt each volume; none: any
            key.
    """

    kms_keys: tuple[KeyArn, ...] = ()


@frozen(kw_only=True)
class RdsEncryptionOptions:
    """Options of rds-encryption.

    Attributes:
        kms_keys: ARNs of the keys or aliases of which one has to encrypt each database; none: any
            key.
    """

    kms_keys: tuple[KeyArn, ...] = ()


@frozen(kw_only=True)
class ElasticacheEncryptionOptions:
    """Options of elasticache-encryption.

    Attributes:
        kms_keys: ARNs of the keys or aliases of which one has to encrypt each cache; none: any
            key.
    """

    kms_keys: tuple[KeyArn, ...] = ()


@frozen(kw_only=True)
class LoadBalancerTlsOptions:
    """Options of load-balancer-tls.

    Attributes:
        protocols: the versions of TLS that listeners may accept.
    """

    protocols: Annotated[tuple[TlsVersion, ...], NotEmpty(_TLS_DEFAULT)] = ("TLSv1.2", "TLSv1.3")


@frozen(kw_only=True)
class CloudfrontTlsOptions:
    """Options of cloudfront-tls.

    Attributes:
        protocols: the versions of TLS that viewers and origins may use.
    """

    protocols: Annotated[tuple[TlsVersion, ...], NotEmpty(_TLS_DEFAULT)] = ("TLSv1.2", "TLSv1.3")
