import { resolve } from "node:path";
import type { LaunchCommand } from "./launch-command.ts";
import type { LaunchParts, Ran } from "./parts.ts";

/** Where the cdk command is, from the package's folder. */
const cdk = "node_modules/.bin/cdk";

/** Nothing is asked of anybody but AWS: no news, no newer version, no counting of uses. */
const quiet = { CDK_DISABLE_VERSION_CHECK: "true", CDK_DISABLE_CLI_TELEMETRY: "true" };

/** A file is named from where the deployer stands, and cdk stands elsewhere. */
const fromAnywhere = (key: string, value: unknown): unknown =>
  key === "configuration" ? resolve(String(value)) : value;

/** Makes the template, in the output folder. It asks AWS nothing. */
export function synthesise(
  { context, settings }: LaunchCommand,
  artefact: string,
  { run, out }: LaunchParts,
): Promise<Ran> {
  const pairs = Object.entries(context).flatMap(([key, value]) => ["-c", `${key}=${fromAnywhere(key, value)}`]);
  return run(cdk, ["synth", "--quiet", "--no-notices", "--output", out, ...pairs], {
    env: { ...quiet, TRUNKLINE_ARTEFACT: artefact, AWS_REGION: settings.region, AWS_EC2_METADATA_DISABLED: "true" },
    isShown: false,
  });
}

/** Deploys what the output folder has: what was shown is what is made. */
export function deploy({ settings, isKeptWhenFailed }: LaunchCommand, { run, out }: LaunchParts): Promise<Ran> {
  const options = ["--require-approval", "never", "--progress", "events", "--no-notices"];
  return run(cdk, ["deploy", "--app", out, ...options, ...(isKeptWhenFailed ? ["--no-rollback"] : [])], {
    env: { ...quiet, AWS_REGION: settings.region },
    isShown: true,
  });
}
