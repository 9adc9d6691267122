import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { mentionsIn, readRfcMap, rfcMapInStep, rfcMapPage } from "./rfc-map.ts";

function workspace(): { root: string; write(file: string, text: string): void } {
  const root = mkdtempSync(join(tmpdir(), "trunkline-rfcs-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const folder of ["packages/toy/src/part", "packages/toy/test", "docs"])
    mkdirSync(join(root, folder), { recursive: true });
  const write = (file: string, text: string) => writeFileSync(join(root, file), text);
  write("packages/toy/src/part/a.ts", "/** RFC 3261 section 17.1.1 and RFC 4028. */\n");
  write("packages/toy/src/part/a.test.ts", "// RFC 1 section 1\n");
  write("packages/toy/src/part/b.ts", "// RFC 3261 section 9.1\n");
  write("packages/toy/src/part/c.ts", "// RFC 3261 section 9.1\n");
  write("packages/toy/src/part/whole.test.ts", 'import { b } from "./b.ts";\n');
  return { root, write };
}

test("sections are read across lines, in lists, and an RFC as a whole", () => {
  const source =
    "/**\n * RFC 3261 sections 17.1.1.2 and\n * 17.1.2.2, RFC 3550\n * appendix A.1, RFC 7118. RFC 7118 again.\n */";
  expect(mentionsIn(source)).toEqual([
    { rfc: 3261, section: "17.1.1.2" },
    { rfc: 3261, section: "17.1.2.2" },
    { rfc: 3550, section: "A.1" },
    { rfc: 7118, section: "" },
  ]);
});

test("the map is sorted by section; a test is the neighbour, one that imports it or the package's scenarios", () => {
  const rows = readRfcMap(workspace().root);
  expect(rows.map(({ rfc, section, file, tests }) => [rfc, section, file.slice(-4), ...tests])).toEqual([
    [3261, "9.1", "b.ts", "packages/toy/src/part/whole.test.ts"],
    [3261, "9.1", "c.ts", "packages/toy/test"],
    [3261, "17.1.1", "a.ts", "packages/toy/src/part/a.test.ts"],
    [4028, "", "a.ts", "packages/toy/src/part/a.test.ts"],
  ]);
});

test("a page that says something else than the comments is out of step", async () => {
  const { root, write } = workspace();
  write("docs/rfc-map.md", rfcMapPage(readRfcMap(root)));
  expect(await rfcMapInStep.run(root)).toBeUndefined();
  write("packages/toy/src/part/c.ts", "// RFC 3261 section 9.2\n");
  expect(await rfcMapInStep.run(root)).toContain("out of step");
});
