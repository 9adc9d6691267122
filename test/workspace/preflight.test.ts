import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { capture, type Ran, root } from "../../scripts/command.ts";

/** Runs the preflight with a `node` of our making before all others on the search path. */
function preflight(fakeNode: string): Promise<Ran> {
  const folder = mkdtempSync(join(tmpdir(), "trunkline-preflight-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "node"), `#!/bin/sh\n${fakeNode}\n`);
  chmodSync(join(folder, "node"), 0o755);
  const words = `PATH="${folder}:$PATH" exec sh "${root}/scripts/preflight.sh" file.ts one "two words"`;
  return capture("sh", ["-c", words]);
}

const says = (version: string): string =>
  `if [ "$1" = -p ]; then echo "${version} $0"; else printf '<%s>' "$@"; exit 7; fi`;
const misses = (library: string): string =>
  `echo "node: error while loading shared libraries: ${library}: cannot open shared object file" >&2; exit 127`;

test("the script runs with its arguments and its exit status when Node starts", async () => {
  expect(await preflight(says("v26.10.0"))).toEqual({ status: 7, output: "<file.ts><one><two words>" });
});

test("a missing system library is named together with the packages that bring it", async () => {
  const { status, output } = await preflight(misses("libatomic.so.1"));
  expect(status).toBe(1);
  expect(output).toContain("the system library libatomic.so.1 is missing");
  expect(output).toContain("apt-get install libatomic1");
  expect(output).toContain("dnf install libatomic");
});

test("a Node that is too old is refused by its version", async () => {
  const { status, output } = await preflight(says("v20.20.2"));
  expect(status).toBe(1);
  expect(output).toContain("Node v20.20.2 is too old");
});

test("whatever else keeps Node from starting is passed on", async () => {
  expect((await preflight("echo 'Exec format error' >&2; exit 126")).output).toContain(
    "Node cannot start: Exec format error",
  );
});
