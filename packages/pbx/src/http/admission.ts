import { type Access, foreign, type Gate, type RequestHeaders, type WebSession } from "../access/gate.ts";
import { type Refusal, refusal } from "../access/refusal.ts";

/** How many WebSockets may be open: in all, and of one user. */
export type SocketLimits = { readonly sockets: number; readonly socketsPerUser: number };

export const defaultSocketLimits: SocketLimits = { sockets: 512, socketsPerUser: 16 };

/** A request to open a WebSocket. */
export type Opening = { readonly path: string; readonly headers: RequestHeaders; readonly remoteAddress: string };

/** What the answer depends on, as it is at the moment of the request. */
export type DoorState = {
  readonly gate: Gate;
  readonly access: Access;
  readonly limits: SocketLimits;
  readonly open: () => number;
  readonly openOf: (user: string) => number;
};

export type Admission =
  | { readonly ok: true; readonly session: WebSession }
  | { readonly ok: false; readonly refusal: Refusal };

/** Decides whether a WebSocket for SIP (RFC 7118) may be opened, and as whom. */
export async function admitSocket(opening: Opening, state: DoorState): Promise<Admission> {
  const unfit = foreign(state.gate, opening.headers, "socket") ?? malformed(opening);
  if (unfit !== undefined) return { ok: false, refusal: unfit };
  const session = await state.access.sessionOf(opening);
  if (session === undefined) return { ok: false, refusal: refusal("HTTP_NOT_SIGNED_IN") };
  const full = crowded(session.user.name, state);
  return full === undefined ? { ok: true, session } : { ok: false, refusal: full };
}

function malformed({ path, headers }: Opening): Refusal | undefined {
  if (path !== "/ws") return refusal("HTTP_NOT_FOUND");
  return protocolsOf(headers).includes("sip") ? undefined : refusal("HTTP_SUBPROTOCOL_MISSING");
}

const protocolsOf = (headers: RequestHeaders): readonly string[] =>
  String(headers["sec-websocket-protocol"] ?? "")
    .split(",")
    .map((name) => name.trim().toLowerCase());

function crowded(user: string, { limits, open, openOf }: DoorState): Refusal | undefined {
  if (open() >= limits.sockets) return refusal("HTTP_FULL");
  return openOf(user) >= limits.socketsPerUser ? refusal("HTTP_TOO_MANY_DEVICES") : undefined;
}
