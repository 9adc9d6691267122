#!/usr/bin/env node
import type { ServerCommands } from "./cli/program.ts";
import { runCommand } from "./cli/run-command.ts";

/** Loaded by those commands alone that need it: the others ask a running server, and are to answer at once. */
const server = async (): Promise<ServerCommands> => (await import("./server-commands.ts")).serverCommands;

const commands: ServerCommands = {
  run: async (path, options) => (await server()).run(path, options),
  loopback: async (options) => (await server()).loopback(options),
  init: async (path) => (await server()).init(path),
  check: async (path) => (await server()).check(path),
};

process.exitCode = await runCommand(process.argv.slice(2), commands);
