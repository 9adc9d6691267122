import { type IncomingMessage, request } from "node:http";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { messageOf, PbxError } from "../kernel/errors.ts";

/** A question to a running server's admin socket. */
export type Question = {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body?: object;
  /** The answer may take as long as a person takes. */
  readonly patient?: boolean;
};

const answerTimeoutMs = 10_000;

/**
 * Asks a running server.
 * @returns the answer's JSON, which is what `ops/operations.ts` says for the path.
 * @throws PbxError ADMIN_UNREACHABLE when no server answers, ADMIN_REFUSED with the server's words when it says no,
 * CONFIG_FAULTY when that is because of its configuration file.
 */
export async function ask(socketPath: string, question: Question): Promise<unknown> {
  const { status, answer } = await exchange(socketPath, question).catch((cause: unknown) => {
    throw unreachableServer(socketPath, cause);
  });
  if (status === 200) return answer;
  const { code, words = `The server answered with status ${status}.` } = refusalIn(answer);
  throw new PbxError(code === "HTTP_CONFIG_FAULTY" ? "CONFIG_FAULTY" : "ADMIN_REFUSED", words);
}

/**
 * Asks a running server for what goes on from now on; never resolves.
 * @param hear gets the JSON of each line
 * @throws PbxError as `ask`, and ADMIN_UNREACHABLE when the server ends
 */
export async function listen(socketPath: string, path: string, hear: (line: unknown) => void): Promise<never> {
  const response = await send(socketPath, { method: "GET", path, patient: true }).catch((cause: unknown) => {
    throw unreachableServer(socketPath, cause);
  });
  if (response.statusCode !== 200)
    throw new PbxError("ADMIN_REFUSED", refusalIn(JSON.parse(await text(response))).words ?? "The server refused.");
  // A connection that breaks is one that ends.
  response.on("error", () => {});
  createInterface(response)
    .on("error", () => {})
    .on("line", (line) => hear(JSON.parse(line)));
  await new Promise((resolve) => response.once("close", resolve));
  throw new PbxError("ADMIN_UNREACHABLE", "The server has ended the connection.");
}

async function exchange(socketPath: string, question: Question): Promise<{ status: number; answer: unknown }> {
  const response = await send(socketPath, question);
  return { status: response.statusCode ?? 0, answer: JSON.parse(await text(response)) };
}

function send(socketPath: string, { method, path, body, patient }: Question): Promise<IncomingMessage> {
  const headers = body === undefined ? {} : { "content-type": "application/json" };
  const timeout = patient ? 0 : answerTimeoutMs;
  return new Promise((settle, fail) => {
    const asked = request({ socketPath, method, path, headers, timeout, agent: false }, settle);
    asked.once("error", fail);
    asked.once("timeout", () => asked.destroy(new Error("it does not answer")));
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** What a person can do about a socket on which nobody answers, by Node's error code. */
const causes: Readonly<Record<string, string>> = {
  ENOENT: "there is no such socket",
  ECONNREFUSED: "the server that made it is gone",
  EACCES: "it belongs to another user",
};

function unreachableServer(socketPath: string, cause: unknown): PbxError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const words = [
    `No running server can be reached at ${resolve(socketPath)}: ${causes[code] ?? messageOf(cause)}.`,
    "Start one with `trunkline loopback` or `trunkline run --config FILE`, or name its socket with --socket PATH.",
  ];
  return new PbxError("ADMIN_UNREACHABLE", words.join("\n"), { cause });
}

function refusalIn(answer: unknown): { readonly code: unknown; readonly words: string | undefined } {
  const { code, message } = (answer as { error?: { code?: unknown; message?: unknown } } | undefined)?.error ?? {};
  return { code, words: typeof message === "string" ? message : undefined };
}
