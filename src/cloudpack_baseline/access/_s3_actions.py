"""The actions of Amazon S3 by their resources, and the keys that only some of them support.

Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon S3"
(names only).
"""

from __future__ import annotations

from typing import Final

__all__ = ["BUCKET_ACTIONS", "KEY_ACTIONS", "OBJECT_ACTIONS", "OTHER_ACTIONS"]

BUCKET_ACTIONS: Final = frozenset(
    (
        "AllowVendedLogDeliveryForResource",
        "CreateBucket",
        "CreateBucketMetadataTableConfiguration",
        "DeleteBucket",
        "DeleteBucketMetadataTableConfiguration",
        "DeleteBucketPolicy",
        "DeleteBucketWebsite",
        "GetAccelerateConfiguration",
        "GetAnalyticsConfiguration",
        "GetBucketAbac",
        "GetBucketAcl",
        "GetBucketCORS",
        "GetBucketLocation",
        "GetBucketLogging",
        "GetBucketMetadataTableConfiguration",
        "GetBucketNotification",
        "GetBucketObjectLockConfiguration",
        "GetBucketOwnershipControls",
        "GetBucketPolicy",
        "GetBucketPolicyStatus",
        "GetBucketPublicAccessBlock",
        "GetBucketRequestPayment",
        "GetBucketTagging",
        "GetBucketVersioning",
        "GetBucketWebsite",
        "GetEncryptionConfiguration",
        "GetIntelligentTieringConfiguration",
        "GetInventoryConfiguration",
        "GetLifecycleConfiguration",
        "GetMetricsConfiguration",
        "GetReplicationConfiguration",
        "ListBucket",
        "ListBucketMultipartUploads",
        "ListBucketVersions",
        "ListTagsForResource",
        "PauseReplication",
        "PutAccelerateConfiguration",
        "PutAnalyticsConfiguration",
        "PutBucketAbac",
        "PutBucketAcl",
        "PutBucketCORS",
        "PutBucketLogging",
        "PutBucketNotification",
        "PutBucketObjectLockConfiguration",
        "PutBucketOwnershipControls",
        "PutBucketPolicy",
        "PutBucketPublicAccessBlock",
        "PutBucketRequestPayment",
        "PutBucketTagging",
        "PutBucketVersioning",
        "PutBucketWebsite",
        "PutEncryptionConfiguration",
        "PutIntelligentTieringConfiguration",
        "PutInventoryConfiguration",
        "PutLifecycleConfiguration",
        "PutMetricsConfiguration",
        "PutReplicationConfiguration",
        "TagResource",
        "UntagResource",
        "UpdateBucketMetadataAnnotationTableConfiguration",
        "UpdateBucketMetadataInventoryTableConfiguration",
        "UpdateBucketMetadataJournalTableConfiguration",
    )
)
"""Actions on a bucket."""

OBJECT_ACTIONS: Final = frozenset(
    (
        "AbortMultipartUpload",
        "BypassGovernanceRetention",
        "DeleteObject",
        "DeleteObjectAnnotation",
        "DeleteObjectTagging",
        "DeleteObjectVersion",
        "DeleteObjectVersionAnnotation",
        "DeleteObjectVersionTagging",
        "GetObject",
        "GetObjectAcl",
        "GetObjectAnnotation",
        "GetObjectAttributes",
        "GetObjectLegalHold",
        "GetObjectRetention",
        "GetObjectTagging",
        "GetObjectTorrent",
        "GetObjectVersion",
        "GetObjectVersionAcl",
        "GetObjectVersionAnnotation",
        "GetObjectVersionAnnotationForReplication",
        "GetObjectVersionAttributes",
        "GetObjectVersionForReplication",
        "GetObjectVersionTagging",
        "GetObjectVersionTorrent",
        "InitiateReplication",
        "ListMultipartUploadParts",
        "ListObjectAnnotations",
        "ListObjectVersionAnnotations",
        "ObjectOwnerOverrideToBucketOwner",
        "PutObject",
        "PutObjectAcl",
        "PutObjectAnnotation",
        "PutObjectLegalHold",
        "PutObjectRetention",
        "PutObjectTagging",
        "PutObjectVersionAcl",
        "PutObjectVersionAnnotation",
        "PutObjectVersionTagging",
        "ReplicateDelete",
        "ReplicateObject",
        "ReplicateObjectAnnotation",
        "ReplicateTags",
        "RestoreObject",
        "UpdateObjectEncryption",
    )
)
"""Actions on an object."""

OTHER_ACTIONS: Final = frozenset(
    (
        "AssociateAccessGrantsIdentityCenter",
        "CreateAccessGrant",
        "CreateAccessGrantsInstance",
        "CreateAccessGrantsLocation",
        "CreateAccessPoint",
        "CreateAccessPointForObjectLambda",
        "CreateJob",
        "CreateMultiRegionAccessPoint",
        "CreateStorageLensGroup",
        "DeleteAccessGrant",
        "DeleteAccessGrantsInstance",
        "DeleteAccessGrantsInstanceResourcePolicy",
        "DeleteAccessGrantsLocation",
        "DeleteAccessPoint",
        "DeleteAccessPointForObjectLambda",
        "DeleteAccessPointPolicy",
        "DeleteAccessPointPolicyForObjectLambda",
        "DeleteJobTagging",
        "DeleteMultiRegionAccessPoint",
        "DeleteStorageLensConfiguration",
        "DeleteStorageLensConfigurationTagging",
        "DeleteStorageLensGroup",
        "DescribeJob",
        "DescribeMultiRegionAccessPointOperation",
        "DissociateAccessGrantsIdentityCenter",
        "GetAccessGrant",
        "GetAccessGrantsInstance",
        "GetAccessGrantsInstanceForPrefix",
        "GetAccessGrantsInstanceResourcePolicy",
        "GetAccessGrantsLocation",
        "GetAccessPoint",
        "GetAccessPointConfigurationForObjectLambda",
        "GetAccessPointForObjectLambda",
        "GetAccessPointPolicy",
        "GetAccessPointPolicyForObjectLambda",
        "GetAccessPointPolicyStatus",
        "GetAccessPointPolicyStatusForObjectLambda",
        "GetAccountPublicAccessBlock",
        "GetDataAccess",
        "GetJobTagging",
        "GetMultiRegionAccessPoint",
        "GetMultiRegionAccessPointPolicy",
        "GetMultiRegionAccessPointPolicyStatus",
        "GetMultiRegionAccessPointRoutes",
        "GetStorageLensConfiguration",
        "GetStorageLensConfigurationTagging",
        "GetStorageLensDashboard",
        "GetStorageLensGroup",
        "ListAccessGrants",
        "ListAccessGrantsInstances",
        "ListAccessGrantsLocations",
        "ListAccessPoints",
        "ListAccessPointsForObjectLambda",
        "ListAllMyBuckets",
        "ListCallerAccessGrants",
        "ListJobs",
        "ListMultiRegionAccessPoints",
        "ListStorageLensConfigurations",
        "ListStorageLensGroups",
        "PutAccessGrantsInstanceResourcePolicy",
        "PutAccessPointConfigurationForObjectLambda",
        "PutAccessPointPolicy",
        "PutAccessPointPolicyForObjectLambda",
        "PutAccessPointPublicAccessBlock",
        "PutAccountPublicAccessBlock",
        "PutJobTagging",
        "PutMultiRegionAccessPointPolicy",
        "PutStorageLensConfiguration",
        "PutStorageLensConfigurationTagging",
        "SubmitMultiRegionAccessPointRoutes",
        "UpdateAccessGrantsLocation",
        "UpdateJobPriority",
        "UpdateJobStatus",
        "UpdateStorageLensGroup",
    )
)
"""Actions on neither: no request for a bucket or an object has them."""

KEY_ACTIONS: Final = {
    "s3:existingobjecttag/": """
        DeleteObjectAnnotation DeleteObjectTagging DeleteObjectVersionAnnotation
        DeleteObjectVersionTagging GetObject GetObjectAcl GetObjectAnnotation
        GetObjectAttributes GetObjectTagging GetObjectVersion GetObjectVersionAcl
        GetObjectVersionAnnotation GetObjectVersionAttributes GetObjectVersionTagging
        ListObjectAnnotations ListObjectVersionAnnotations PutObjectAcl
        PutObjectAnnotation PutObjectTagging PutObjectVersionAcl
        PutObjectVersionAnnotation PutObjectVersionTagging UpdateObjectEncryption
    """,
    "s3:inventoryaccessibleoptionalfields": """
        PutInventoryConfiguration
    """,
    "s3:objectcreationoperation": """
        PutObject
    """,
    "s3:requestobjecttag/": """
        BypassGovernanceRetention PutObject PutObjectTagging PutObjectVersionTagging
    """,
    "s3:requestobjecttagkeys": """
        BypassGovernanceRetention PutObject PutObjectTagging PutObjectVersionTagging
    """,
    "s3:annotation-prefix": """
        ListObjectAnnotations ListObjectVersionAnnotations
    """,
    "s3:delimiter": """
        ListBucket ListBucketVersions
    """,
    "s3:deliverysourcearn": """
        AllowVendedLogDeliveryForResource
    """,
    "s3:destinationregion": """
        PauseReplication
    """,
    "s3:if-match": """
        DeleteObject PutObject
    """,
    "s3:if-none-match": """
        PutObject
    """,
    "s3:isreplicationpauserequest": """
        PutReplicationConfiguration
    """,
    "s3:locationconstraint": """
        CreateBucket
    """,
    "s3:logtype": """
        AllowVendedLogDeliveryForResource
    """,
    "s3:max-annotation-results": """
        ListObjectAnnotations ListObjectVersionAnnotations
    """,
    "s3:max-keys": """
        ListBucket ListBucketVersions
    """,
    "s3:object-lock-event-hold": """
        PutObject PutObjectRetention ReplicateObject
    """,
    "s3:object-lock-event-hold-duration-days": """
        PutObject PutObjectRetention ReplicateObject
    """,
    "s3:object-lock-legal-hold": """
        PutObject PutObjectLegalHold
    """,
    "s3:object-lock-mode": """
        PutObject PutObjectRetention
    """,
    "s3:object-lock-remaining-retention-days": """
        PutObject PutObjectRetention
    """,
    "s3:object-lock-retain-until-date": """
        PutObject PutObjectRetention
    """,
    "s3:prefix": """
        ListBucket ListBucketVersions
    """,
    "s3:resourcearnbeingauthorized": """
        AllowVendedLogDeliveryForResource
    """,
    "s3:versionid": """
        DeleteObjectVersion DeleteObjectVersionAnnotation DeleteObjectVersionTagging
        GetObjectVersion GetObjectVersionAcl GetObjectVersionAnnotation
        GetObjectVersionAttributes GetObjectVersionTagging GetObjectVersionTorrent
        ListObjectVersionAnnotations PutObjectVersionAcl PutObjectVersionAnnotation
        PutObjectVersionTagging
    """,
    "s3:x-amz-acl": """
        BypassGovernanceRetention CreateBucket PutBucketAcl PutObject PutObjectAcl
        PutObjectVersionAcl
    """,
    "s3:x-amz-bucket-namespace": """
        CreateBucket
    """,
    "s3:x-amz-copy-source": """
        BypassGovernanceRetention PutObject
    """,
    "s3:x-amz-grant-full-control": """
        BypassGovernanceRetention CreateBucket PutBucketAcl PutObject PutObjectAcl
        PutObjectVersionAcl
    """,
    "s3:x-amz-grant-read": """
        BypassGovernanceRetention CreateBucket PutBucketAcl PutObject PutObjectAcl
        PutObjectVersionAcl
    """,
    "s3:x-amz-grant-read-acp": """
        BypassGovernanceRetention CreateBucket PutBucketAcl PutObject PutObjectAcl
        PutObjectVersionAcl
    """,
    "s3:x-amz-grant-write": """
        BypassGovernanceRetention CreateBucket PutBucketAcl PutObject PutObjectAcl
        PutObjectVersionAcl
    """,
    "s3:x-amz-grant-write-acp": """
        BypassGovernanceRetention CreateBucket PutBucketAcl PutObject PutObjectAcl
        PutObjectVersionAcl
    """,
    "s3:x-amz-metadata-directive": """
        BypassGovernanceRetention PutObject
    """,
    "s3:x-amz-object-annotation-directive": """
        PutObject
    """,
    "s3:x-amz-object-if-match": """
        DeleteObjectAnnotation DeleteObjectVersionAnnotation PutObjectAnnotation
        PutObjectVersionAnnotation
    """,
    "s3:x-amz-object-ownership": """
        CreateBucket
    """,
    "s3:x-amz-server-side-encryption": """
        BypassGovernanceRetention PutObject ReplicateObject UpdateObjectEncryption
    """,
    "s3:x-amz-server-side-encryption-aws-kms-key-id": """
        BypassGovernanceRetention PutObject ReplicateObject UpdateObjectEncryption
    """,
    "s3:x-amz-server-side-encryption-customer-algorithm": """
        BypassGovernanceRetention PutObject ReplicateObject
    """,
    "s3:x-amz-storage-class": """
        BypassGovernanceRetention PutObject PutObjectAcl PutObjectVersionAcl
    """,
    "s3:x-amz-website-redirect-location": """
        BypassGovernanceRetention PutObject
    """,
}
"""The actions that carry a key, by its name in lower case; a name with a slash takes any tag."""
