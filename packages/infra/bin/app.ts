import { App } from "aws-cdk-lib";
import { findArtefact } from "../lib/settings/artefact.ts";
import { readSettings } from "../lib/settings/settings.ts";
import { addStack } from "../lib/stacks/add-stack.ts";

/** What the `cdk` command runs: it hands over its context. */
const app = new App({ analyticsReporting: false });
const isOurs = (key: string): boolean => !key.includes(":") && !key.startsWith("@aws-cdk/");
const context = Object.entries(app.node.getAllContext() as Record<string, unknown>).filter(([key]) => isOurs(key));
const read = readSettings(Object.fromEntries(context));
const artefact = findArtefact();
if ("faults" in read) {
  console.error(`Nothing is deployed with such settings:\n${read.faults.join("\n")}`);
  process.exitCode = 2;
} else if ("fault" in artefact) {
  console.error(artefact.fault);
  process.exitCode = 2;
} else addStack(app, read.settings, artefact.path);
