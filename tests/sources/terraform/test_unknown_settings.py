"""Settings of plans that are known after apply cost what depends on them, and no more."""

import pytest

from sources.terraform.plans import PlanBuilder, outcomes

MAPPING = {"device_name": "/dev/sda1", "ebs": [{"encrypted": True}]}
DEVICE = {"device_name": "/dev/sdb", "encrypted": True}
LAUNCH = "aws_launch_template.x"
CONFIGURATION = "aws_launch_configuration.x"
RULE = {"id": "a", "enabled": True, "expiration": [{"days": 30}]}


STATES = [
    (
        LAUNCH,
        {"image_id": "ami-1", "block_device_mappings": [MAPPING]},
        {"block_device_mappings": [{"virtual_name": True}]},
        ("imdsv2", "fail"),
    ),
    (
        LAUNCH,
        {"image_id": "ami-1", "block_device_mappings": [MAPPING]},
        {"block_device_mappings": [{"no_device": True}]},
        ("imdsv2", "fail"),
    ),
    (
        CONFIGURATION,
        {"image_id": "ami-1", "ebs_block_device": [DEVICE]},
        {"ebs_block_device": [{"no_device": True}]},
        ("public-ip-assignment", "pass"),
    ),
    (
        "aws_s3_bucket.x",
        {"bucket": "x", "lifecycle_rule": [RULE]},
        {"lifecycle_rule": [{"abort_incomplete_multipart_upload_days": True}]},
        ("s3-versioning", "fail"),
    ),
    (
        "aws_cloudfront_distribution.x",
        {"enabled": True, "viewer_certificate": [{"cloudfront_default_certificate": True}]},
        {"origin_group": True},
        ("cloudfront-tls", "fail"),
    ),
]


@pytest.mark.parametrize(("address", "values", "unknown", "judged"), STATES)
def test_an_unknown_setting_leaves_the_others(tmp_path, address, values, unknown, judged):
    control, outcome = judged
    ((block, hidden),) = unknown.items()
    references = {block: ["var.x"]}
    if isinstance(hidden, list):
        references = {block: [{name: ["var.x"] for name in hidden[0]}]}
    plan = PlanBuilder().add(address, values, {"id": True, "arn": True} | unknown, references)
    assert outcomes(tmp_path, plan, control)[address] == outcome


@pytest.mark.parametrize("attribute", ["virtual_name", "no_device"])
def test_a_mapping_that_may_have_no_volume_is_unknown(tmp_path, attribute):
    plan = PlanBuilder().add(
        LAUNCH,
        {"image_id": "ami-1", "block_device_mappings": [MAPPING]},
        {"id": True, "block_device_mappings": [{attribute: True}]},
        {"block_device_mappings": [{attribute: ["var.x"]}]},
    )
    assert set(outcomes(tmp_path, plan, "ebs-encryption").values()) == {"unknown"}
