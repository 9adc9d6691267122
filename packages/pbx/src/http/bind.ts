import { formatHostPort, type HostPort } from "../domain/address.ts";
import { messageOf, PbxError } from "../kernel/errors.ts";

/** What a person can do about a listener that does not come up, by Node's error code. */
const remedies: Readonly<Record<string, string>> = {
  EADDRINUSE:
    "another program listens there. Stop it, or choose another port (--http-port, or http.bind in the configuration).",
  EACCES:
    "ports below 1024 need special rights. Choose a higher port (--http-port, or http.bind in the configuration).",
  EADDRNOTAVAIL: "this machine does not have that address. Correct http.bind in the configuration.",
};

/** Turns a failure to listen into words for the person who started the server. */
export function bindFailed(bind: HostPort, cause: unknown): PbxError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const why = remedies[code] ?? `${messageOf(cause)}.`;
  return new PbxError("BIND_FAILED", `Cannot serve HTTP on ${formatHostPort(bind)}: ${why}`, { cause });
}
