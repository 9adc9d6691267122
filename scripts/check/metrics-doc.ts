import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Step } from "./step.ts";

export const metricsPath = "docs/metrics.md";

type Meaning = { readonly kind: string; readonly labels: readonly string[]; readonly help: string };

const row = ([name, { kind, labels, help }]: [string, Meaning]): string =>
  `| \`${name}\` | ${kind} | ${labels.map((label) => `\`${label}\``).join(", ")} | ${help} |`;

/** The text of docs/metrics.md. */
export async function metricsPage(root: string): Promise<string> {
  const file = pathToFileURL(join(root, "packages/pbx/src/ops/metrics.ts")).href;
  const { metricMeanings } = (await import(file)) as { metricMeanings: Record<string, Meaning> };
  return [
    "# Metrics",
    "",
    "`GET /metrics` on the listener for monitoring (`admin.bind`, 127.0.0.1:9090 by default) gives these to Prometheus, beside those",
    "of the process (`trunkline_process_...`, `trunkline_nodejs_...`). Times are in seconds. No label is a number, a user or a Call-ID.",
    "This page is made from the code by `npx -y pnpm@10 run docs`.",
    "",
    "| metric | kind | labels | what it is |",
    "|---|---|---|---|",
    ...Object.entries(metricMeanings).map(row),
    "",
    "`GET /healthz` says that the process answers, `GET /readyz` whether it can take calls: 503 with a line for each thing that keeps it",
    "from that. The public listener has both too, without the lines.",
    "",
  ].join("\n");
}

/** docs/metrics.md says what the code says. */
export const metricsInStep: Step = {
  name: "metrics",
  async run(root) {
    const isInStep = readFileSync(join(root, metricsPath), "utf8") === (await metricsPage(root));
    return isInStep ? undefined : `${metricsPath} is out of step: run npx -y pnpm@10 run docs`;
  },
};
