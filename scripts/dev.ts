import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { root, tool } from "./command.ts";

const page = "packages/web-phone";
const stdio = "inherit";

const watched = ["sip-stack", "media-relay", "pbx"].map((name) => `--watch-path=packages/${name}/src`);
// Without this, Node has every thread report what it imports, in messages among which the media threads' own are lost.
const unreported = ["--import", "data:text/javascript,delete process.env.WATCH_REPORT_DEPENDENCIES"];

/** The server in loopback mode, started again when a source changes, and the page's development server, which passes calls on to it. */
const children: readonly ChildProcess[] = [
  spawn(
    process.execPath,
    [...watched, ...unreported, "packages/pbx/src/main.ts", "loopback", ...process.argv.slice(2)],
    {
      cwd: root,
      stdio,
    },
  ),
  spawn(tool("vite", page), { cwd: join(root, page), stdio }),
];

const stop = (): void => {
  for (const child of children) child.kill("SIGTERM");
};
process.once("SIGINT", stop);
process.once("SIGTERM", stop);
await Promise.race(children.map((child) => once(child, "exit")));
stop();
