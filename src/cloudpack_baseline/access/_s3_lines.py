"""How each action of Amazon S3 is called by hand.

Source: Amazon S3 API Reference, "Actions"; AWS CLI Command Reference, s3api (names only); Service
Authorization Reference, "Actions, resources, and condition keys for Amazon S3".
"""

from __future__ import annotations

from typing import Final

from attrs import frozen

__all__ = ["LINES", "Line"]

_READ: Final = """
GetObject                               | get-object | | /dev/null
GetObjectVersion                        | get-object | versionId=null | /dev/null
GetObjectAcl                            | get-object-acl | acl
GetObjectVersionAcl                     | get-object-acl | acl&versionId=null
GetObjectAttributes                     | get-object-attributes | attributes \
                                        | --object-attributes ETag
GetObjectVersionAttributes              | get-object-attributes | attributes&versionId=null \
                                        | --object-attributes ETag
GetObjectLegalHold                      | get-object-legal-hold | legal-hold
GetObjectRetention                      | get-object-retention | retention
GetObjectTagging                        | get-object-tagging | tagging
GetObjectVersionTagging                 | get-object-tagging | tagging&versionId=null
GetObjectTorrent                        | get-object-torrent | torrent | /dev/null
GetObjectAnnotation                     | get-object-annotation \
                                        | annotation&annotationName=example \
                                        | --annotation-name example /dev/null
ListObjectAnnotations                   | list-object-annotations | annotation
ListMultipartUploadParts                | list-parts | uploadId=UPLOAD_ID | --upload-id UPLOAD_ID
ListBucket                              | list-objects-v2 | list-type=2
ListBucketVersions                      | list-object-versions | versions
ListBucketMultipartUploads              | list-multipart-uploads | uploads
GetBucketLocation                       | get-bucket-location | location
GetBucketAcl                            | get-bucket-acl | acl
GetBucketAbac                           | get-bucket-abac | abac
GetAccelerateConfiguration              | get-bucket-accelerate-configuration | accelerate
GetAnalyticsConfiguration               | list-bucket-analytics-configurations | analytics
GetBucketCORS                           | get-bucket-cors | cors
GetBucketLogging                        | get-bucket-logging | logging
GetBucketMetadataTableConfiguration     | get-bucket-metadata-table-configuration | metadataTable
GetBucketNotification                   | get-bucket-notification-configuration | notification
GetBucketObjectLockConfiguration        | get-object-lock-configuration | object-lock
GetBucketOwnershipControls              | get-bucket-ownership-controls | ownershipControls
GetBucketPolicy                         | get-bucket-policy | policy
GetBucketPolicyStatus                   | get-bucket-policy-status | policyStatus
GetBucketPublicAccessBlock              | get-public-access-block | publicAccessBlock
GetBucketRequestPayment                 | get-bucket-request-payment | requestPayment
GetBucketTagging                        | get-bucket-tagging | tagging
GetBucketVersioning                     | get-bucket-versioning | versioning
GetBucketWebsite                        | get-bucket-website | website
GetEncryptionConfiguration              | get-bucket-encryption | encryption
GetIntelligentTieringConfiguration      | list-bucket-intelligent-tiering-configurations \
                                        | intelligent-tiering
GetInventoryConfiguration               | list-bucket-inventory-configurations | inventory
GetLifecycleConfiguration               | get-bucket-lifecycle-configuration | lifecycle
GetMetricsConfiguration                 | list-bucket-metrics-configurations | metrics
GetReplicationConfiguration             | get-bucket-replication | replication
"""

_DELETE: Final = """
DeleteObject                            | delete-object
DeleteObjectVersion                     | delete-object | versionId=null
DeleteObjectTagging                     | delete-object-tagging | tagging
DeleteObjectVersionTagging              | delete-object-tagging | tagging&versionId=null
DeleteObjectAnnotation                  | delete-object-annotation \
                                        | annotation&annotationName=example \
                                        | --annotation-name example
AbortMultipartUpload                    | abort-multipart-upload | uploadId=UPLOAD_ID \
                                        | --upload-id UPLOAD_ID
DeleteBucket                            | delete-bucket
DeleteBucketMetadataTableConfiguration  | delete-bucket-metadata-table-configuration | metadataTable
DeleteBucketPolicy                      | delete-bucket-policy | policy
DeleteBucketWebsite                     | delete-bucket-website | website
"""

_POST: Final = """
RestoreObject                           | restore-object | restore \
                                        | --restore-request Days=1 | restore.xml
CreateBucketMetadataTableConfiguration  | create-bucket-metadata-table-configuration \
                                        | metadataTable \
                                        | --metadata-table-configuration file://table.json \
                                        | table.xml
"""

_PUT: Final = """
PutObject                               | put-object
CreateBucket                            | create-bucket
PutObjectAcl                            | put-object-acl | acl
PutObjectVersionAcl                     | put-object-acl | acl&versionId=null
PutBucketAcl                            | put-bucket-acl | acl
PutObjectAnnotation                     | put-object-annotation \
                                        | annotation&annotationName=example \
                                        | --annotation-name example --annotation-payload example
PutObjectLegalHold                      | put-object-legal-hold | legal-hold \
                                        | --legal-hold Status=OFF | legal-hold.xml
PutObjectRetention                      | put-object-retention | retention \
                                        | --retention file://retention.json | retention.xml
PutObjectTagging                        | put-object-tagging | tagging \
                                        | --tagging file://tagging.json | tagging.xml
PutObjectVersionTagging                 | put-object-tagging | tagging&versionId=null \
                                        | --tagging file://tagging.json | tagging.xml
UpdateObjectEncryption                  | update-object-encryption | encryption \
                                        | --object-encryption file://encryption.json \
                                        | encryption.xml
PutAccelerateConfiguration              | put-bucket-accelerate-configuration | accelerate \
                                        | --accelerate-configuration Status=Suspended \
                                        | accelerate.xml
PutAnalyticsConfiguration               | put-bucket-analytics-configuration \
                                        | analytics&id=example | --id example \
                                          --analytics-configuration file://analytics.json \
                                        | analytics.xml
PutBucketAbac                           | put-bucket-abac | abac \
                                        | --abac-status Status=Disabled | abac.xml
PutBucketCORS                           | put-bucket-cors | cors \
                                        | --cors-configuration file://cors.json | cors.xml
PutBucketLogging                        | put-bucket-logging | logging \
                                        | --bucket-logging-status file://logging.json | logging.xml
PutBucketNotification                   | put-bucket-notification-configuration | notification \
                                        | --notification-configuration file://notification.json \
                                        | notification.xml
PutBucketObjectLockConfiguration        | put-object-lock-configuration | object-lock \
                                        | --object-lock-configuration file://object-lock.json \
                                        | object-lock.xml
PutBucketOwnershipControls              | put-bucket-ownership-controls | ownershipControls \
                                        | --ownership-controls file://ownership.json \
                                        | ownership.xml
PutBucketPolicy                         | put-bucket-policy | policy \
                                        | --policy file://policy.json | policy.json
PutBucketPublicAccessBlock              | put-public-access-block | publicAccessBlock \
                                        | --public-access-block-configuration file://block.json \
                                        | block.xml
PutBucketRequestPayment                 | put-bucket-request-payment | requestPayment \
                                        | --request-payment-configuration Payer=BucketOwner \
                                        | payment.xml
PutBucketTagging                        | put-bucket-tagging | tagging \
                                        | --tagging file://tagging.json | tagging.xml
PutBucketVersioning                     | put-bucket-versioning | versioning \
                                        | --versioning-configuration Status=Enabled \
                                        | versioning.xml
PutBucketWebsite                        | put-bucket-website | website \
                                        | --website-configuration file://website.json | website.xml
PutEncryptionConfiguration              | put-bucket-encryption | encryption \
                                        | --server-side-encryption-configuration \
                                          file://encryption.json | encryption.xml
PutIntelligentTieringConfiguration      | put-bucket-intelligent-tiering-configuration \
                                        | intelligent-tiering&id=example | --id example \
                                          --intelligent-tiering-configuration file://tiering.json \
                                        | tiering.xml
PutInventoryConfiguration               | put-bucket-inventory-configuration \
                                        | inventory&id=example | --id example \
                                          --inventory-configuration file://inventory.json \
                                        | inventory.xml
PutLifecycleConfiguration               | put-bucket-lifecycle-configuration | lifecycle \
                                        | --lifecycle-configuration file://lifecycle.json \
                                        | lifecycle.xml
PutMetricsConfiguration                 | put-bucket-metrics-configuration \
                                        | metrics&id=example | --id example \
                                          --metrics-configuration file://metrics.json | metrics.xml
PutReplicationConfiguration             | put-bucket-replication | replication \
                                        | --replication-configuration file://replication.json \
                                        | replication.xml
UpdateBucketMetadataAnnotationTableConfiguration \
                                        | update-bucket-metadata-annotation-table-configuration \
                                        | metadataAnnotationTable \
                                        | --annotation-table-configuration file://table.json \
                                        | table.xml
UpdateBucketMetadataInventoryTableConfiguration \
                                        | update-bucket-metadata-inventory-table-configuration \
                                        | metadataInventoryTable \
                                        | --inventory-table-configuration file://table.json \
                                        | table.xml
UpdateBucketMetadataJournalTableConfiguration \
                                        | update-bucket-metadata-journal-table-configuration \
                                        | metadataJournalTable \
                                        | --journal-table-configuration file://table.json \
                                        | table.xml
"""


@frozen
class Line:
    """One call.

    Attributes:
        operation: of ``aws s3api``.
        method: of HTTP.
        query: of the address.
        arguments: that the operation asks for besides bucket and key.
        body: a file to send, where the call has a body.
    """

    operation: str
    method: str
    query: str = ""
    arguments: str = ""
    body: str = ""


def _read(tables: tuple[tuple[str, str], ...]) -> dict[str, Line]:
    found: dict[str, Line] = {}
    for method, table in tables:
        for row in table.strip().splitlines():
            action, operation, *more = (" ".join(cell.split()) for cell in row.split("|"))
            found[action] = Line(operation, method, *more)
    return found


LINES: Final = _read((("GET", _READ), ("DELETE", _DELETE), ("POST", _POST), ("PUT", _PUT)))
"""The actions that a request calls, by name; the others are asked for beside them."""
