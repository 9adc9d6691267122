import { createHash } from "node:crypto";
import { chmodSync, copyFileSync, cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { create } from "tar";
import { root } from "../../command.ts";
import { buildBundle, bundledPackages } from "../bundle.ts";
import { licencesOf, packagesOf } from "../licences.ts";
import { type Architecture, debianNames, fetchLibatomic, fetchNode, libatomic, pinnedNode } from "./fetch.ts";
import { billOfMaterials, type Component } from "./sbom.ts";

/** A server with its Node, in one file; `sha256` in hex. */
export type Artefact = { readonly file: string; readonly sha256: string };

const folder = join(root, "dist/artefact");
const hostSources = join(root, "packages/infra/host");
/** The server's packages, and what the host's own programs are bundled with. */
const madeOf = {
  own: bundledPackages,
  others: [join(root, "packages/infra/node_modules/@aws-sdk/client-cloudwatch-logs")],
};

/** Runs a module with Node and the library that this links, whatever the host has. `up`: the way to the artefact's top. */
const startOf = (module: string, up: string): string => `#!/bin/sh
here=$(dirname "$(readlink -f "$0")")${up}
LD_LIBRARY_PATH="$here/node" exec "$here/node/node" "$here/${module}" "$@"
`;

const libatomicNotice = `libatomic.so.1 is of GCC, as Debian builds it (libatomic1 ${libatomic.version}): GNU General Public
License, version 3 or later, with the GCC Runtime Library Exception, version 3.1. Its source: ${libatomic.pool}/
`;

/**
 * Makes dist/artefact/trunkline-linux-ARCHITECTURE.tar.gz: the bundle, the pinned Node and the libatomic that it links, a
 * bill of materials. It needs nothing of a host but Linux's C and C++ libraries; the same sources give the same bytes.
 */
export async function buildArtefact(architecture: Architecture): Promise<Artefact> {
  await buildBundle();
  const name = `trunkline-linux-${architecture}`;
  const staged = join(folder, name);
  rmSync(staged, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(join(root, "dist/bundle"), staged, { recursive: true });
  mkdirSync(join(staged, "node"));
  copyFileSync(await fetchNode(architecture), join(staged, "node/node"));
  copyFileSync(await fetchLibatomic(architecture), join(staged, "node/libatomic.so.1"));
  writeFileSync(join(staged, "node/libatomic-licence.txt"), libatomicNotice);
  writeFileSync(join(staged, "THIRD-PARTY-LICENCES.txt"), licencesOf(madeOf));
  writeFileSync(join(staged, "trunkline"), startOf("server.mjs", ""));
  await addHostFiles(join(staged, "host"));
  writeFileSync(join(staged, "bill-of-materials.json"), billOf(architecture));
  return pack(name);
}

/** What makes a host's services of it: one version puts itself in the place of another, and ships what the services say. */
async function addHostFiles(host: string): Promise<void> {
  for (const program of ["install", "ship"]) {
    const input = join(hostSources, `${program}-command.ts`);
    const bundle = await rolldown({ input, platform: "node", logLevel: "warn" });
    await bundle.write({ file: join(host, `${program}.mjs`), format: "esm", codeSplitting: false });
    await bundle.close();
    writeFileSync(join(host, program), startOf(`host/${program}.mjs`, "/.."));
  }
  for (const name of globSync("trunkline*.{service,sysusers,sysctl}", { cwd: hostSources }))
    copyFileSync(join(hostSources, name), join(host, name));
}

function billOf(architecture: Architecture): string {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  const own = {
    name: "trunkline",
    version,
    purl: `pkg:generic/trunkline@${version}?arch=${architecture}`,
    license: "Apache-2.0",
  };
  const node = pinnedNode(architecture).version;
  const others: readonly Component[] = [
    { name: "node", version: node, purl: `pkg:npm/node-linux-${architecture}@${node}`, license: "MIT" },
    {
      name: "libatomic1",
      version: libatomic.version,
      purl: `pkg:deb/debian/libatomic1@${encodeURIComponent(libatomic.version)}?arch=${debianNames[architecture]}`,
      license: "GPL-3.0-or-later WITH GCC-exception-3.1",
    },
  ];
  return billOfMaterials(own, packagesOf(madeOf), others);
}

/** What may be run, as opposed to what is only read. */
const programs = new Set(["trunkline", "host/install", "host/ship", "node/node"]);

async function pack(name: string): Promise<Artefact> {
  const staged = join(folder, name);
  const files = globSync("**/*", { cwd: staged, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(staged.length + 1))
    .sort();
  for (const path of files) chmodSync(join(staged, path), programs.has(path) ? 0o755 : 0o644);
  const file = `${staged}.tar.gz`;
  const options = { portable: true, noDirRecurse: true, mtime: new Date(0), gzip: { level: 6 } };
  await create(
    { ...options, file, cwd: folder },
    files.map((path) => join(name, path)),
  );
  rmSync(staged, { recursive: true });
  const sha256 = createHash("sha256").update(readFileSync(file)).digest("hex");
  writeFileSync(`${file}.sha256`, `${sha256}  ${name}.tar.gz\n`);
  return { file, sha256 };
}
