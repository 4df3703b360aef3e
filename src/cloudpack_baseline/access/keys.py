"""The condition keys of a request: what their values are, and which requests carry them.

Source: IAM User Guide, "AWS global condition context keys"; Service Authorization Reference,
"Condition keys for Amazon S3".
"""

from __future__ import annotations

from enum import Enum
from functools import lru_cache
from typing import Final

from cloudpack_baseline.access._s3_actions import KEY_ACTIONS
from cloudpack_baseline.immutable import frozen

__all__ = [
    "AP_KEYS",
    "KEYS",
    "ORIGIN",
    "SECURE",
    "SOURCE_IP",
    "VIA_SERVICE",
    "Key",
    "Kind",
    "Presence",
    "actions_with_key",
    "find_key",
]


class Kind(Enum):
    """What the values of a key are."""

    TEXT = "text"
    BOOL = "bool"
    NUMBER = "number"
    DATE = "date"
    ADDRESS = "address"


class Presence(Enum):
    """Which requests carry a key."""

    ALWAYS = "always"
    CONSTANT = "constant"
    IDENTITY = "identity"
    USER_ID = "user id"
    BEHALF = "behalf"
    SIGNED = "signed"
    ORGANIZATION = "organization"
    INTERNET = "internet"
    ENDPOINT = "endpoint"
    DEPUTY = "deputy"
    ACCESS_POINT = "access point"
    TLS = "tls"
    OPERATION = "operation"
    OPTIONAL = "optional"
    FEDERATED = "federated"


@frozen
class Key:
    """A condition key.

    Attributes:
        id: its name in lower case.
        name: as AWS spells it.
        kind: what its values are.
        presence: which requests carry it.
        several: whether it has several values.
        integral: whether its numbers are whole and not negative.
        prefix: how its values begin, where they are ids: letters and digits follow.
    """

    id: str
    name: str
    kind: Kind
    presence: Presence
    several: bool = False
    integral: bool = False
    prefix: str = ""

    def has_value(self, text: str) -> bool:
        """Whether the string can be a value: an ID has its prefix, letters and digits."""
        digits = text.removeprefix(self.prefix)
        return not self.prefix or (digits != text and digits.isascii() and digits.isalnum())


_TABLE: Final = """
always
    aws:SecureTransport bool
    aws:CurrentTime date
    aws:RequestedRegion text
    aws:UserAgent text
constant
    aws:ResourceAccount text
    s3:ResourceAccount text
identity
    aws:PrincipalAccount text
    aws:PrincipalType text
    aws:PrincipalArn text
    aws:PrincipalIsAWSService bool
    aws:PrincipalServiceName text
    aws:PrincipalServiceNamesList text several
    aws:username text
user id
    aws:userid text
behalf
    aws:ViaAWSService bool
signed
    aws:PrincipalTag/ text
    aws:SourceIdentity text
    aws:FederatedProvider text
    aws:TokenIssueTime date
    aws:MultiFactorAuthPresent bool
    aws:MultiFactorAuthAge number whole
    aws:CalledVia text several
    aws:CalledViaFirst text
    aws:CalledViaLast text
    aws:AssumedRoot bool
    aws:ViaAWSMCPService bool
    aws:CalledViaAWSMCP text
    aws:IsMcpServiceAction bool
    aws:ChatbotSourceArn text
    aws:SignInSessionArn text
    aws:Ec2InstanceSourceVpc text
    aws:Ec2InstanceSourcePrivateIPv4 address
    codebuild:BuildArn text
    codebuild:ProjectArn text
    ec2:RoleDelivery number
    ec2:SourceInstanceArn text
    glue:CredentialIssuingService text
    glue:RoleAssumedBy text
    identitystore:UserId text
    lambda:SourceFunctionArn text
    ssm:SourceInstanceArn text
    s3:signatureversion text
    s3:signatureAge number whole
    s3:authType text
organization
    aws:PrincipalOrgID text o-
    aws:PrincipalOrgPaths text several
internet
    aws:SourceIp address
endpoint
    aws:SourceVpc text vpc-
    aws:SourceVpce text vpce-
    aws:VpcSourceIp address
    aws:VpceAccount text
    aws:VpceOrgID text o-
    aws:VpceOrgPaths text several
    aws:SourceVpcArn text
deputy
    aws:SourceArn text
    aws:SourceAccount text
    aws:SourceOwner text
    aws:SourceOrgID text
    aws:SourceOrgPaths text several
access point
    s3:DataAccessPointArn text
    s3:DataAccessPointAccount text
    s3:AccessPointNetworkOrigin text
tls
    s3:TlsVersion number
operation
    s3:prefix text
    s3:delimiter text
    s3:max-keys number whole
    s3:annotation-prefix text
    s3:deliverySourceArn text
    s3:destinationRegion text
    s3:ExistingObjectTag/ text
    s3:if-match text
    s3:if-none-match text
    s3:InventoryAccessibleOptionalFields text several
    s3:isReplicationPauseRequest bool
    s3:locationconstraint text
    s3:logType text
    s3:max-annotation-results number whole
    s3:object-lock-event-hold text
    s3:object-lock-event-hold-duration-days number whole
    s3:object-lock-legal-hold text
    s3:object-lock-mode text
    s3:object-lock-remaining-retention-days number whole
    s3:object-lock-retain-until-date date
    s3:ObjectCreationOperation bool
    s3:RequestObjectTag/ text
    s3:RequestObjectTagKeys text several
    s3:resourceArnBeingAuthorized text
    s3:versionid text
    s3:x-amz-acl text
    s3:x-amz-bucket-namespace text
    s3:x-amz-copy-source text
    s3:x-amz-grant-full-control text
    s3:x-amz-grant-read text
    s3:x-amz-grant-read-acp text
    s3:x-amz-grant-write text
    s3:x-amz-grant-write-acp text
    s3:x-amz-metadata-directive text
    s3:x-amz-object-annotation-directive text
    s3:x-amz-object-if-match text
    s3:x-amz-object-ownership text
    s3:x-amz-server-side-encryption text
    s3:x-amz-server-side-encryption-aws-kms-key-id text
    s3:x-amz-server-side-encryption-customer-algorithm text
    s3:x-amz-storage-class text
    s3:x-amz-website-redirect-location text
optional
    aws:Referer text
    aws:ResourceOrgID text
    aws:ResourceOrgPaths text several
    aws:ResourceTag/ text
    aws:RequestTag/ text
    aws:TagKeys text several
    s3:AccessGrantsInstanceArn text
    s3:AccessPointTag/ text
    s3:BucketTag/ text
    s3:x-amz-content-sha256 text
federated
    sts:ExternalId text
    sts:RoleSessionName text
    sts:SourceIdentity text
    sts:TransitiveTagKeys text several
    sts:DurationSeconds number whole
    sts:AWSServiceName text
    sts:IdentityTokenAudience text several
    sts:RequestContext/ text
    sts:RequestContextProviders text several
    sts:RoleAuthorizedByIdp text
    sts:SigningAlgorithm text
    sts:TaskPolicyArn text
"""

_ALIASES: Final = {"aws:epochtime": "aws:currenttime"}
"""Two names of the same instant."""


def _read() -> dict[str, Key]:
    keys: dict[str, Key] = {}
    presence = Presence.ALWAYS
    for line in _TABLE.strip().splitlines():
        if not line.startswith(" "):
            presence = Presence(line)
            continue
        name, kind, *flags = line.split()
        prefix = next((flag for flag in flags if flag.endswith("-")), "")
        keys[name.lower()] = Key(
            name.lower(), name, Kind(kind), presence, "several" in flags, "whole" in flags, prefix
        )
    return keys


KEYS: Final = _read()

AP_KEYS: Final = frozenset(
    {"s3:dataaccesspointarn", "s3:dataaccesspointaccount", "s3:accesspointnetworkorigin"}
)
"""The keys of requests through an access point."""

ORIGIN: Final = "s3:accesspointnetworkorigin"
SECURE: Final = KEYS["aws:securetransport"]
SOURCE_IP: Final = KEYS["aws:sourceip"]
VIA_SERVICE: Final = KEYS["aws:viaawsservice"]


@lru_cache(maxsize=2048)
def find_key(name: str) -> Key | None:
    """The key of this name, in any case; None if no request is known to carry it."""
    lower = name.lower()
    lower = _ALIASES.get(lower, lower)
    key = KEYS.get(lower)
    if key is not None:
        return None if lower.endswith("/") else key
    family, slash, tag = lower.partition("/")
    parent = KEYS.get(family + "/") if slash and tag else None
    if parent is None:
        return None
    return Key(lower, parent.name + name.partition("/")[2], parent.kind, parent.presence)


def actions_with_key(key: Key) -> frozenset[str]:
    """The S3 actions that carry a key of single operations."""
    family, slash, _ = key.id.partition("/")
    return frozenset(KEY_ACTIONS[family + slash].split())
