import { existsSync, globSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Step } from "./step.ts";

/** One place in the code that names an RFC; `section` is "" where it names the whole of it. */
export type Mention = { readonly rfc: number; readonly section: string };
type Row = Mention & { readonly file: string; readonly tests: readonly string[] };

export const rfcMapPath = "docs/rfc-map.md";

const number = "(?:\\d+|[A-Z](?![A-Za-z]))(?:\\.\\d+)*";
const mention = new RegExp(
  `RFC (\\d{3,5})(?: (?:sections?|appendix) (${number}(?:(?:,| and|, and| to) ${number})*))?`,
  "g",
);

/** Every RFC and section that a source names in its comments, each once. */
export function mentionsIn(source: string): readonly Mention[] {
  const text = source.replace(/\n\s*(?:\*|\/\/)?\s*/g, " ");
  const found = [...text.matchAll(mention)].flatMap(([, rfc, sections = ""]) =>
    sections.split(/,? and |, | to /).map((section) => ({ rfc: Number(rfc), section })),
  );
  const known = new Map(found.map((each) => [`${each.rfc} ${each.section}`, each]));
  return [...known.values()];
}

const bySection = (one: Row, other: Row): number =>
  one.rfc - other.rfc ||
  one.section.localeCompare(other.section, "en", { numeric: true }) ||
  one.file.localeCompare(other.file, "en");

/** The tests of a source: the one beside it, else those of its folder that import it, else its package's scenarios. */
function testsOf(file: string, root: string, imports: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const beside = file.replace(/\.tsx?$/, ".test.ts");
  if (existsSync(join(root, beside))) return [beside];
  const importing = (imports.get(file) ?? []).filter((test) => dirname(test) === dirname(file));
  return importing.length > 0 ? importing : [`${file.split("/").slice(0, 2).join("/")}/test`];
}

/** Source to the tests that import it directly. */
function importsOfTests(root: string): ReadonlyMap<string, readonly string[]> {
  const importing = new Map<string, string[]>();
  for (const test of globSync("packages/*/{src,test}/**/*.test.ts", { cwd: root }).sort()) {
    for (const [, path = ""] of readFileSync(join(root, test), "utf8").matchAll(/from "(\.[^"]+)"/g)) {
      const file = join(dirname(test), path);
      importing.set(file, [...(importing.get(file) ?? []), test]);
    }
  }
  return importing;
}

/** Where each section of each RFC is kept to, and which test shows it. */
export function readRfcMap(root: string): readonly Row[] {
  const imports = importsOfTests(root);
  const files = globSync("packages/*/src/**/*.{ts,tsx}", { cwd: root }).filter((file) => !file.includes(".test."));
  const rows = files.flatMap((file) =>
    mentionsIn(readFileSync(join(root, file), "utf8")).map((each) => ({
      ...each,
      file,
      tests: testsOf(file, root, imports),
    })),
  );
  return rows.sort(bySection);
}

const link = (path: string): string => `[${basename(path)}](../${path})`;
const line = ({ section, file, tests }: Row): string =>
  `| ${section} | [${file.split("/src/")[1]}](../${file}) | ${tests.map(link).join(", ")} |`;

/** The text of docs/rfc-map.md. */
export function rfcMapPage(rows: readonly Row[]): string {
  const head = [
    "# Which RFC is kept to where",
    "",
    "Made from the comments of the code by `npx -y pnpm@10 run docs`. A row without a section speaks of the whole RFC;",
    "a file without a test in its folder is tested by the scenarios of its package.",
    "",
  ];
  const rfcs = [...new Set(rows.map(({ rfc }) => rfc))];
  const parts = rfcs.flatMap((rfc) => [
    `## RFC ${rfc}`,
    "",
    "| section | file | test |",
    "|---|---|---|",
    ...rows.filter((row) => row.rfc === rfc).map(line),
    "",
  ]);
  return [...head, ...parts].join("\n");
}

/** docs/rfc-map.md says what the comments say. */
export const rfcMapInStep: Step = {
  name: "rfcs",
  async run(root) {
    const path = join(root, rfcMapPath);
    const is = existsSync(path) ? readFileSync(path, "utf8") : "";
    const wanted = rfcMapPage(readRfcMap(root));
    return is === wanted ? undefined : `${rfcMapPath} is out of step: run npx -y pnpm@10 run docs`;
  },
};
