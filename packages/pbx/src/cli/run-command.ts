import { CommanderError } from "commander";
import { messageOf, PbxError, type PbxErrorCode } from "../kernel/errors.ts";
import { CommandEnded, type ExitStatus } from "./exit.ts";
import { program, type ServerCommands } from "./program.ts";
import { systemTerminal, type Terminal } from "./terminal.ts";

/** Faults of what the person gave, not of the server. */
const wrongUse: readonly PbxErrorCode[] = ["CONFIG_FAULTY", "CONFIG_UNREADABLE", "CONFIG_EXISTS"];

/**
 * Runs one command line and says how it ended; what went wrong is told in words, with `--json` as JSON, on the error
 * side of the terminal. For `run` and `loopback` it resolves once the server runs: set `process.exitCode`, do not exit.
 * @param words what stands after the command's name.
 */
export async function runCommand(
  words: readonly string[],
  commands: ServerCommands,
  terminal: Terminal = systemTerminal,
): Promise<ExitStatus> {
  const trunkline = program(commands, terminal);
  try {
    await trunkline.parseAsync(words, { from: "user" });
    return 0;
  } catch (thrown) {
    if (thrown instanceof CommandEnded) return thrown.status;
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : 2;
    terminal.err(trunkline.opts().json ? faultJson(thrown) : messageOf(thrown));
    return thrown instanceof PbxError && wrongUse.includes(thrown.code) ? 2 : 1;
  }
}

const faultJson = (thrown: unknown): string =>
  JSON.stringify({ error: { code: thrown instanceof PbxError ? thrown.code : "FAILED", message: messageOf(thrown) } });
