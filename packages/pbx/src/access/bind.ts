import { formatHostPort, type HostPort } from "../domain/address.ts";
import { messageOf, PbxError } from "../kernel/errors.ts";

/** What a listener is for, and where the person who starts the server can choose another place for it. */
export type ListenerName = { readonly what: string; readonly where: string };

const phone: ListenerName = { what: "HTTP", where: "--http-port, or http.bind in the configuration" };
export const monitoring: ListenerName = { what: "metrics", where: "admin.bind in the configuration" };

/** What a person can do about a listener that does not come up, by Node's error code. */
const remedies = new Map<string, (where: string) => string>(
  Object.entries({
    EADDRINUSE: (where) => `another program listens there. Stop it, or choose another port (${where}).`,
    EACCES: (where) => `ports below 1024 need special rights. Choose a higher port (${where}).`,
    EADDRNOTAVAIL: (where) => `this machine does not have that address. Choose another one (${where}).`,
  }),
);

/** Turns a failure to listen into words for the person who started the server. */
export function bindFailed(bind: HostPort, cause: unknown, { what, where } = phone): PbxError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const why = remedies.get(code)?.(where) ?? `${messageOf(cause)}.`;
  return new PbxError("BIND_FAILED", `Cannot serve ${what} on ${formatHostPort(bind)}: ${why}`, { cause });
}
