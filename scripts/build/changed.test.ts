import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { makeIfChanged } from "./changed.ts";

function toy() {
  const root = mkdtempSync(join(tmpdir(), "trunkline-changed-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, "src/folder"), { recursive: true });
  const write = (file: string, text: string) => writeFileSync(join(root, file), text);
  write("src/a.ts", "1");
  const artefact = { name: "toy", inputs: ["src/**/*"], output: "out", make: async () => write("out", "made") };
  return { root, write, make: () => makeIfChanged(root, artefact) };
}

test("an artefact is made once while its inputs stay the same", async () => {
  const { make } = toy();
  expect([await make(), await make()]).toEqual([true, false]);
});

test("a changed, a new and a renamed input make it again", async () => {
  const { root, write, make } = toy();
  await make();
  write("src/a.ts", "2");
  expect(await make()).toBe(true);
  write("src/b.ts", "");
  expect(await make()).toBe(true);
  rmSync(join(root, "src/b.ts"));
  write("src/c.ts", "");
  expect(await make()).toBe(true);
});

test("it is made again when its output is gone", async () => {
  const { root, make } = toy();
  await make();
  rmSync(join(root, "out"));
  expect(await make()).toBe(true);
});
