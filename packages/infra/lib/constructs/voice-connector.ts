import { CustomResource, Duration, Stack } from "aws-cdk-lib";
import { CfnVoiceConnector } from "aws-cdk-lib/aws-chime";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import type { Settings } from "../settings/settings.ts";
import { acknowledge } from "./acknowledge.ts";
import { Handler } from "./handler.ts";
import { ports } from "./network.ts";
import { readingOf } from "./secret-access.ts";

/** A host as the connector sees it. */
export type TrunkHost = {
  /** Its Elastic IP. */
  readonly address: string;
  readonly priority: number;
  readonly weight: number;
};

export type VoiceConnectorProps = { readonly settings: Settings; readonly hosts: readonly TrunkHost[] };

/** A Voice Connector that takes calls from the hosts and sends calls to them, and logs what it does. */
export class VoiceConnector extends Construct {
  readonly id: string;
  readonly arn: string;
  /** Where the server sends its calls. */
  readonly host: string;
  readonly settings: CustomResource;

  constructor(scope: Construct, id: string, { settings, hosts }: VoiceConnectorProps) {
    super(scope, id);
    const { stackName } = Stack.of(this);
    const connector = new CfnVoiceConnector(this, "Connector", {
      name: stackName,
      awsRegion: settings.region,
      requireEncryption: settings.transport === "tls",
    });
    this.id = connector.attrVoiceConnectorId;
    this.arn = connector.attrVoiceConnectorArn;
    this.host = connector.attrOutboundHostName;
    const handler = this.#makeHandler(settings);
    this.settings = new CustomResource(this, "Settings", {
      serviceToken: handler.serviceToken,
      resourceType: "Custom::VoiceConnectorSettings",
      properties: {
        VoiceConnectorId: this.id,
        CidrAllowedList: hosts.map(({ address }) => `${address}/32`),
        CallingRegions: settings.callingCountries,
        CpsLimit: settings.callsPerSecond,
        Routes: hosts.map((host) => routeOf(host, settings)),
        ...(settings.credentials && { CredentialsSecret: settings.credentials }),
      },
    });
    this.settings.node.addDependency(connector);
  }

  #makeHandler(settings: Settings): Handler {
    const handler = new Handler(this, "SettingsHandler", {
      entry: "connector-settings-handler",
      description: "Sets termination, origination and logging of a Voice Connector",
      timeout: Duration.minutes(5),
    });
    const actions = [
      "PutVoiceConnectorTermination",
      "PutVoiceConnectorOrigination",
      "PutVoiceConnectorLoggingConfiguration",
      "PutVoiceConnectorTerminationCredentials",
      "DeleteVoiceConnectorTermination",
      "DeleteVoiceConnectorOrigination",
      "DeleteVoiceConnectorTerminationCredentials",
      "ListVoiceConnectorTerminationCredentials",
    ];
    handler.allow(
      new PolicyStatement({ actions: actions.map((action) => `chime:${action}`), resources: [this.arn] }),
      // The connector's logs are delivered by CloudWatch in the name of whoever switches them on; these know no narrower resource.
      new PolicyStatement({ actions: logDelivery, resources: ["*"] }),
      new PolicyStatement({
        actions: ["iam:CreateServiceLinkedRole"],
        resources: [
          Stack.of(this).formatArn({
            service: "iam",
            region: "",
            resource: "role",
            resourceName: "aws-service-role/voiceconnector.chime.amazonaws.com/*",
          }),
        ],
      }),
    );
    const secrets = settings.credentials === undefined ? [] : [settings.credentials];
    handler.allow(...readingOf(secrets, handler.role));
    acknowledge(handler.role, {
      "AwsSolutions-IAM5[Resource::*]": "Log delivery knows no narrower resource.",
      "AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:iam::<AWS::AccountId>:role/aws-service-role/voiceconnector.chime.amazonaws.com/*]":
        "The service-linked role of the Voice Connector has a name that AWS gives.",
    });
    return handler;
  }
}

/** Developer guide of the Amazon Chime SDK, "Logging Voice Connector": what switching on needs. */
const logDelivery = [
  "logs:CreateLogDelivery",
  "logs:GetLogDelivery",
  "logs:ListLogDeliveries",
  "logs:CreateLogGroup",
  "logs:PutResourcePolicy",
  "logs:DescribeResourcePolicies",
  "logs:DescribeLogGroups",
];

/** TLS is TCP with encryption required, to a name with a public certificate. */
const routeOf = ({ address, priority, weight }: TrunkHost, { transport, sipName }: Settings) => ({
  Host: transport === "tls" ? sipName : address,
  Port: transport === "tls" ? ports.sipTls : ports.sip,
  Protocol: transport === "udp" ? "UDP" : "TCP",
  Priority: priority,
  Weight: weight,
});
