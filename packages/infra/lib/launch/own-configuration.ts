import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { secretsOf, serverConfiguration } from "../constructs/server-configuration.ts";
import type { Settings } from "../settings/settings.ts";
import type { LaunchParts } from "./parts.ts";

/** What only a deployment knows, as it will look. */
const sample = {
  connectorHost: "abcdefghijklmnopqrstuv.voiceconnector.chime.aws",
  number: "+12025550100",
  address: "10.0.0.10",
  publicUrl: "https://phone.example.com",
  proxies: "10.0.0.0/16",
};

const secretsFolder = "/etc/trunkline/secrets/";

/**
 * What the server itself says of the deployer's own keys, before anything is deployed with them.
 * @param server the server's module
 * @returns every fault in a line of its own; nothing when there are no such keys, or the server takes them
 */
export async function faultsOfOwn(
  settings: Settings,
  server: string,
  { run }: Pick<LaunchParts, "run">,
): Promise<readonly string[]> {
  if (settings.configuration === undefined) return [];
  const folder = mkdtempSync(join(tmpdir(), "trunkline-own-"));
  try {
    const file = join(folder, "trunkline.yaml");
    writeFileSync(file, withSecretsIn(folder, settings));
    const { status, output } = await run(process.execPath, [server, "check", "--config", file], noEnvironment);
    return status === 0 ? [] : faultsIn(output, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const noEnvironment = { env: {}, isShown: false };

/** The configuration, with files of secrets that are there where the settings name a secret for them. */
function withSecretsIn(folder: string, settings: Settings): string {
  const text = serverConfiguration(settings, sample);
  const names = Object.keys(secretsOf(settings));
  for (const [, file = ""] of text.matchAll(new RegExp(`${secretsFolder}([\\w-]+)`, "g")))
    if (names.some((name) => file.startsWith(`${name}-`))) writeFileSync(join(folder, file), "-----BEGIN-----\n");
  return text.replaceAll(secretsFolder, `${folder}/`);
}

/** Lines of the merged file say nothing to whoever has written a part of it: the keys do. */
const faultsIn = (output: string, folder: string): readonly string[] =>
  output
    .trim()
    .split("\n")
    .map((line) => line.replace(/^.*trunkline\.yaml:\d+: /, "").replaceAll(`${folder}/`, secretsFolder));
