"""A property in other letters counts as that of the type: AWS would reject the template."""

import pytest

TEMPLATE = "Resources: {It: {Type: 'AWS::%s', Properties: {%s}}}"


@pytest.mark.parametrize(
    ("control", "kind", "properties", "outcome"),
    [
        ("rds-encryption", "RDS::DBInstance", "Engine: mysql, storageEncrypted: true", "pass"),
        ("rds-encryption", "RDS::DBInstance", "engine: mysql, StorageEncrypted: true", "pass"),
        ("rds-encryption", "RDS::DBInstance", "Engine: mysql, storageEncrypted: false", "fail"),
        # The right letters decide.
        (
            "rds-encryption",
            "RDS::DBInstance",
            "Engine: mysql, storageEncrypted: true, StorageEncrypted: false",
            "fail",
        ),
        # Another word is another property.
        ("rds-encryption", "RDS::DBInstance", "Engine: mysql, StorageEncripted: true", "fail"),
        (
            "ecr-scan-on-push",
            "ECR::Repository",
            "ImageScanningConfiguration: {scanOnPush: true}",
            "pass",
        ),
        (
            "ecr-scan-on-push",
            "ECR::Repository",
            "imageScanningConfiguration: {scanonpush: 'false'}",
            "fail",
        ),
        ("ebs-encryption", "EC2::Volume", "Size: 1, encrypted: true", "pass"),
    ],
)
def test_a_property_in_other_letters(judge_template, control, kind, properties, outcome):
    assert list(judge_template(control, TEMPLATE % (kind, properties)).values()) == [outcome]
