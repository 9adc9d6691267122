import { basename } from "node:path";
import { currentConfiguration, putConfiguration } from "./configuration.ts";
import { type HostParts, InstallFailed, must } from "./parts.ts";
import { currentRelease, pointTo, tidy } from "./release.ts";
import { installUnits, server } from "./units.ts";

/** What runs: the folder of a release, and its configuration. */
export type Setup = { readonly release: string; readonly configuration: string };

const readyWithinMs = 60_000;
const askEveryMs = 1000;

/** What runs now, if anything does. */
export function currentSetup({ home, etc }: HostParts["paths"]): Setup | undefined {
  const release = currentRelease(home);
  const configuration = currentConfiguration(etc);
  return release === undefined || configuration === undefined ? undefined : { release, configuration };
}

/**
 * Starts a setup in the place of the one that runs. The old one lets its calls end; a new one that does not get as far as
 * the old one was is taken back.
 * @throws InstallFailed in words; the setup that ran before runs again
 */
export async function swap(next: Setup, parts: HostParts): Promise<void> {
  const { paths, tell } = parts;
  const before = currentSetup(paths);
  const wanted = before === undefined ? "alive" : atLeastAlive(await parts.health());
  if (before !== undefined) await stop(parts);
  await put(next, parts);
  if (await comesUp(wanted, parts)) {
    tidy([next.release, before?.release], paths.home);
    return tell(`Version ${nameOf(next)} runs.`);
  }
  if (before === undefined)
    throw new InstallFailed(`Version ${nameOf(next)} does not start, and there is none before it.`);
  throw new InstallFailed(await takeBack(next, before, parts));
}

const nameOf = ({ release }: Setup): string => basename(release);

/** @returns what has happened, in words */
async function takeBack(next: Setup, before: Setup, parts: HostParts): Promise<string> {
  await stop(parts);
  await put(before, parts);
  const isBack = await comesUp("alive", parts);
  tidy([before.release], parts.paths.home);
  const end = isBack ? "runs again" : "does not start again either";
  return `Version ${nameOf(next)} did not become ready within ${readyWithinMs / 1000} s. Version ${nameOf(before)} ${end}.`;
}

/** A trunk that does not answer keeps the old version from being ready, too: no new one can do better. */
const atLeastAlive = (health: "dead" | "alive" | "ready"): "alive" | "ready" =>
  health === "ready" ? "ready" : "alive";

/** systemd's stop is SIGTERM, on which the server takes no new calls and lets those that are up go on. */
const stop = (parts: HostParts): Promise<void> =>
  must(parts, "The version that runs cannot be stopped", "systemctl", "stop", server);

async function put({ release, configuration }: Setup, parts: HostParts): Promise<void> {
  pointTo(release, parts.paths.home);
  putConfiguration(configuration, parts.paths.etc);
  await installUnits(release, parts);
}

async function comesUp(wanted: "alive" | "ready", { run, health, sleep }: HostParts): Promise<boolean> {
  // What a version before has used up of systemd's patience with restarts is not this one's.
  await run("systemctl", ["reset-failed", server]);
  if ((await run("systemctl", ["start", server])).status !== 0) return false;
  for (let waitedMs = 0; waitedMs <= readyWithinMs; waitedMs += askEveryMs) {
    const found = await health();
    if (found === "ready" || found === wanted) return true;
    await sleep(askEveryMs);
  }
  return false;
}
