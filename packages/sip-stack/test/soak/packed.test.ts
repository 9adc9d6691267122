import { execFile } from "node:child_process";
import { cpSync, globSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { runProgram, runServer } from "../program.ts";

const home = join(import.meta.dirname, "../..");
const compiler = join(home, "../../node_modules/.bin/tsc");
const address = `${process.env.TRUNKLINE_TEST_NETWORK ?? "127.0.0"}.1`;
const run = promisify(execFile);

/** An empty folder of a project that is to use the package. */
function project(): string {
  const folder = mkdtempSync(join(tmpdir(), "trunkline-packed-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
  return folder;
}

async function install(folder: string): Promise<void> {
  await run("npx", ["-y", "pnpm@10", "pack", "--pack-destination", folder], { cwd: home });
  const [tarball = "no tarball"] = globSync("*.tgz", { cwd: folder });
  await run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", `./${tarball}`], { cwd: folder });
}

/** Node's types come from the workspace: the package itself asks for none. */
async function checkTypes(folder: string, files: readonly string[]): Promise<void> {
  const types = ["--types", "node", "--typeRoots", join(home, "../../node_modules/@types")];
  const strict = ["--strict", "--noEmit", "--module", "nodenext", "--target", "es2024"];
  await run(compiler, [...strict, ...types, ...files], { cwd: folder });
}

test("the packed package works in an empty folder: types, and every example", async () => {
  const folder = project();
  await install(folder);
  cpSync(join(folder, "node_modules/@trunkline/sip-stack/examples"), folder, { recursive: true });
  await checkTypes(folder, globSync("*.ts", { cwd: folder }));
  const answering = await runServer("answer.ts", [address, "0"], folder);
  const between = await runServer("b2bua.ts", [address, "0", address, `${answering.port}`], folder);
  const calling = runProgram("call.ts", [address, `${between.port}`], folder);
  expect(await calling.ended).toBe(0);
  expect(calling.lines).toEqual(["180 Ringing", "answered", "ended: hung-up"]);
  expect(await answering.program.line("ended")).toBe("ended: bye");
  const { port } = await runServer("echo-options.ts", [address, "0"], folder);
  const registering = runProgram("register.ts", [address, `${port}`], folder);
  expect(await registering.line("failed")).toMatch(/^failed: 405, again in /);
}, 60_000);
