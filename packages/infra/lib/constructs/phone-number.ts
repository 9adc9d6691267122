import { CustomResource, Duration, Stack } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import type { Settings } from "../settings/settings.ts";
import { acknowledge } from "./acknowledge.ts";
import { Handler } from "./handler.ts";
import type { VoiceConnector } from "./voice-connector.ts";

export type PhoneNumberProps = { readonly settings: Settings; readonly connector: VoiceConnector };

/** The number: one that the account has, or a new one. */
export class PhoneNumber extends Construct {
  /** In E.164. */
  readonly number: string;

  constructor(scope: Construct, id: string, { settings, connector }: PhoneNumberProps) {
    super(scope, id);
    const { number, areaCode, state, tollFreePrefix, keepNumber } = settings;
    const handler = new Handler(this, "Handler", {
      entry: "phone-number-handler",
      description: "Orders a phone number, or takes one, and gives it to a Voice Connector",
      timeout: Duration.minutes(5),
      completes: { every: Duration.seconds(10), within: Duration.minutes(30) },
    });
    handler.allow(
      // Numbers and their orders have no ARN: AWS's service authorization reference knows no narrower resource for these.
      new PolicyStatement({ actions: onNumbers.map((action) => `chime:${action}`), resources: ["*"] }),
      new PolicyStatement({ actions: onConnector.map((action) => `chime:${action}`), resources: [connector.arn] }),
    );
    acknowledge(handler.role, {
      "AwsSolutions-IAM5[Resource::*]":
        "Numbers and their orders have no ARN: AWS's service authorization reference knows no narrower resource.",
    });
    const resource = new CustomResource(this, "Number", {
      serviceToken: handler.serviceToken,
      resourceType: "Custom::VoiceConnectorPhoneNumber",
      properties: {
        VoiceConnectorId: connector.id,
        Label: Stack.of(this).stackName,
        Keep: String(keepNumber),
        ...(number && { Number: number }),
        ...(areaCode && { AreaCode: areaCode }),
        ...(state && { State: state }),
        ...(tollFreePrefix && { TollFreePrefix: tollFreePrefix }),
      },
    });
    // A number comes last and goes first: a connector that has one cannot be deleted.
    resource.node.addDependency(connector);
    this.number = resource.getAttString("PhoneNumber");
  }
}

const onNumbers = [
  "SearchAvailablePhoneNumbers",
  "ListPhoneNumbers",
  "CreatePhoneNumberOrder",
  "GetPhoneNumberOrder",
  "GetPhoneNumber",
  "DeletePhoneNumber",
];
const onConnector = ["AssociatePhoneNumbersWithVoiceConnector", "DisassociatePhoneNumbersFromVoiceConnector"];
