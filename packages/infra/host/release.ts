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
import { type HostParts, InstallFailed, saidBy } from "./parts.ts";

/** An artefact as it was fetched, and what it must hash to (SHA-256 in hex). */
export type Artefact = { readonly file: string; readonly sha256: string };

/** Where an artefact is unpacked. */
export const folderOf = ({ sha256 }: Artefact, home: string): string => join(home, "releases", sha256.slice(0, 16));

/**
 * Verifies an artefact and unpacks it, unless it is there already.
 * @throws InstallFailed when it is not what was to come, or has no room
 */
export async function unpack(artefact: Artefact, parts: HostParts): Promise<void> {
  const folder = folderOf(artefact, parts.paths.home);
  if (existsSync(folder)) return;
  await verify(artefact);
  await extract(artefact.file, folder, parts);
}

async function verify({ file, sha256 }: Artefact): Promise<void> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  const found = hash.digest("hex");
  if (found !== sha256)
    throw new InstallFailed(`${basename(file)} is not what was to come: its SHA-256 is ${found}, not ${sha256}.`);
}

/** Unpacked beside its place and moved there whole: a full disk leaves nothing that looks like a release. */
async function extract(file: string, folder: string, { run, paths }: HostParts): Promise<void> {
  const coming = `${folder}.coming`;
  rmSync(coming, { recursive: true, force: true });
  mkdirSync(coming, { recursive: true });
  const ran = await run("tar", ["-xzf", file, "-C", coming, "--strip-components=1", "--no-same-owner"]);
  if (ran.status !== 0) {
    rmSync(coming, { recursive: true, force: true });
    throw new InstallFailed(`${basename(file)} cannot be unpacked in ${paths.home}: ${saidBy(ran)}`);
  }
  renameSync(coming, folder);
}

const linkOf = (home: string): string => join(home, "current");

/** The folder of the release that runs. */
export const currentRelease = (home: string): string | undefined =>
  existsSync(linkOf(home)) ? readlinkSync(linkOf(home)) : undefined;

/** A link is replaced in one step: at no time is there none. */
export function pointTo(folder: string, home: string): void {
  const next = `${linkOf(home)}.next`;
  rmSync(next, { force: true });
  symlinkSync(folder, next);
  renameSync(next, linkOf(home));
}

/** Takes away all releases but these. */
export function tidy(kept: readonly (string | undefined)[], home: string): void {
  const releases = join(home, "releases");
  for (const path of readdirSync(releases).map((name) => join(releases, name)))
    if (!kept.includes(path)) rmSync(path, { recursive: true, force: true });
}
