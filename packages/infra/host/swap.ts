import { createHash } from "node:crypto";
import {
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";

/** What became of a program. */
export type Ran = { readonly status: number; readonly output: string };

/** What a swap does things with. */
export type SwapParts = {
  /** Where releases lie, and the link `current` to the one that runs: `/opt/trunkline`. */
  readonly home: string;
  /** The configuration that a new version must understand before the old one is stopped. */
  readonly config: string;
  readonly run: (command: string, args: readonly string[]) => Promise<Ran>;
  /** Whether the server lives, and whether it says that it can take calls. */
  readonly health: () => Promise<"dead" | "alive" | "ready">;
  readonly sleep: (ms: number) => Promise<void>;
  readonly tell: (words: string) => void;
};

/** An artefact as it was fetched, and what it must hash to (SHA-256 in hex). */
export type Release = { readonly file: string; readonly sha256: string };

/** A swap that did not come about; the version that ran before runs on. */
export class SwapFailed extends Error {}

const service = "trunkline.service";
const readyWithinMs = 60_000;
const askEveryMs = 1000;

/**
 * Puts a release in the place of the one that runs: verified, unpacked and tried before anything is stopped; the old one
 * lets its calls end; a new one that does not get as far as the old one was is taken back.
 * @throws SwapFailed in words
 */
export async function swap(release: Release, parts: SwapParts): Promise<void> {
  const { home, tell } = parts;
  const folder = join(home, "releases", release.sha256.slice(0, 16));
  const before = currentOf(home);
  if (before === folder) return tell(`Version ${basename(folder)} runs already.`);
  await verify(release);
  if (!existsSync(folder)) await unpack(release, folder, parts);
  await tryConfiguration(folder, parts);
  const wanted = before === undefined ? "alive" : atLeastAlive(await parts.health());
  await stop(parts);
  point(home, folder);
  if (await comesUp(wanted, parts)) {
    tidy(home, folder, before);
    return tell(`Version ${basename(folder)} runs.`);
  }
  if (before === undefined)
    throw new SwapFailed(`Version ${basename(folder)} does not start, and there is none before it.`);
  await stop(parts);
  point(home, before);
  const isBack = await comesUp("alive", parts);
  rmSync(folder, { recursive: true, force: true });
  const words = `Version ${basename(folder)} did not become ready within ${readyWithinMs / 1000} s.`;
  throw new SwapFailed(
    `${words} ${isBack ? `Version ${basename(before)} runs again.` : `Version ${basename(before)} does not start again either.`}`,
  );
}

const linkOf = (home: string): string => join(home, "current");

function currentOf(home: string): string | undefined {
  return existsSync(linkOf(home)) ? readlinkSync(linkOf(home)) : undefined;
}

/** A trunk that does not answer keeps the old version from being ready, too: no new one can do better. */
const atLeastAlive = (health: "dead" | "alive" | "ready"): "alive" | "ready" =>
  health === "ready" ? "ready" : "alive";

async function verify({ file, sha256 }: Release): Promise<void> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  const found = hash.digest("hex");
  if (found !== sha256)
    throw new SwapFailed(`${basename(file)} is not what was to come: its SHA-256 is ${found}, not ${sha256}.`);
}

/** Unpacked beside its place and moved there whole: a full disk leaves nothing that looks like a release. */
async function unpack({ file }: Release, folder: string, { run, home }: SwapParts): Promise<void> {
  const coming = `${folder}.coming`;
  rmSync(coming, { recursive: true, force: true });
  mkdirSync(coming, { recursive: true });
  const { status, output } = await run("tar", ["-xzf", file, "-C", coming, "--strip-components=1", "--no-same-owner"]);
  if (status !== 0) {
    rmSync(coming, { recursive: true, force: true });
    throw new SwapFailed(`${basename(file)} cannot be unpacked in ${home}: ${output.trim()}`);
  }
  renameSync(coming, folder);
}

async function tryConfiguration(folder: string, { run, config }: SwapParts): Promise<void> {
  const { status, output } = await run(join(folder, "trunkline"), ["check", "--config", config]);
  if (status === 0) return;
  rmSync(folder, { recursive: true, force: true });
  throw new SwapFailed(`Version ${basename(folder)} does not take the configuration: ${output.trim()}`);
}

/** systemd's stop is SIGTERM, on which the server takes no new calls and lets those that are up go on. */
async function stop({ run }: SwapParts): Promise<void> {
  const { status, output } = await run("systemctl", ["stop", service]);
  if (status !== 0) throw new SwapFailed(`The version that runs cannot be stopped: ${output.trim()}`);
}

/** A link is replaced in one step: at no time is there none. */
function point(home: string, folder: string): void {
  const next = `${linkOf(home)}.next`;
  rmSync(next, { force: true });
  symlinkSync(folder, next);
  renameSync(next, linkOf(home));
}

async function comesUp(wanted: "alive" | "ready", { run, health, sleep }: SwapParts): Promise<boolean> {
  // What a version before has used up of systemd's patience with restarts is not this one's.
  await run("systemctl", ["reset-failed", service]);
  if ((await run("systemctl", ["start", service])).status !== 0) return false;
  for (let waitedMs = 0; waitedMs <= readyWithinMs; waitedMs += askEveryMs) {
    const found = await health();
    if (found === "ready" || found === wanted) return true;
    await sleep(askEveryMs);
  }
  return false;
}

/** This release and the one before it are kept; all others go. */
function tidy(home: string, folder: string, before: string | undefined): void {
  const releases = join(home, "releases");
  for (const path of readdirSync(releases).map((name) => join(releases, name))) {
    if (path !== folder && path !== before) rmSync(path, { recursive: true, force: true });
  }
}
