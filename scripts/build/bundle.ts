import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { root } from "../command.ts";
import { makeIfChanged } from "./changed.ts";
import { licencesOf } from "./licences.ts";
import { buildPage } from "./page.ts";

const folder = "dist/bundle";
/** The server's module in it. */
export const bundledServer = join(root, folder, "server.mjs");
/** The folders of the packages that the bundle is made of. */
export const bundledPackages = ["sip-stack", "media-relay", "pbx", "web-phone"].map((name) =>
  join(root, "packages", name),
);

/** The entries; what they share lies in files beside them, so that each finds the others next to itself. */
const input = {
  server: join(root, "packages/pbx/src/main.ts"),
  worker: join(root, "packages/media-relay/src/worker/main.ts"),
  handshakes: join(root, "packages/media-relay/src/handshake/main.ts"),
};

async function bundleCode(): Promise<void> {
  const bundle = await rolldown({ input, platform: "node", cwd: root, logLevel: "warn" });
  await bundle.write({
    dir: join(root, folder),
    format: "esm",
    entryFileNames: "[name].mjs",
    chunkFileNames: "[name]-[hash].mjs",
  });
  await bundle.close();
}

function manifest(): string {
  const { name, version, license } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Record<
    string,
    string
  >;
  const said = { name, version, license, private: true, type: "module", bin: "server.mjs", engines: { node: ">=26" } };
  return `${JSON.stringify(said, null, 2)}\n`;
}

async function build(): Promise<void> {
  console.log("Bundling the server ...");
  rmSync(join(root, folder), { recursive: true, force: true });
  await bundleCode();
  cpSync(join(root, "packages/web-phone/dist"), join(root, folder, "pages"), { recursive: true });
  cpSync(join(root, "packages/pbx/announcements"), join(root, folder, "announcements"), { recursive: true });
  writeFileSync(join(root, folder, "THIRD-PARTY-LICENCES.txt"), licencesOf({ own: bundledPackages }));
  cpSync(join(root, "LICENSE"), join(root, folder, "LICENSE"));
  writeFileSync(join(root, folder, "package.json"), manifest());
}

/** Makes dist/bundle when a source has changed: server.mjs, worker.mjs, handshakes.mjs and pages/, which need Node and nothing else. */
export async function buildBundle(): Promise<void> {
  await buildPage();
  await makeIfChanged(root, {
    name: "bundle",
    inputs: [
      "packages/*/{src,public,announcements}/**/*",
      "packages/*/*.{html,json,ts}",
      "scripts/build/*.ts",
      "package.json",
      "pnpm-lock.yaml",
    ],
    output: `${folder}/package.json`,
    make: build,
  });
}
