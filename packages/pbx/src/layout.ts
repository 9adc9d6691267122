import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** Where the parts lie that are files: beside each other in the bundle, in their packages in a checkout. */
export type Layout = { readonly pages: string | undefined; readonly worker: URL | undefined; readonly version: string };

/** @param folder the folder of the running main file */
export function layoutOf(folder: string): Layout {
  const worker = join(folder, "worker.mjs");
  const bundled = existsSync(worker);
  const pages = bundled ? join(folder, "pages") : join(folder, "../../web-phone/dist");
  return {
    pages: existsSync(join(pages, "index.html")) ? pages : undefined,
    worker: bundled ? pathToFileURL(worker) : undefined,
    version: versionIn(bundled ? join(folder, "package.json") : join(folder, "../package.json")),
  };
}

const versionIn = (manifest: string): string =>
  (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
