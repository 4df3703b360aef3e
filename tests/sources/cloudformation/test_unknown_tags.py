"""Tags that are not known leave all else of a resource known."""

import json

import pytest

PARAMETERS = {"P": {"Type": "String"}}
RESOURCES = {
    "public-ip-assignment": ("EC2::Subnet", {"VpcId": "vpc-1", "MapPublicIpOnLaunch": True}),
    "ebs-encryption": ("EC2::Volume", {"AvailabilityZone": "ap-northeast-1a", "Size": 1}),
    "imdsv2": ("EC2::Instance", {"ImageId": "ami-1"}),
}


@pytest.mark.parametrize("tags", [{"Ref": "P"}, [{"Ref": "P"}], [{"Key": {"Ref": "P"}}]])
@pytest.mark.parametrize("control", RESOURCES)
def test_a_resource_without_known_tags_is_judged(control, tags, judge_template):
    kind, properties = RESOURCES[control]
    it = {"Type": f"AWS::{kind}", "Properties": {**properties, "Tags": tags}}
    template = {"Parameters": PARAMETERS, "Resources": {"It": it}}
    judged = judge_template(control, json.dumps(template))
    assert set(judged.values()) == {"fail"}


def test_an_interface_without_known_tags_belongs_to_its_instance(judge_template):
    template = """
    Parameters: {P: {Type: String}}
    Resources:
      Interface:
        Type: AWS::EC2::NetworkInterface
        Properties: {SubnetId: subnet-1, Tags: !Ref P}
      It:
        Type: AWS::EC2::Instance
        Properties:
          NetworkInterfaces: [{NetworkInterfaceId: !Ref Interface, DeviceIndex: "0"}]
    """
    assert judge_template("public-ip-assignment", template) == {"i-It": "pass"}
