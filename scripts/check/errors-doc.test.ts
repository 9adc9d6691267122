import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { errorsInStep, errorsPage, readFamilies } from "./errors-doc.ts";

const family =
  'export const toyErrors = { TOY_LOST: { status: 404, meaning: "It is gone." }, TOY_WET: "It rained." };\n';

function workspace(source: string): string {
  const root = mkdtempSync(join(tmpdir(), "trunkline-errors-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, "packages/toy/src/kernel"), { recursive: true });
  mkdirSync(join(root, "docs"));
  writeFileSync(join(root, "packages/toy/src/kernel/errors.ts"), source);
  return root;
}

test("the page lists every code with its status and meaning", async () => {
  const page = errorsPage(await readFamilies(workspace(family)));
  expect(page).toContain("| `TOY_LOST` | 404 | It is gone. |\n| `TOY_WET` |  | It rained. |");
});

test("a page that says something else than the code is out of step", async () => {
  const root = workspace(family);
  writeFileSync(join(root, "docs/errors.md"), errorsPage(await readFamilies(root)));
  expect(await errorsInStep.run(root)).toBeUndefined();
  writeFileSync(join(root, "docs/errors.md"), "# Errors\n");
  expect(await errorsInStep.run(root)).toContain("out of step");
});

test("a kernel without a family is refused", async () => {
  await expect(readFamilies(workspace("export const other = 1;\n"))).rejects.toThrow(
    'no family whose name ends with "Errors"',
  );
});
