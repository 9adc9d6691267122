import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../command.ts";

/** The processors that a host may have, by Node's names. */
export const architectures = ["x64", "arm64"] as const;
export type Architecture = (typeof architectures)[number];

const cache = join(root, ".cache/artefact");
/** What Debian calls them. */
export const debianNames: Readonly<Record<Architecture, string>> = { x64: "amd64", arm64: "arm64" };

/** The pinned Node: its version, and what its package must hash to, as the lock file says. */
export function pinnedNode(architecture: Architecture): { readonly version: string; readonly integrity: string } {
  const lock = readFileSync(join(root, "pnpm-lock.yaml"), "utf8");
  const entry = new RegExp(
    `^  node-linux-${architecture}@([\\d.]+):\\n    resolution: \\{integrity: ([^}]+)\\}`,
    "m",
  ).exec(lock);
  const [, version, integrity] = entry ?? [];
  if (version === undefined || integrity === undefined)
    throw new Error(`pnpm-lock.yaml does not name node-linux-${architecture}`);
  return { version, integrity };
}

/** Node for a host's processor, whatever this machine's is. @returns the path of its binary */
export function fetchNode(architecture: Architecture): string {
  const { version, integrity } = pinnedNode(architecture);
  const folder = join(cache, `node-${version}-${architecture}`);
  const binary = join(folder, "package/bin/node");
  if (existsSync(binary)) return binary;
  const coming = `${folder}.coming`;
  rmSync(coming, { recursive: true, force: true });
  mkdirSync(coming, { recursive: true });
  execFileSync("npm", ["pack", `node-linux-${architecture}@${version}`, "--silent", "--pack-destination", coming]);
  const [archive = ""] = globSync("*.tgz", { cwd: coming });
  checkIntegrity(join(coming, archive), integrity);
  execFileSync("tar", ["-xzf", archive, "package/bin/node"], { cwd: coming });
  rmSync(join(coming, archive));
  rmSync(folder, { recursive: true, force: true });
  renameSync(coming, folder);
  return binary;
}

/** Subresource integrity, as npm and pnpm write it: `sha512-BASE64`. */
function checkIntegrity(file: string, integrity: string): void {
  const [algorithm = "", expected] = integrity.split("-", 2);
  const found = createHash(algorithm).update(readFileSync(file)).digest("base64");
  if (found !== expected) throw new Error(`${file} is not what pnpm-lock.yaml says: ${algorithm}-${found}`);
}

/**
 * Packages of Debian for a processor, unpacked; apt checks their signatures. Nothing of this machine's own is touched.
 * @returns the folder that stands for `/`, and the packages' versions
 */
export function fetchDebian(
  architecture: Architecture,
  packages: readonly string[],
): { readonly folder: string; readonly versions: Readonly<Record<string, string>> } {
  const folder = join(cache, `debian-${architecture}-${packages.join("-")}`);
  const debs = join(folder, "debs");
  if (!existsSync(join(folder, "done"))) {
    rmSync(folder, { recursive: true, force: true });
    for (const path of ["debs", "root", "state/lists/partial", "cache/archives/partial"])
      mkdirSync(join(folder, path), { recursive: true });
    const apt = (...words: readonly string[]): void => {
      const options = [
        ...["-q", "-o", `Dir::State=${folder}/state`, "-o", `Dir::State::lists=${folder}/state/lists`],
        ...["-o", "Dir::State::status=/dev/null", "-o", `Dir::Cache=${folder}/cache`, "-o", "APT::Sandbox::User=root"],
        ...[
          "-o",
          `APT::Architecture=${debianNames[architecture]}`,
          "-o",
          `APT::Architectures::=${debianNames[architecture]}`,
        ],
      ];
      execFileSync("apt-get", [...options, ...words], { cwd: debs, stdio: ["ignore", "ignore", "inherit"] });
    };
    apt("update");
    apt("download", ...packages);
    for (const deb of globSync("*.deb", { cwd: debs }))
      execFileSync("dpkg-deb", ["-x", join(debs, deb), join(folder, "root")]);
    mkdirSync(join(folder, "done"));
  }
  const versions = globSync("*.deb", { cwd: debs })
    .sort()
    .map((name) => name.split("_") as [string, string]);
  return {
    folder: join(folder, "root"),
    versions: Object.fromEntries(versions.map(([name, version]) => [name, decodeURIComponent(version)])),
  };
}
