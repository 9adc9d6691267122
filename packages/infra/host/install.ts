import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { currentConfiguration, putConfiguration, tryConfiguration } from "./configuration.ts";
import { type HostParts, InstallFailed, must } from "./parts.ts";
import { type Artefact, folderOf, unpack } from "./release.ts";
import { putSecrets } from "./secrets.ts";
import { currentSetup, type Setup, swap } from "./swap.ts";
import { installUnits, shipper } from "./units.ts";
import { mountVolume } from "./volume.ts";

/** What a deployment tells a host beside its artefact. */
export type HostSettings = {
  readonly region: string;
  /** The text of trunkline.yaml. No secret stands in it. */
  readonly configuration: string;
  /** ARNs of Secrets Manager by name: each key of each becomes a file, `/etc/trunkline/secrets/NAME-KEY`. */
  readonly secrets: Readonly<Record<string, string>>;
  /** The EBS volume that keeps the server's records. */
  readonly volume: string;
  /** How big that is: where it has grown, the file system is to grow too. */
  readonly volumeGiB: number;
  /** Where it is found, when that is not where EC2 puts it. */
  readonly device?: string;
  /** The environment of what ships logs and metrics. */
  readonly shipping: Readonly<Record<string, string>>;
};

/**
 * Makes the host what it is to be: as often as one likes, it changes only what is not so yet. Everything is verified and
 * tried before anything is stopped. A change of the configuration alone is taken while the server runs, where it can.
 * @param settings without them, those that the host has hold
 * @throws InstallFailed in words; what ran before runs on
 */
export async function install(artefact: Artefact, settings: HostSettings | undefined, parts: HostParts): Promise<void> {
  const { home, etc } = parts.paths;
  await unpack(artefact, parts);
  const release = folderOf(artefact, home);
  const before = currentSetup(parts.paths);
  if (before === undefined) await installUnits(release, parts);
  if (settings !== undefined) await mountVolume(settings.volume, parts, settings.device);
  const hasNewSecrets = settings !== undefined && (await putSecrets(settings.secrets, settings.region, parts));
  const configuration = settings?.configuration ?? currentConfiguration(etc);
  if (configuration === undefined) throw new InstallFailed(`There is no configuration in ${etc}.`);
  await tryConfiguration(release, configuration, parts);
  await change(before, { release, configuration }, hasNewSecrets, parts);
  if (settings !== undefined) await ship(settings.shipping, release !== before?.release, parts);
}

async function change(before: Setup | undefined, next: Setup, hasNewSecrets: boolean, parts: HostParts): Promise<void> {
  const isNew = before?.release !== next.release || hasNewSecrets;
  const isSame = before?.configuration === next.configuration && (await parts.health()) !== "dead";
  if (!isNew && isSame) parts.tell(`Version ${basename(next.release)} runs already.`);
  else if (isNew || before === undefined || !(await takes(before, next, parts))) await swap(next, parts);
}

type Taken = { readonly restart: readonly string[] };

/** Whether the server that runs takes the configuration as it is. */
async function takes(before: Setup, next: Setup, { run, paths, tell }: HostParts): Promise<boolean> {
  const command = join(next.release, "trunkline");
  putConfiguration(next.configuration, paths.etc);
  const { status, stdout } = await run(command, ["--socket", "/run/trunkline/trunkline.sock", "--json", "reload"]);
  const isTaken = status === 0 && (JSON.parse(stdout) as Taken).restart.length === 0;
  if (isTaken) tell(`Version ${basename(next.release)} has taken the configuration.`);
  // A start that fails must find what held before.
  else putConfiguration(before.configuration, paths.etc);
  return isTaken;
}

/** Logs and metrics go out from now on, as said. */
async function ship(said: HostSettings["shipping"], isNewRelease: boolean, parts: HostParts): Promise<void> {
  const file = join(parts.paths.etc, "ship.env");
  const text = Object.entries(said)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
  const isNew = isNewRelease || !existsSync(file) || readFileSync(file, "utf8") !== text;
  mkdirSync(parts.paths.etc, { recursive: true });
  writeFileSync(file, text, { mode: 0o644 });
  if (isNew) await must(parts, "Logs cannot be shipped", "systemctl", "restart", shipper);
}
