import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Duration, Fn, Stack, Tags } from "aws-cdk-lib";
import {
  BlockDeviceVolume,
  type CfnInstance,
  EbsDeviceVolumeType,
  HttpTokens,
  Instance,
  InstanceType,
  type ISubnet,
  UserData,
} from "aws-cdk-lib/aws-ec2";
import type { ILogGroup } from "aws-cdk-lib/aws-logs";
import { Asset } from "aws-cdk-lib/aws-s3-assets";
import { CfnAssociation, CfnDocument } from "aws-cdk-lib/aws-ssm";
import { Construct, type IDependable } from "constructs";
import type { HostSettings } from "../../host/install.ts";
import { sha256Of } from "../settings/artefact.ts";
import type { Settings } from "../settings/settings.ts";
import { acknowledge } from "./acknowledge.ts";
import { DataVolume } from "./data-volume.ts";
import type { HostAddress } from "./host-address.ts";
import { HostAttachments } from "./host-attachments.ts";
import { HostRole } from "./host-role.ts";
import type { FixedMachineImage } from "./machine-image.ts";
import type { Network } from "./network.ts";
import { secretsOf } from "./server-configuration.ts";

export type HostProps = {
  readonly settings: Settings;
  readonly network: Network;
  readonly image: FixedMachineImage;
  readonly address: HostAddress;
  /** The path of the server's artefact for arm64. */
  readonly artefact: string;
  /** Where what the server says goes. */
  readonly logGroup: ILogGroup;
};

/** Constant: what changes comes through Systems Manager, so that no change of it touches the machine. */
const firstBoot = [
  "# Nobody logs in over the network: Session Manager needs no listener.",
  "systemctl disable --now sshd.service sshd.socket 2> /dev/null || true",
];

const hostFolder = join(import.meta.dirname, "../../host");

/** A machine with the server: it installs nothing from the internet, and keeps its address and its records when it is replaced. */
export class Host extends Construct {
  readonly instance: Instance;
  readonly data: DataVolume;
  readonly #props: HostProps;
  readonly #artefact: Asset;
  readonly #document: CfnDocument;
  readonly #ready: readonly IDependable[];

  constructor(scope: Construct, id: string, props: HostProps) {
    super(scope, id);
    this.#props = props;
    const { settings, network, address, artefact, logGroup } = props;
    this.#artefact = new Asset(this, "Artefact", { path: artefact });
    const documentName = `${Stack.of(this).stackName}-install`;
    this.#document = installing(this, documentName, settings.region);
    const secrets = Object.values(secretsOf(settings));
    const { role } = new HostRole(this, "Role", { artefact: this.#artefact, logGroup, secrets, documentName });
    const subnet = network.hostSubnet;
    this.data = new DataVolume(this, "Data", {
      sizeGiB: settings.diskGiB,
      availabilityZone: network.hostZone,
    });
    this.instance = this.#makeInstance(role, subnet);
    const attachments = new HostAttachments(this, "Attachments", {
      ...{ instance: this.instance, volume: this.data, address },
    });
    attachments.node.addDependency(subnet.internetConnectivityEstablished);
    this.#ready = [attachments, role];
  }

  /** Has it run the artefact with this configuration, and waits until the server lives. A change of either is a new version. */
  run(configuration: string): void {
    const { settings, artefact, logGroup } = this.#props;
    const stack = Stack.of(this);
    const said: HostSettings = {
      region: stack.region,
      configuration,
      secrets: secretsOf(settings),
      ...{ volume: this.data.id, volumeGiB: settings.diskGiB },
      shipping: {
        AWS_REGION: stack.region,
        TRUNKLINE_LOG_GROUP: logGroup.logGroupName,
        TRUNKLINE_LOG_STREAM: this.instance.instanceId,
        TRUNKLINE_STACK: stack.stackName,
      },
    };
    const association = new CfnAssociation(this, "Version", {
      name: this.#document.ref,
      associationName: `${stack.stackName}-version`,
      targets: [{ key: "InstanceIds", values: [this.instance.instanceId] }],
      parameters: {
        Bucket: [this.#artefact.s3BucketName],
        Key: [this.#artefact.s3ObjectKey],
        Sha256: [sha256Of(artefact)],
        Settings: [Fn.base64(stack.toJsonString(said))],
      },
      // Once a day as well: secrets, a certificate for instance, may have been renewed.
      scheduleExpression: "rate(1 day)",
      waitForSuccessTimeoutSeconds: Duration.minutes(20).toSeconds(),
    });
    for (const one of this.#ready) association.node.addDependency(one);
  }

  #makeInstance(role: HostRole["role"], subnet: ISubnet): Instance {
    const { settings, network, image } = this.#props;
    const userData = UserData.forLinux();
    userData.addCommands(...firstBoot);
    const instance = new Instance(this, "Instance", {
      vpc: network.vpc,
      vpcSubnets: { subnets: [subnet] },
      instanceType: new InstanceType(settings.instanceType),
      machineImage: image,
      securityGroup: network.host,
      role,
      userData,
      httpTokens: HttpTokens.REQUIRED,
      // Until it has the one that stays: Systems Manager's agent gives up for minutes where it finds nobody at first.
      associatePublicIpAddress: true,
      blockDevices: [
        {
          deviceName: "/dev/xvda",
          volume: BlockDeviceVolume.ebs(8, { encrypted: true, volumeType: EbsDeviceVolumeType.GP3 }),
        },
      ],
    });
    // Its subnet says it: the zone that CDK would write has no name before the stack is there.
    (instance.node.defaultChild as CfnInstance).addPropertyDeletionOverride("AvailabilityZone");
    Tags.of(instance).add("Name", Stack.of(this).stackName);
    acknowledge(instance, {
      "AwsSolutions-EC28": "It tells its own metrics each minute.",
      "AwsSolutions-EC29": "It keeps nothing that its volume and its address do not: it may be replaced.",
    });
    return instance;
  }
}

/** What Systems Manager runs: `host/bootstrap.sh`, whose parameters cannot be anything but what they are to be. */
function installing(scope: Construct, name: string, region: string): CfnDocument {
  const named = { Bucket: "BUCKET", Key: "KEY", Sha256: "SHA256", Settings: "SETTINGS" };
  const parameter = (description: string, allowedPattern: string) => ({
    type: "String",
    description,
    allowedPattern,
  });
  const script = readFileSync(join(hostFolder, "bootstrap.sh"), "utf8").split("\n");
  return new CfnDocument(scope, "Document", {
    name,
    documentType: "Command",
    targetType: "/AWS::EC2::Instance",
    updateMethod: "NewVersion",
    content: {
      schemaVersion: "2.2",
      description: "Puts a version of Trunkline in the place of the one that runs",
      parameters: {
        Bucket: parameter("Where the artefact lies", "^[a-z0-9.-]+$"),
        Key: parameter("What it is called there", "^[A-Za-z0-9._/-]+$"),
        Sha256: parameter("What it must be", "^[0-9a-f]{64}$"),
        Settings: parameter("What the host is told, JSON in Base64", "^[A-Za-z0-9+/=]+$"),
      },
      mainSteps: [
        {
          action: "aws:runShellScript",
          name: "install",
          precondition: { StringEquals: ["platformType", "Linux"] },
          inputs: {
            timeoutSeconds: "1200",
            runCommand: [
              ...Object.entries(named).map(([given, variable]) => `export ${variable}='{{ ${given} }}'`),
              `export AWS_REGION=${region}`,
              ...script,
            ],
          },
        },
      ],
    },
  });
}
