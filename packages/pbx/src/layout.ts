import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** Where the parts lie that are files: beside each other in the bundle, in their packages in a checkout. */
export type Layout = {
  readonly pages: string | undefined;
  /** The files that the relay's threads begin with; where there are none, the relay knows its own. */
  readonly threads: { readonly media: URL; readonly handshakes: URL } | undefined;
  readonly version: string;
  /** What callers hear whom nobody answers. */
  readonly announcement: string;
};

/** @param folder the folder of the running main file */
export function layoutOf(folder: string): Layout {
  const [media, handshakes] = [join(folder, "worker.mjs"), join(folder, "handshakes.mjs")];
  const bundled = existsSync(media);
  const pages = bundled ? join(folder, "pages") : join(folder, "../../web-phone/dist");
  return {
    pages: existsSync(join(pages, "index.html")) ? pages : undefined,
    threads: bundled ? { media: pathToFileURL(media), handshakes: pathToFileURL(handshakes) } : undefined,
    announcement: join(folder, bundled ? "announcements" : "../announcements", "unanswered.wav"),
    version: versionIn(bundled ? join(folder, "package.json") : join(folder, "../package.json")),
  };
}

const versionIn = (manifest: string): string =>
  (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
