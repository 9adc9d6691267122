import { type Parsed, parsed, refused } from "../kernel/parsed.ts";

/** Who uses this page and how it reaches the phone network. */
export type Session = {
  readonly name: string;
  readonly sipUri: string;
  readonly callerId: string;
  readonly country: string;
  readonly mode: "loopback" | "trunk";
  readonly version: string;
  /** Whether there is a session that can be signed out of: in loopback mode there is none. */
  readonly signedIn: boolean;
  /** Whether passkeys can be made for the name of this page. */
  readonly passkeys: boolean;
  readonly iceServers: readonly { readonly urls: string | string[] }[];
};

/** What asking the server for the session gave. */
export type SessionAnswer =
  | { readonly kind: "ready"; readonly session: Session }
  | { readonly kind: "signedOut" }
  | { readonly kind: "unreachable" };

const flags = ["signedIn", "passkeys"] as const;
const texts = ["name", "sipUri", "callerId", "country", "version"] as const;

/** Reads the body of `GET /api/session`. */
export function readSession(body: unknown): Parsed<Session> {
  if (typeof body !== "object" || body === null) return refused("not an object");
  const fields: Partial<Record<keyof Session, unknown>> = body;
  for (const name of texts) if (typeof fields[name] !== "string") return refused(`${name} is not a text`);
  for (const name of flags) if (typeof fields[name] !== "boolean") return refused(`${name} is neither true nor false`);
  if (!/^sips?:[^@\s]+@[^@\s]+$/.test(String(fields.sipUri))) return refused("sipUri is not a SIP URI");
  if (fields.mode !== "loopback" && fields.mode !== "trunk") return refused("mode is unknown");
  if (!Array.isArray(fields.iceServers)) return refused("iceServers is not a list");
  return parsed(fields as Session);
}
