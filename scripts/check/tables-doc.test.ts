import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { tablesInStep, withTables } from "./tables-doc.ts";

const page = "# A\n\n<!-- table toy.ts toyTable -->\nold\n<!-- end -->\n\nrest\n";

function workspace(): string {
  const root = mkdtempSync(join(tmpdir(), "trunkline-tables-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, "packages/sip-stack"), { recursive: true });
  writeFileSync(join(root, "packages/sip-stack/README.md"), "# None\n");
  const table = '{ up: { drop: { to: "down", run: ["log", "tell"] }, keep: { to: "up", run: [] } }, down: {} }';
  writeFileSync(join(root, "toy.ts"), `export const toyTable = ${table};\n`);
  return root;
}

test("a region is filled from the table that it names", async () => {
  const text = await withTables(page, workspace());
  expect(text).toContain("| up | drop | down | log, tell |\n|  | keep | up |  |\n| down | (nothing) | | |");
  expect(text).not.toContain("old");
  expect(text).toMatch(/^# A\n[\s\S]*\nrest\n$/);
});

test("a diagram has an arrow for each pair of states, with all events that lead from one to the other", async () => {
  const text = await withTables(page.replace("table toy", "diagram toy"), workspace());
  expect(text).toContain("  [*] --> up\n  up --> down: drop\n  up --> up: keep\n  down --> [*]\n");
  expect(text).not.toContain("old");
});

test("a page whose table differs from the code is out of step", async () => {
  const root = workspace();
  writeFileSync(join(root, "ARCHITECTURE.md"), page);
  expect(await tablesInStep.run(root)).toContain("out of step");
  writeFileSync(join(root, "ARCHITECTURE.md"), await withTables(page, root));
  expect(await tablesInStep.run(root)).toBeUndefined();
});

test("a table that does not exist is a fault", async () => {
  await expect(withTables(page.replace("toyTable", "otherTable"), workspace())).rejects.toThrow("does not export");
});
