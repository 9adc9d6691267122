import { readFileSync } from "node:fs";
import { join } from "node:path";
import { playStory } from "../../packages/pbx/test/scenario/run.ts";
import type { Step } from "./step.ts";

export const laddersPath = "docs/calls.md";
/** `<!-- ladder: NAME OF A STORY -->` ... `<!-- end -->`: what stands between is what the story's test saw on the wire. */
const region = /(<!-- ladder: (.+) -->\n)[\s\S]*?(<!-- end -->)/g;

/** The page with each of its ladders drawn anew from the story that it names. */
export async function withLadders(page: string): Promise<string> {
  const drawn = new Map<string, string>();
  for (const [, , name = ""] of page.matchAll(region)) drawn.set(name, await playStory(name));
  return page.replace(
    region,
    (_all, head: string, name: string, end: string) => `${head}\n\`\`\`text\n${drawn.get(name)}\n\`\`\`\n${end}`,
  );
}

/** The ladders that the page shows are those of the stories. */
export const laddersInStep: Step = {
  name: "ladders",
  async run(root) {
    const page = readFileSync(join(root, laddersPath), "utf8");
    return (await withLadders(page)) === page
      ? undefined
      : `${laddersPath} is out of step: run npx -y pnpm@10 run docs`;
  },
};
