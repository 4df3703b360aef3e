#!/usr/bin/env bash
# Fills the mocked account behind $AWS_ENDPOINT_URL with the AWS CLI alone:
# web and db segments, a database, a public, an office-only and a private bucket.
set -euo pipefail

query() { aws ec2 "$@" --output text; }

vpc=$(query create-vpc --cidr-block 10.0.0.0/16 --query Vpc.VpcId)
web=$(query create-subnet --vpc-id "$vpc" --cidr-block 10.0.1.0/24 --availability-zone ap-northeast-1a --query Subnet.SubnetId)
db_a=$(query create-subnet --vpc-id "$vpc" --cidr-block 10.0.20.0/24 --availability-zone ap-northeast-1a --query Subnet.SubnetId)
db_c=$(query create-subnet --vpc-id "$vpc" --cidr-block 10.0.21.0/24 --availability-zone ap-northeast-1c --query Subnet.SubnetId)
gateway=$(query create-internet-gateway --query InternetGateway.InternetGatewayId)
aws ec2 attach-internet-gateway --vpc-id "$vpc" --internet-gateway-id "$gateway"
table=$(query create-route-table --vpc-id "$vpc" --query RouteTable.RouteTableId)
aws ec2 create-route --route-table-id "$table" --destination-cidr-block 0.0.0.0/0 --gateway-id "$gateway" >/dev/null
aws ec2 associate-route-table --route-table-id "$table" --subnet-id "$web" >/dev/null

sg_web=$(query create-security-group --group-name web --description web --vpc-id "$vpc" --query GroupId)
sg_db=$(query create-security-group --group-name db --description db --vpc-id "$vpc" --query GroupId)
aws ec2 authorize-security-group-ingress --group-id "$sg_web" --protocol tcp --port 443 --cidr 0.0.0.0/0 >/dev/null
aws ec2 authorize-security-group-ingress --group-id "$sg_db" --protocol tcp --port 3306 --source-group "$sg_web" >/dev/null
aws ec2 run-instances --image-id "$(query describe-images --query 'Images[0].ImageId')" \
  --subnet-id "$web" --security-group-ids "$sg_web" --associate-public-ip-address \
  --tag-specifications 'ResourceType=instance,Tags=[{Key=Tier,Value=web}]' >/dev/null

aws rds create-db-subnet-group --db-subnet-group-name db --db-subnet-group-description db \
  --subnet-ids "$db_a" "$db_c" >/dev/null
aws rds create-db-instance --db-instance-identifier main --engine mysql --db-instance-class db.t3.micro \
  --allocated-storage 20 --master-username admin --master-user-password not-a-secret-1 \
  --db-subnet-group-name db --vpc-security-group-ids "$sg_db" --backup-retention-period "${RETENTION:-7}" >/dev/null

bucket() {
  aws s3api create-bucket --bucket "$1" --create-bucket-configuration LocationConstraint=ap-northeast-1 >/dev/null
  aws s3api put-bucket-ownership-controls --bucket "$1" \
    --ownership-controls 'Rules=[{ObjectOwnership=BucketOwnerEnforced}]'
}
policy() {
  aws s3api put-bucket-policy --bucket "$1" --policy "{\"Version\":\"2012-10-17\",\"Statement\":
    {\"Sid\":\"LetIn\",\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"s3:GetObject\",
     \"Resource\":\"arn:aws:s3:::$1/*\"$2}}"
}
bucket www-example
policy www-example ''
bucket intra-example
policy intra-example ',"Condition":{"IpAddress":{"aws:SourceIp":["203.0.113.0/28"]}}'
bucket data-example
