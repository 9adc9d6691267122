import { type App, Tags } from "aws-cdk-lib";
import type { Settings } from "../settings/settings.ts";
import { TrunklineStack } from "./trunkline-stack.ts";

/** The one stack, bound to no account, for the region that the settings name. */
export function addStack(app: App, settings: Settings, artefact: string): TrunklineStack {
  Tags.of(app).add("application", "trunkline");
  return new TrunklineStack(app, "Trunkline", {
    settings,
    artefact,
    stackName: "trunkline",
    description: "Trunkline: a phone number of an Amazon Chime SDK Voice Connector in the browser",
  });
}
