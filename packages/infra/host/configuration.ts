import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type HostParts, InstallFailed, saidBy } from "./parts.ts";

const fileOf = (etc: string): string => join(etc, "trunkline.yaml");

/** The configuration that holds, if there is one. */
export const currentConfiguration = (etc: string): string | undefined =>
  existsSync(fileOf(etc)) ? readFileSync(fileOf(etc), "utf8") : undefined;

/**
 * Whether a release understands a configuration.
 * @throws InstallFailed with every fault that it names
 */
export async function tryConfiguration(release: string, text: string, { run, paths }: HostParts): Promise<void> {
  const candidate = `${fileOf(paths.etc)}.next`;
  mkdirSync(paths.etc, { recursive: true });
  writeFileSync(candidate, text);
  const ran = await run(join(release, "trunkline"), ["check", "--config", candidate]);
  rmSync(candidate);
  if (ran.status !== 0)
    throw new InstallFailed(`Version ${basename(release)} does not take the configuration: ${saidBy(ran)}`);
}

/** Puts a configuration in the place of the one that holds. Secrets are not in it: whoever is on the host may read it. */
export function putConfiguration(text: string, etc: string): void {
  const next = `${fileOf(etc)}.new`;
  mkdirSync(etc, { recursive: true });
  writeFileSync(next, text, { mode: 0o644 });
  renameSync(next, fileOf(etc));
}
