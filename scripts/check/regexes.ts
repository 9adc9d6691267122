import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { check } from "recheck";
import { parseAst } from "rolldown/parseAst";
import type { Step } from "./step.ts";

const sources = "packages/*/src/**/*.{ts,tsx}";
const notOnTheWay = /\/src\/testing\/|\.test\.tsx?$|\/conformance\.ts$/;

/** A regular expression of a source file. */
export type Regex = { readonly pattern: string; readonly flags: string; readonly line: number };

/** The regular expressions that are written in a source. */
export function regexesIn(text: string, isTsx = false): readonly Regex[] {
  const found: Regex[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    if (isRegex(node)) found.push({ ...node.regex, line: text.slice(0, node.start).split("\n").length });
    for (const child of Object.values(node)) visit(child);
  };
  visit(parseAst(text, { lang: isTsx ? "tsx" : "ts" }));
  return found;
}

type RegexNode = { readonly start: number; readonly regex: { readonly pattern: string; readonly flags: string } };

const isRegex = (node: object): node is RegexNode => "regex" in node && "type" in node && node.type === "Literal";

/** What makes a regular expression's work more than linear in its text's length; `undefined`: nothing does. */
export async function slownessOf({ pattern, flags }: Regex): Promise<string | undefined> {
  // Without a quantifier that has no upper bound, there is nothing that can repeat.
  if (!/[*+]|\{\d+,\}/.test(pattern)) return undefined;
  const result = await check(pattern, flags, { timeout: 30_000 });
  if (result.status === "safe") return undefined;
  return result.status === "vulnerable" ? result.complexity.summary : `not decided: ${result.error.kind}`;
}

async function faultsIn(root: string, file: string): Promise<string[]> {
  const faults: string[] = [];
  for (const regex of regexesIn(readFileSync(join(root, file), "utf8"), file.endsWith("x"))) {
    const slowness = await slownessOf(regex);
    if (slowness !== undefined) faults.push(`${file}:${regex.line} /${regex.pattern}/ is not linear: ${slowness}`);
  }
  return faults;
}

/** What a peer sends must not cost more than its length: no regular expression of ours backtracks. */
export const regexes: Step = {
  name: "regexes",
  async run(root) {
    const files = globSync(sources, { cwd: root }).filter((file) => !notOnTheWay.test(file));
    const faults = (await Promise.all(files.map((file) => faultsIn(root, file)))).flat();
    return faults.length === 0 ? undefined : faults.join("\n");
  },
};
