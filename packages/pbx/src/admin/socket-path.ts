import { existsSync, lstatSync, unlinkSync } from "node:fs";
import { connect } from "node:net";
import { dirname, resolve } from "node:path";
import { messageOf, PbxError } from "../kernel/errors.ts";

/** The bytes that a socket's path may have: `sun_path` of unix(7) with its final zero; the shorter of Linux and macOS. */
const maxPathBytes = 103;

const remedies = new Map<string, string>(
  Object.entries({
    EACCES: "this user may not write there. Choose another path (admin.socket in the configuration).",
  }),
);

function socketFailed(path: string, why: string, cause?: unknown): PbxError {
  return new PbxError("BIND_FAILED", `Cannot open the admin socket ${resolve(path)}: ${why}`, { cause });
}

/** Turns a failure to bind into words for the person who started the server. */
export function socketFault(path: string, cause: unknown): PbxError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  return socketFailed(path, remedies.get(code) ?? `${messageOf(cause)}.`, cause);
}

/**
 * Makes sure that a socket can be bound at the path: removes the one that a dead server left behind.
 * @throws PbxError BIND_FAILED when a living server answers there, or when what lies there is no socket.
 */
export async function clearSocketPath(path: string): Promise<void> {
  if (Buffer.byteLength(path) > maxPathBytes) throw socketFailed(path, "the path is too long. Choose a shorter one.");
  // Asked here, because libuv reports a missing folder as EACCES.
  if (!existsSync(dirname(path)))
    throw socketFailed(path, "its folder does not exist. Make it, or choose another path.");
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there === undefined) return;
  if (!there.isSocket()) throw socketFailed(path, "a file that is no socket has this name. Move it away.");
  if (await answers(path))
    throw socketFailed(path, "another server is running with it. Stop that one, or choose another path.");
  unlinkSync(path);
}

const answers = (path: string): Promise<boolean> =>
  new Promise((settle) => {
    const probe = connect(path);
    probe.once("error", () => settle(false));
    probe.once("connect", () => {
      probe.destroy();
      settle(true);
    });
  });
