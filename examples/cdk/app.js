// A shop in two stacks: a network, and the data in it. `cdk synth -c faults=true` plants faults.

const { Annotations, App, Duration, Stack, Tags } = require('aws-cdk-lib');
const ec2 = require('aws-cdk-lib/aws-ec2');
const rds = require('aws-cdk-lib/aws-rds');
const s3 = require('aws-cdk-lib/aws-s3');

const app = new App();
const faults = app.node.tryGetContext('faults') === 'true';
const env = { account: '123456789012', region: 'ap-northeast-1' };

class Network extends Stack {
  // Without this, synthesis asks the account for its zones.
  get availabilityZones() {
    return ['ap-northeast-1a', 'ap-northeast-1c'];
  }

  constructor(scope, id) {
    super(scope, id, { env });
    this.logs = new s3.Bucket(this, 'Logs', {
      bucketName: 'example-shop-logs',
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      versioned: true,
    });
    this.vpc = new ec2.Vpc(this, 'Vpc', {
      maxAzs: 2,
      natGateways: 0,
      subnetConfiguration: [
        { name: 'app', subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
        { name: 'db', subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      ],
    });
    this.vpc.addFlowLog('FlowLog', { destination: ec2.FlowLogDestination.toS3(this.logs) });
    for (const name of ['app', 'db']) {
      for (const subnet of this.vpc.selectSubnets({ subnetGroupName: name }).subnets) {
        Tags.of(subnet).add('Tier', name);
      }
    }
  }
}

class Data extends Stack {
  constructor(scope, id, network) {
    super(scope, id, { env });
    const group = new ec2.SecurityGroup(this, 'DbGroup', {
      vpc: network.vpc,
      allowAllOutbound: false,
    });
    if (faults) {
      group.addIngressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(3306));
    }
    new rds.DatabaseInstance(this, 'Database', {
      vpc: network.vpc,
      vpcSubnets: { subnetGroupName: 'db' },
      securityGroups: [group],
      engine: rds.DatabaseInstanceEngine.mysql({ version: rds.MysqlEngineVersion.VER_8_4_5 }),
      parameters: { require_secure_transport: '1' },
      backupRetention: Duration.days(faults ? 1 : 7),
      autoMinorVersionUpgrade: true,
      deletionProtection: true,
      multiAz: true,
      storageEncrypted: true,
    });
    const orders = new s3.Bucket(this, 'Orders', {
      bucketName: 'example-shop-orders',
      blockPublicAccess: faults
        ? s3.BlockPublicAccess.BLOCK_ACLS_ONLY
        : s3.BlockPublicAccess.BLOCK_ALL,
      publicReadAccess: faults,
      enforceSSL: true,
      versioned: true,
      serverAccessLogsBucket: s3.Bucket.fromBucketName(this, 'Target', 'example-shop-logs'),
      serverAccessLogsPrefix: 'orders/',
    });
    Annotations.of(orders).acknowledgeWarning('@aws-cdk/aws-s3:accessLogsPolicyNotAdded');
  }
}

const network = new Network(app, 'Network');
new Data(app, 'Data', network);
