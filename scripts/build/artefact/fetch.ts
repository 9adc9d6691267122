import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
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
export async function fetchNode(architecture: Architecture): Promise<string> {
  const { version, integrity } = pinnedNode(architecture);
  const folder = await kept(`node-${version}-${architecture}`, (coming) => {
    execFileSync("npm", ["pack", `node-linux-${architecture}@${version}`, "--silent", "--pack-destination", coming]);
    const [archive = ""] = globSync("*.tgz", { cwd: coming });
    checkIntegrity(join(coming, archive), integrity);
    execFileSync("tar", ["-xzf", archive, "package/bin/node"], { cwd: coming });
    rmSync(join(coming, archive));
  });
  return join(folder, "package/bin/node");
}

/** A folder of the cache: filled beside its place where it is not there yet, and moved there whole. @returns its path */
async function kept(name: string, fill: (coming: string) => void | Promise<void>): Promise<string> {
  const folder = join(cache, name);
  if (existsSync(folder)) return folder;
  const coming = `${folder}.coming`;
  rmSync(coming, { recursive: true, force: true });
  mkdirSync(coming, { recursive: true });
  await fill(coming);
  renameSync(coming, folder);
  return folder;
}

/** Subresource integrity, as npm and pnpm write it: `sha512-BASE64`. */
function checkIntegrity(file: string, integrity: string): void {
  const [algorithm = "", expected] = integrity.split("-", 2);
  const found = createHash(algorithm).update(readFileSync(file)).digest("base64");
  if (found !== expected) throw new Error(`${file} is not what pnpm-lock.yaml says: ${algorithm}-${found}`);
}

/** Debian's package with the library that Node links. It asks no more of a host's C library than Node itself. */
export const libatomic = {
  version: "12.2.0-14+deb12u1",
  pool: "https://deb.debian.org/debian/pool/main/g/gcc-12",
  sha256: {
    x64: "fbd4e154a6b444229ea002cc209df099209c0adc09102e5fd21239a3d2b55e2d",
    arm64: "1693aa13ce2b30d061a519fc28b77b9bab8c8e45804ced5969d99821e1bc2159",
  },
} as const;

/** Where Debian keeps libatomic. */
const libraries: Readonly<Record<Architecture, string>> = {
  x64: "usr/lib/x86_64-linux-gnu/libatomic.so.1",
  arm64: "usr/lib/aarch64-linux-gnu/libatomic.so.1",
};

/** libatomic for a host's processor, wherever this is built. @returns the path of the library */
export async function fetchLibatomic(architecture: Architecture): Promise<string> {
  const folder = await kept(`libatomic-${libatomic.version}-${architecture}`, async (coming) => {
    const url = `${libatomic.pool}/libatomic1_${libatomic.version}_${debianNames[architecture]}.deb`;
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`${url} cannot be fetched: ${answer.status}`);
    const bytes = Buffer.from(await answer.arrayBuffer());
    const found = createHash("sha256").update(bytes).digest("hex");
    if (found !== libatomic.sha256[architecture]) throw new Error(`${url} is not what it was: its SHA-256 is ${found}`);
    writeFileSync(join(coming, "data.tar.xz"), memberOf(bytes, "data.tar.xz"));
    execFileSync("tar", ["-xf", "data.tar.xz"], { cwd: coming });
  });
  return join(folder, libraries[architecture]);
}

/** A file in an archive of `ar`, deb(5): after eight bytes a header of sixty for each, then its bytes, padded to an even count. */
function memberOf(archive: Buffer, wanted: string): Buffer {
  for (let at = 8; at < archive.length; ) {
    const name = archive.toString("latin1", at, at + 16).replace(/\/? *$/, "");
    const size = Number(archive.toString("latin1", at + 48, at + 58));
    if (name === wanted) return archive.subarray(at + 60, at + 60 + size);
    at += 60 + size + (size % 2);
  }
  throw new Error(`there is no ${wanted} in the package`);
}
