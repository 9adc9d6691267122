import { capture, root, tool } from "../command.ts";
import { makeIfChanged } from "./changed.ts";

const folder = "packages/web-phone";

async function build(): Promise<void> {
  console.log("Building the page ...");
  const ran = await capture(tool("vite", folder), ["build"], { cwd: `${root}/${folder}` });
  if (ran.status !== 0) throw new Error(`the page could not be built:\n${ran.output}`);
}

/** Builds the page into packages/web-phone/dist when its sources have changed. */
export async function buildPage(): Promise<void> {
  await makeIfChanged(root, {
    name: "page",
    inputs: [`${folder}/{src,public}/**/*`, `${folder}/*.{html,json,ts}`, "tsconfig.base.json", "pnpm-lock.yaml"],
    output: `${folder}/dist/index.html`,
    make: build,
  });
}
