import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
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

beforeAll(() => {
  copy = copyWorkspace();
});
afterAll(() => rmSync(copy, { recursive: true }));

test("the layer step passes as the workspace stands", async () => {
  expect(await layers.run(copy)).toBeUndefined();
});

/** Each breach: what it is, the rule that it breaks and where that is seen, and the files that it takes. */
const breaches: readonly (readonly [what: string, found: string, files: Readonly<Record<string, string>>])[] = [
  [
    "a folder that imports a higher rank",
    "layer-sip-stack-kernel: packages/sip-stack/src/kernel/planted.ts",
    {
      "packages/sip-stack/src/ua/planted.ts": "export const planted = 1;\n",
      "packages/sip-stack/src/kernel/planted.ts": 'export { planted } from "../ua/planted.ts";\n',
    },
  ],
  [
    "a package that imports one it must not know",
    "package-media-relay: packages/media-relay/src/kernel/planted.ts",
    {
      "packages/media-relay/src/kernel/planted.ts": 'export { sipErrors } from "../../../sip-stack/src/index.ts";\n',
    },
  ],
  [
    "a way into another package beside its exports",
    "surface-sip-stack: packages/pbx/src/kernel/planted.ts",
    {
      "packages/pbx/src/kernel/planted.ts": 'export { sipErrors } from "../../../sip-stack/src/kernel/errors.ts";\n',
    },
  ],
  [
    "a cycle of types alone",
    "no-cycle: packages/pbx/src/kernel/one.ts",
    {
      "packages/pbx/src/kernel/one.ts": 'import type { Two } from "./two.ts";\nexport type One = Two | 1;\n',
      "packages/pbx/src/kernel/two.ts": 'import type { One } from "./one.ts";\nexport type Two = One | 2;\n',
    },
  ],
  [
    "a way from the media worker to werift, however long",
    "media-worker-without-werift: packages/media-relay/src/worker/main.ts",
    {
      "packages/media-relay/src/leg/ice-users.ts": 'export { Peer as IceUsers } from "../webrtc/peer.ts";\n',
    },
  ],
];

test("each breach fails the layer step by its rule", async () => {
  for (const [, , files] of breaches) for (const [file, text] of Object.entries(files)) plant(file, text);
  const found = await layers.run(copy);
  for (const [, breach] of breaches) expect(found).toContain(breach);
});

test("a run that saw fewer modules than there are sources counts as a failure", () => {
  const none = "✔ no dependency violations found (0 modules, 0 dependencies cruised)";
  expect(blindness(none, 0)).toBe("only 0 modules were cruised, there are 0 sources");
  expect(blindness(none.replace("(0", "(99"), 100)).toBe("only 99 modules were cruised, there are 100 sources");
  expect(blindness(none.replace("(0", "(100"), 100)).toBeUndefined();
});
