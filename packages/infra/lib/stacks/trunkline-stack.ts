import { CfnOutput, CfnRule, Fn, Stack, type StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { HostAddress } from "../constructs/host-address.ts";
import { Network } from "../constructs/network.ts";
import { PhoneNumber } from "../constructs/phone-number.ts";
import { VoiceConnector } from "../constructs/voice-connector.ts";
import type { Settings } from "../settings/settings.ts";

export type TrunklineStackProps = StackProps & { readonly settings: Settings };

/** A Voice Connector with its number, and the host that answers it. */
export class TrunklineStack extends Stack {
  constructor(scope: Construct, id: string, { settings, ...props }: TrunklineStackProps) {
    super(scope, id, props);
    this.#insistOn(settings.region);
    new Network(this, "Network", settings);
    const address = new HostAddress(this, "Address");
    const hosts = [{ address: address.address, priority: 1, weight: 1 }];
    const connector = new VoiceConnector(this, "VoiceConnector", { settings, hosts });
    const { number } = new PhoneNumber(this, "PhoneNumber", { settings, connector });
    new CfnOutput(this, "PhoneNumberOutput", { key: "PhoneNumber", value: number, description: "The phone number" });
    new CfnOutput(this, "VoiceConnectorId", { value: connector.id, description: "The Voice Connector" });
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
