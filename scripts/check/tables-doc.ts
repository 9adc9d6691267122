import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Step } from "./step.ts";

/** The pages that show state tables. */
export const tablePages = ["ARCHITECTURE.md", "packages/sip-stack/README.md"];
/** `<!-- table FILE EXPORT -->` or `<!-- diagram FILE EXPORT -->` ... `<!-- end -->`: what stands between is made from the code. */
const region = /(<!-- (table|diagram) (\S+) (\S+) -->\n)[\s\S]*?(<!-- end -->)/g;

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

/** A state table as a Mermaid diagram: an arrow for each pair of states, with every event that leads from one to the other. */
export function diagramText(table: StateTable): string {
  const [first = ""] = Object.keys(table);
  const arrows = Object.entries(table).flatMap(([state, rules]) => arrowsOf(state, rules));
  return ["```mermaid", "stateDiagram-v2", `  [*] --> ${first}`, ...arrows, "```", ""].join("\n");
}

function arrowsOf(state: string, rules: Readonly<Record<string, Rule>>): string[] {
  const events = Map.groupBy(Object.entries(rules), ([, { to }]) => to);
  if (events.size === 0) return [`  ${state} --> [*]`];
  return Array.from(events, ([to, all]) => `  ${state} --> ${to}: ${all.map(([event]) => event).join(", ")}`);
}

const shapes = { table: tableText, diagram: diagramText };

async function exportedTable(root: string, file: string, name: string): Promise<StateTable> {
  const exported = (await import(pathToFileURL(join(root, file)).href)) as Record<string, unknown>;
  const table = exported[name];
  if (table === undefined) throw new Error(`a page names ${name}, which ${file} does not export`);
  return table as StateTable;
}

/** The page with each of its regions made anew from the table that it names. */
export async function withTables(page: string, root: string): Promise<string> {
  const texts = new Map<string, string>();
  for (const [, head = "", shape, file = "", name = ""] of page.matchAll(region)) {
    texts.set(head, shapes[shape as keyof typeof shapes](await exportedTable(root, file, name)));
  }
  return page.replace(region, (_all, head: string, _shape: string, _file: string, _name: string, end: string) => {
    return `${head}\n${texts.get(head)}\n${end}`;
  });
}

/** The state tables that the pages show are those of the code. */
export const tablesInStep: Step = {
  name: "tables",
  async run(root) {
    for (const path of tablePages) {
      const page = readFileSync(join(root, path), "utf8");
      if ((await withTables(page, root)) !== page) return `${path} is out of step: run npx -y pnpm@10 run docs`;
    }
    return undefined;
  },
};
