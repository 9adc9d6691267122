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
  const response = await send(socketPath, question);
  const answer = await answerIn(response).catch((cause: unknown) => {
    throw unreachableServer(socketPath, cause);
  });
  if (response.statusCode === 200) return answer;
  throw refused(response, answer);
}

/**
 * Asks a running server for what goes on from now on; never resolves.
 * @param hear gets the JSON of each line
 * @throws PbxError as `ask`, and ADMIN_UNREACHABLE when the server ends
 */
export async function listen(socketPath: string, path: string, hear: (line: unknown) => void): Promise<never> {
  const response = await send(socketPath, { method: "GET", path, patient: true });
  if (response.statusCode !== 200) throw refused(response, await answerIn(response));
  // A connection that breaks is one that ends.
  response.on("error", () => {});
  createInterface(response)
    .on("error", () => {})
    .on("line", (line) => hear(JSON.parse(line)));
  await new Promise((resolve) => response.once("close", resolve));
  throw new PbxError("ADMIN_UNREACHABLE", "The server has ended the connection.");
}

const answerIn = async (response: IncomingMessage): Promise<unknown> => JSON.parse(await text(response));

function send(socketPath: string, { method, path, body, patient }: Question): Promise<IncomingMessage> {
  const headers = body === undefined ? {} : { "content-type": "application/json" };
  const timeout = patient ? 0 : answerTimeoutMs;
  return new Promise((settle, fail) => {
    const asked = request({ socketPath, method, path, headers, timeout, agent: false }, settle);
    asked.once("error", (cause) => fail(unreachableServer(socketPath, cause)));
    asked.once("timeout", () => asked.destroy(new Error("it does not answer")));
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** What a person can do about a socket on which nobody answers, by Node's error code. */
const causes = new Map<string, string>(
  Object.entries({
    ENOENT: "there is no such socket",
    ECONNREFUSED: "the server that made it is gone",
    EACCES: "it belongs to another user",
  }),
);

function unreachableServer(socketPath: string, cause: unknown): PbxError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const words = [
    `No running server can be reached at ${resolve(socketPath)}: ${causes.get(code) ?? messageOf(cause)}.`,
    "Start one with `trunkline loopback` or `trunkline run --config FILE`, or name its socket with --socket PATH.",
  ];
  return new PbxError("ADMIN_UNREACHABLE", words.join("\n"), { cause });
}

/** The server's words for its refusal. */
function refused({ statusCode }: IncomingMessage, answer: unknown): PbxError {
  const { code, message } = (answer as { error?: { code?: unknown; message?: unknown } } | undefined)?.error ?? {};
  const words = typeof message === "string" ? message : `The server answered with status ${statusCode}.`;
  return new PbxError(code === "HTTP_CONFIG_FAULTY" ? "CONFIG_FAULTY" : "ADMIN_REFUSED", words);
}
