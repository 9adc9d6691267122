import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../../scripts/command.ts";

/** The text of a file of the bundle and of all that it loads with it. */
function loadedWith(file: string, seen = new Set<string>()): string {
  if (seen.has(file)) return "";
  seen.add(file);
  const text = readFileSync(join(root, "dist/bundle", file), "utf8");
  const others = Array.from(text.matchAll(/(?:from|import)\s*"\.\/([^"]+)"/g), ([, other = ""]) => other);
  return text + others.map((other) => loadedWith(other, seen)).join("");
}

test("in the bundle, too, the handshake thread has werift and the media worker has not", () => {
  const marks = ["handshakes.mjs", "worker.mjs"].map((file) => loadedWith(file).includes("RTCPeerConnection"));
  expect(marks).toEqual([true, false]);
});
