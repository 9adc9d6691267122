import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Step } from "./step.ts";

export const tablesPath = "ARCHITECTURE.md";
/** `<!-- table FILE EXPORT -->` ... `<!-- end -->`: what stands between is made from the code. */
const region = /(<!-- table (\S+) (\S+) -->\n)[\s\S]*?(<!-- end -->)/g;

type Rule = { readonly to: string; readonly run: readonly string[] };
type StateTable = Readonly<Record<string, Readonly<Record<string, Rule>>>>;

const row = (state: string, event: string, { to, run }: Rule): string =>
  `| ${state} | ${event} | ${to} | ${run.length === 0 ? "" : run.join(", ")} |`;

function rowsOf(state: string, rules: Readonly<Record<string, Rule>>): string[] {
  const written = Object.entries(rules).map(([event, rule], at) => row(at === 0 ? state : "", event, rule));
  return written.length === 0 ? [`| ${state} | (nothing) | | |`] : written;
}

/** A state table as Markdown: what is not written is ignored on purpose. */
export function tableText(table: StateTable): string {
  const rows = Object.entries(table).flatMap(([state, rules]) => rowsOf(state, rules));
  return ["| state | event | becomes | does |", "|---|---|---|---|", ...rows, ""].join("\n");
}

async function exportedTable(root: string, file: string, name: string): Promise<StateTable> {
  const exported = (await import(pathToFileURL(join(root, file)).href)) as Record<string, unknown>;
  const table = exported[name];
  if (table === undefined) throw new Error(`${tablesPath} names ${name}, which ${file} does not export`);
  return table as StateTable;
}

/** The page with each of its regions made anew from the table that it names. */
export async function withTables(page: string, root: string): Promise<string> {
  const texts = new Map<string, string>();
  for (const [, , file = "", name = ""] of page.matchAll(region)) {
    texts.set(`${file} ${name}`, tableText(await exportedTable(root, file, name)));
  }
  return page.replace(region, (_all, head: string, file: string, name: string, end: string) => {
    return `${head}\n${texts.get(`${file} ${name}`)}\n${end}`;
  });
}

/** The state tables that ARCHITECTURE.md shows are those of the code. */
export const tablesInStep: Step = {
  name: "tables",
  async run(root) {
    const page = readFileSync(join(root, tablesPath), "utf8");
    return (await withTables(page, root)) === page
      ? undefined
      : `${tablesPath} is out of step: run npx -y pnpm@10 run docs`;
  },
};
