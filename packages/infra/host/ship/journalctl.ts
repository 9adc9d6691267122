import { spawn } from "node:child_process";
import { once } from "node:events";

const unit = "trunkline.service";
const mostStderr = 500;

/**
 * How journalctl is asked. Without `--all` it leaves out a message of more than 4 KiB, without `--no-tail` all but the
 * latest ten.
 */
export const journalctlArguments = (after: string | undefined): readonly string[] => [
  "--follow",
  "--no-tail",
  "--all",
  "--quiet",
  "--output=json",
  "--output-fields=MESSAGE",
  `--unit=${unit}`,
  after === undefined ? "--boot" : `--after-cursor=${after}`,
];

/** Runs journalctl and gives what it writes; it ends with it, or with `stop`. @throws what it says when it ends by itself */
export async function* openJournal(after: string | undefined, stop: AbortSignal): AsyncGenerator<Uint8Array> {
  const child = spawn("journalctl", journalctlArguments(after), { stdio: ["ignore", "pipe", "pipe"], signal: stop });
  const closed = once(child, "close");
  // Looked at below; until then it is nobody's.
  closed.catch(() => {});
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = `${said}${text}`.slice(-mostStderr);
  });
  try {
    yield* child.stdout;
    const [status, signal] = (await closed) as [number | null, string | null];
    throw new Error(`journalctl ended with ${status ?? signal}. ${said.trim()}`.trim());
  } finally {
    child.kill();
  }
}
