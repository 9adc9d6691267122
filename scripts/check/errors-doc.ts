import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Step } from "./step.ts";

/** One code of an error family: its SIP status where it becomes one, and its meaning. */
type Entry = { readonly code: string; readonly status?: number; readonly meaning: string };
type Family = { readonly package: string; readonly entries: readonly Entry[] };
/** How the kernels write a family: code -> meaning, or code -> status and meaning. */
type Written = Readonly<Record<string, string | { readonly status?: number; readonly meaning: string }>>;

export const errorsPath = "docs/errors.md";

function entriesOf(family: Written): Entry[] {
  return Object.entries(family).map(([code, said]) =>
    typeof said === "string" ? { code, meaning: said } : { code, ...said },
  );
}

const isFamily = (name: string): boolean => /Error(s|Meanings)$/.test(name);

/** Reads every export named `...Errors` or `...ErrorMeanings` of each `packages/NAME/src/kernel/errors.ts`. */
export async function readFamilies(root: string): Promise<readonly Family[]> {
  const files = globSync("packages/*/src/kernel/errors.ts", { cwd: root }).sort();
  return Promise.all(
    files.map(async (file) => {
      const exported = (await import(pathToFileURL(join(root, file)).href)) as Record<string, unknown>;
      const families = Object.entries(exported).filter(([name]) => isFamily(name));
      if (families.length === 0) throw new Error(`${file} exports no family whose name ends with "Errors"`);
      return {
        package: file.split("/")[1] ?? file,
        entries: families.flatMap(([, family]) => entriesOf(family as Written)),
      };
    }),
  );
}

const row = (entry: Entry): string => `| \`${entry.code}\` | ${entry.status ?? ""} | ${entry.meaning} |`;
const section = (family: Family): string =>
  [`## ${family.package}`, "", "| code | SIP status | meaning |", "|---|---|---|", ...family.entries.map(row), ""].join(
    "\n",
  );

/** The text of docs/errors.md. */
export function errorsPage(families: readonly Family[]): string {
  const head = [
    "# Errors",
    "",
    "Every error carries a `code` that does not change between versions; match on it, never on the message.",
    "This page is made from the packages' error families by `npx -y pnpm@10 run docs`.",
    "",
  ].join("\n");
  return [head, ...families.map(section)].join("\n");
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** docs/errors.md says what the code says. */
export const errorsInStep: Step = {
  name: "errors",
  async run(root) {
    const wanted = errorsPage(await readFamilies(root));
    return read(join(root, errorsPath)) === wanted
      ? undefined
      : `${errorsPath} is out of step: run npx -y pnpm@10 run docs`;
  },
};
