import { formatHostPort, type HostPort, isWildcard } from "../domain/address.ts";
import type { User } from "../domain/user.ts";
import type { Session } from "../store/sessions.ts";
import { type Refusal, refusal } from "./refusal.ts";

/** The names by which a listener may be called and the origins whose pages may use it, in lower case. */
export type Gate = { readonly hosts: ReadonlySet<string>; readonly origins: ReadonlySet<string> };

export type GateOptions = {
  /** The address and port that are really bound. */
  readonly bind: HostPort;
  readonly publicUrl?: string | undefined;
  /** Origins beside our own, e.g. that of a development server. */
  readonly origins?: readonly string[] | undefined;
};

/** The headers of a request, as Node gives them. */
export type RequestHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** Says who sent a request. */
export interface Access {
  /** @returns `undefined` for someone who is not signed in. */
  sessionOf(request: AccessRequest): Promise<WebSession | undefined>;
}

export type AccessRequest = {
  readonly headers: RequestHeaders;
  /** Where it comes from: the person's address, also where a proxy that we trust stands between. */
  readonly remoteAddress: string;
};

/** A person who is signed in; on this machine only, that may be without a session. */
export type WebSession = { readonly user: User; readonly session?: Session };

/**
 * Lists a listener's own names: localhost, the two loopback addresses, the bound address (not a wildcard), the public
 * URL and the extra origins. Anything else that resolves to us is somebody else's name (DNS rebinding).
 */
export function gateOf({ bind, publicUrl, origins = [] }: GateOptions): Gate {
  const local = ["localhost", "127.0.0.1", "[::1]"].map((name) => `http://${name}:${bind.port}`);
  const bound = isWildcard(bind.address) ? [] : [`http://${formatHostPort(bind)}`];
  const named = publicUrl === undefined ? [] : [publicUrl];
  const urls = [...local, ...bound, ...named, ...origins].map((text) => URL.parse(text)).filter(isWebUrl);
  return { hosts: new Set(urls.flatMap(hostsOf)), origins: new Set(urls.map((url) => url.origin)) };
}

/** Every other scheme's origin is written `null`, which any sandboxed page of anyone's has. */
const isWebUrl = (url: URL | null): url is URL => url?.protocol === "http:" || url?.protocol === "https:";

/** A port that the scheme implies may stand in Host or not, RFC 9110 section 4.2.3. */
const hostsOf = ({ host, hostname, port, protocol }: URL): readonly string[] =>
  port === "" ? [host, `${hostname}:${protocol === "https:" ? 443 : 80}`] : [host];

export const hostAllowed = (gate: Gate, host: RequestHeaders[string]): boolean => listed(gate.hosts, host);
export const originAllowed = (gate: Gate, origin: RequestHeaders[string]): boolean => listed(gate.origins, origin);

const listed = (names: ReadonlySet<string>, name: RequestHeaders[string]): boolean =>
  typeof name === "string" && names.has(name.toLowerCase());

/**
 * Whether a request may come in at all. A browser leaves Origin out of plain reads of the same site only; whatever
 * changes something or opens a socket must name it.
 * @returns the refusal, or `undefined` for a request that may go on.
 */
export function foreign(gate: Gate, headers: RequestHeaders, kind: "read" | "change" | "socket"): Refusal | undefined {
  if (!hostAllowed(gate, headers.host)) return refusal("HTTP_FOREIGN_HOST");
  if (headers.origin === undefined && kind === "read") return undefined;
  return originAllowed(gate, headers.origin) ? undefined : refusal("HTTP_FOREIGN_ORIGIN");
}
