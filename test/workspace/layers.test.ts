import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { blindness, layers } from "../../scripts/check/layers.ts";
import { root } from "../../scripts/command.ts";

let copy: string;

/** A copy of everything that the layer step reads, with the installed modules linked. */
function copyWorkspace(): string {
  const target = mkdtempSync(join(tmpdir(), "trunkline-layers-"));
  for (const file of [".dependency-cruiser.mjs", "tsconfig.base.json", "package.json"]) {
    cpSync(join(root, file), join(target, file));
  }
  for (const folder of ["scripts", "test", ...readdirSync(join(root, "packages")).map((name) => `packages/${name}`)]) {
    cpSync(join(root, folder), join(target, folder), {
      recursive: true,
      filter: (path) => !/node_modules|dist/.test(path),
    });
  }
  for (const folder of [".", ...readdirSync(join(root, "packages")).map((name) => `packages/${name}`)]) {
    symlinkSync(join(root, folder, "node_modules"), join(target, folder, "node_modules"));
  }
  return target;
}

function plant(file: string, text: string): void {
  mkdirSync(join(copy, file, ".."), { recursive: true });
  writeFileSync(join(copy, file), text);
}

beforeEach(() => {
  copy = copyWorkspace();
});
afterEach(() => rmSync(copy, { recursive: true }));

test("the layer step passes as the workspace stands", async () => {
  expect(await layers.run(copy)).toBeUndefined();
});

test("a folder that imports a higher rank fails the layer step", async () => {
  plant("packages/sip-stack/src/ua/planted.ts", "export const planted = 1;\n");
  plant("packages/sip-stack/src/kernel/planted.ts", 'export { planted } from "../ua/planted.ts";\n');
  expect(await layers.run(copy)).toContain("layer-sip-stack-kernel: packages/sip-stack/src/kernel/planted.ts");
});

test("a package that imports one it must not know fails the layer step", async () => {
  plant("packages/media-relay/src/kernel/planted.ts", 'export { sipErrors } from "../../../sip-stack/src/index.ts";\n');
  expect(await layers.run(copy)).toContain("package-media-relay: packages/media-relay/src/kernel/planted.ts");
});

test("a way into another package beside its exports fails the layer step", async () => {
  plant("packages/pbx/src/kernel/planted.ts", 'export { sipErrors } from "../../../sip-stack/src/kernel/errors.ts";\n');
  expect(await layers.run(copy)).toContain("surface-sip-stack: packages/pbx/src/kernel/planted.ts");
});

test("a cycle of types alone fails the layer step", async () => {
  plant("packages/pbx/src/kernel/one.ts", 'import type { Two } from "./two.ts";\nexport type One = Two | 1;\n');
  plant("packages/pbx/src/kernel/two.ts", 'import type { One } from "./one.ts";\nexport type Two = One | 2;\n');
  expect(await layers.run(copy)).toContain("no-cycle: packages/pbx/src/kernel/one.ts");
});

test("a way from the media worker to werift, however long, fails the layer step", async () => {
  plant("packages/media-relay/src/leg/ice-users.ts", 'export { Peer as IceUsers } from "../webrtc/peer.ts";\n');
  expect(await layers.run(copy)).toContain("media-worker-without-werift: packages/media-relay/src/worker/main.ts");
});

test("a run that saw fewer modules than there are sources counts as a failure", () => {
  const none = "✔ no dependency violations found (0 modules, 0 dependencies cruised)";
  expect(blindness(none, 0)).toBe("only 0 modules were cruised, there are 0 sources");
  expect(blindness(none.replace("(0", "(99"), 100)).toBe("only 99 modules were cruised, there are 100 sources");
  expect(blindness(none.replace("(0", "(100"), 100)).toBeUndefined();
});
