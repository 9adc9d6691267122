import { App } from "aws-cdk-lib";
import { readSettings } from "../lib/settings/settings.ts";
import { addStack } from "../lib/stacks/add-stack.ts";

/** What the `cdk` command runs: it hands over its context. */
const app = new App({ analyticsReporting: false });
const isOurs = (key: string): boolean => !key.includes(":") && !key.startsWith("@aws-cdk/");
const context = Object.entries(app.node.getAllContext() as Record<string, unknown>).filter(([key]) => isOurs(key));
const read = readSettings(Object.fromEntries(context));
if ("settings" in read) {
  addStack(app, read.settings);
} else {
  console.error(`Nothing is deployed with such settings:\n${read.faults.join("\n")}`);
  process.exitCode = 2;
}
