import { CfnOutput, CfnRule, Fn, RemovalPolicy, Stack, type StackProps } from "aws-cdk-lib";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { Alarms } from "../constructs/alarms.ts";
import { logsUrl } from "../constructs/console-links.ts";
import { Host } from "../constructs/host.ts";
import { HostAddress } from "../constructs/host-address.ts";
import { FixedMachineImage } from "../constructs/machine-image.ts";
import { Network } from "../constructs/network.ts";
import { Overview } from "../constructs/overview.ts";
import { Pages } from "../constructs/pages.ts";
import { PhoneNumber } from "../constructs/phone-number.ts";
import { serverConfiguration } from "../constructs/server-configuration.ts";
import { VoiceConnector } from "../constructs/voice-connector.ts";
import { type Settings, wishOf } from "../settings/settings.ts";

export type TrunklineStackProps = StackProps & {
  readonly settings: Settings;
  /** The path of the server's artefact for arm64. */
  readonly artefact: string;
};

/** A Voice Connector with its number, the host that answers it, the pages by which people reach that, and what operators see of it. */
export class TrunklineStack extends Stack {
  constructor(scope: Construct, id: string, { settings, artefact, ...props }: TrunklineStackProps) {
    super(scope, id, props);
    this.#insistOn(settings.region);
    const network = new Network(this, "Network", settings);
    const address = new HostAddress(this, "Address");
    const hosts = [{ address: address.address, priority: 1, weight: 1 }];
    const connector = new VoiceConnector(this, "VoiceConnector", { settings, hosts });
    const { number } = new PhoneNumber(this, "PhoneNumber", { settings, connector });
    const image = new FixedMachineImage(this, "Image", settings.imageRevision);
    const logGroup = new LogGroup(this, "Log", {
      retention: settings.logDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const host = new Host(this, "Host", { settings, network, image, address, artefact, logGroup });
    const pages = new Pages(this, "Pages", { settings, network, hosts: [host.instance] });
    const deployed = {
      connectorHost: connector.host,
      number,
      address: host.instance.instancePrivateIp,
      publicUrl: pages.url,
      proxies: network.vpc.vpcCidrBlock,
    };
    host.run(serverConfiguration(settings, deployed));
    const alarms = new Alarms(this, "Alarms", { settings, host: host.instance });
    const overview = new Overview(this, "Overview", { settings, host: host.instance, logGroup, alarms: alarms.all });
    this.#tell({
      PhoneUrl: [pages.url, "Where the phone is opened"],
      PhoneNumber: [number, "The phone number"],
      VoiceConnectorId: [connector.id, "The Voice Connector"],
      SessionManagerCommand: [
        `aws ssm start-session --region ${settings.region} --target ${host.instance.instanceId}`,
        "A shell on the host",
      ],
      DashboardUrl: [overview.url, "How it goes"],
      LogsUrl: [logsUrl(this, logGroup), "What the server says"],
      HostAddress: [address.address, "The host's public address, which stays"],
      HostId: [host.instance.instanceId, "The host"],
      DataVolumeId: [host.data.id, "The volume with history and sign-ins, which stays when the stack goes"],
      FirstUser: [settings.user, "Who is invited first"],
      NumberWish: [wishOf(settings), "What the number was wished for as"],
      NumberIsKept: [
        String(settings.keepNumber || settings.number !== undefined),
        "Whether the number stays when the stack goes",
      ],
    });
  }

  #tell(outputs: Readonly<Record<string, readonly [value: string, description: string]>>): void {
    for (const [key, [value, description]] of Object.entries(outputs))
      new CfnOutput(this, `${key}Output`, { key, value, description });
  }

  /** The security groups are made for one region's Voice Connectors: elsewhere nothing could call. */
  #insistOn(region: string): void {
    new CfnRule(this, "Region", {
      assertions: [
        {
          assert: Fn.conditionEquals(this.region, region),
          assertDescription: `This template is for ${region}. Make one for another region with the context region.`,
        },
      ],
    });
  }
}
