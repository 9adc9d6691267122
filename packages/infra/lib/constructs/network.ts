import { RemovalPolicy } from "aws-cdk-lib";
import {
  type CfnSubnet,
  FlowLogDestination,
  GatewayVpcEndpointAwsService,
  type IPeer,
  type ISubnet,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from "aws-cdk-lib/aws-ec2";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { networksOf, zonesOf } from "../settings/regions.ts";
import type { Settings } from "../settings/settings.ts";
import { acknowledge } from "./acknowledge.ts";

/** The ports that the server is configured with. */
export const ports = {
  sip: 5060,
  sipTls: 5061,
  http: 8080,
  trunkSound: [10_000, 19_999],
  browserSound: [20_000, 29_999],
} as const;

/** Where Voice Connectors send their sound from, as AWS's page says. */
const connectorSound = [5000, 65_000] as const;

/** The network of the host, and who may reach what of it. */
export class Network extends Construct {
  readonly vpc: Vpc;
  /** Where the host stands: it has a public address. */
  readonly hostSubnet: ISubnet;
  readonly hostZone: string;
  /** Where the load balancer stands: nothing from outside reaches it but CloudFront. */
  readonly balancerSubnets: readonly ISubnet[];
  /** What may reach the host, and what it may reach. */
  readonly host: SecurityGroup;
  /** What stands between the pages' addresses and the host. */
  readonly balancer: SecurityGroup;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    this.vpc = this.#makeVpc(settings);
    [this.hostSubnet] = this.vpc.publicSubnets as [ISubnet, ...ISubnet[]];
    this.hostZone = (this.hostSubnet.node.defaultChild as CfnSubnet).attrAvailabilityZone;
    this.balancerSubnets = this.vpc.isolatedSubnets;
    const groupOf = (name: string, description: string): SecurityGroup =>
      new SecurityGroup(this, name, { vpc: this.vpc, description, allowAllOutbound: false });
    this.host = groupOf("HostGroup", "The Trunkline host");
    this.balancer = groupOf("BalancerGroup", "The load balancer before the Trunkline host");
    this.#openPages();
    this.#openTrunk(settings);
    this.#openBrowsers();
    acknowledge(this.host, {
      "AwsSolutions-EC23":
        "Browsers are anywhere: their sound comes from everywhere, to UDP ports that ICE's keys protect.",
      "CloudFormation-Validate::W2508": "The range is UDP, for the browsers' sound; nothing else listens there.",
    });
    for (const range of settings.deviceNetworks) this.#openDevices(Peer.ipv4(range), range, settings);
  }

  /** One subnet for the host, which has a public address; two that nothing from outside reaches, for the load balancer. */
  #makeVpc({ region, logDays }: Settings): Vpc {
    const vpc = new Vpc(this, "Vpc", {
      maxAzs: 2,
      natGateways: 0,
      subnetConfiguration: [
        { name: "Host", subnetType: SubnetType.PUBLIC, cidrMask: 24, mapPublicIpOnLaunch: false },
        { name: "Balancer", subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 24 },
      ],
      restrictDefaultSecurityGroup: false,
    });
    for (const subnets of [vpc.publicSubnets, vpc.isolatedSubnets]) placeIn(zonesOf(region), subnets);
    vpc.addGatewayEndpoint("S3", { service: GatewayVpcEndpointAwsService.S3 });
    const logGroup = new LogGroup(this, "FlowLog", { retention: logDays, removalPolicy: RemovalPolicy.DESTROY });
    vpc.addFlowLog("Flows", { destination: FlowLogDestination.toCloudWatchLogs(logGroup) });
    return vpc;
  }

  #openPages(): void {
    const port = Port.tcp(ports.http);
    this.host.addIngressRule(this.balancer, port, "Pages and WebSockets, from the load balancer");
    this.balancer.addEgressRule(this.host, port, "Pages and WebSockets, to the host");
    // What the host asks AWS for: its artefact, its settings, its secrets, logs, and commands of Systems Manager.
    this.host.addEgressRule(Peer.anyIpv4(), Port.tcp(443), "AWS");
  }

  /** Signalling and sound of the region's Voice Connectors, and of nobody else. */
  #openTrunk({ region, transport }: Settings): void {
    const signalling = { udp: Port.udp(ports.sip), tcp: Port.tcp(ports.sip), tls: Port.tcp(ports.sipTls) }[transport];
    for (const range of networksOf(region)) {
      const peer = Peer.ipv4(range);
      this.host.addIngressRule(peer, signalling, "Signalling of the Voice Connector");
      this.host.addEgressRule(peer, signalling, "Signalling to the Voice Connector");
      this.host.addIngressRule(peer, Port.udpRange(...ports.trunkSound), "Sound of the Voice Connector");
      this.host.addEgressRule(peer, Port.udpRange(...connectorSound), "Sound to the Voice Connector");
    }
  }

  /** Browsers are anywhere, and so are the ports that their networks give them. */
  #openBrowsers(): void {
    this.host.addIngressRule(Peer.anyIpv4(), Port.udpRange(...ports.browserSound), "Sound of browsers");
    this.host.addEgressRule(Peer.anyIpv4(), Port.udpRange(1024, 65_535), "Sound to browsers");
  }

  /** Over TLS as well, where there is a certificate. */
  #openDevices(peer: IPeer, range: string, { transport }: Settings): void {
    const tls = transport === "tls" ? [Port.tcp(ports.sipTls)] : [];
    for (const port of [Port.udp(ports.sip), Port.tcp(ports.sip), ...tls, Port.udpRange(...ports.trunkSound)]) {
      this.host.addIngressRule(peer, port, `SIP phones in ${range}`);
      this.host.addEgressRule(peer, port, `SIP phones in ${range}`);
    }
  }
}

/** By the zones' ids, which are the same in every account and stay: in some zones CloudFront has no way into a network. */
function placeIn(zones: readonly string[], subnets: readonly ISubnet[]): void {
  for (const [index, subnet] of subnets.entries()) {
    const made = subnet.node.defaultChild as CfnSubnet;
    made.addPropertyDeletionOverride("AvailabilityZone");
    made.addPropertyOverride("AvailabilityZoneId", zones[index]);
  }
}
