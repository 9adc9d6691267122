import { type Parsed, parsed, refused } from "../kernel/parsed.ts";

/** The ways in that the server offers; `oidc`: what the button of a company's provider says after "Sign in with". */
export type WaysIn = { readonly passkeys: boolean; readonly oidc: string | undefined };

/** A browser that is signed in as this person. */
export type SignedIn = {
  readonly id: string;
  readonly browser: string;
  readonly signedInAt: string;
  readonly usedAt: string;
};

/** A passkey of this person's. */
export type OwnPasskey = { readonly id: string; readonly browser: string; readonly createdAt: string };

/** What lets this person in; `current`: the session of this page. */
export type Devices = {
  readonly sessions: readonly SignedIn[];
  readonly passkeys: readonly OwnPasskey[];
  readonly current: string;
};

/** A link for one more device; `url` is a secret. */
export type DeviceLink = { readonly url: string; readonly expiresAt: string };

type Fields = Readonly<Record<string, unknown>>;
type Reader<T> = (body: unknown) => Parsed<T>;

const isFields = (body: unknown): body is Fields => typeof body === "object" && body !== null;

/** Reads an object all of whose named fields are texts. */
const textsOf =
  <T extends object>(...names: readonly (keyof T & string)[]): Reader<T> =>
  (body) => {
    if (!isFields(body)) return refused("not an object");
    const missing = names.find((name) => typeof body[name] !== "string");
    return missing === undefined ? parsed(body as T) : refused(`${missing} is not a text`);
  };

const session = textsOf<SignedIn>("id", "browser", "signedInAt", "usedAt");
const passkey = textsOf<OwnPasskey>("id", "browser", "createdAt");

/** Reads the body of `GET /api/access`. */
export function readWaysIn(body: unknown): Parsed<WaysIn> {
  if (!isFields(body)) return refused("not an object");
  return parsed({ passkeys: body.passkeys === true, oidc: typeof body.oidc === "string" ? body.oidc : undefined });
}

/** Reads the body of `GET /api/devices`. */
export function readDevices(body: unknown): Parsed<Devices> {
  if (!isFields(body) || typeof body.current !== "string") return refused("current is not a text");
  const [sessions, passkeys] = [listOf(session, body.sessions), listOf(passkey, body.passkeys)];
  if (!sessions.ok) return sessions;
  if (!passkeys.ok) return passkeys;
  return parsed({ sessions: sessions.value, passkeys: passkeys.value, current: body.current });
}

function listOf<T>(reader: Reader<T>, list: unknown): Parsed<readonly T[]> {
  if (!Array.isArray(list)) return refused("not a list");
  const items = list.map(reader);
  const faulty = items.find((item) => !item.ok);
  return faulty ?? parsed(items.flatMap((item) => (item.ok ? [item.value] : [])));
}

/** Reads the body of `POST /api/devices/link`. */
export const readLink = textsOf<DeviceLink>("url", "expiresAt");

/** Reads whom a sign-in link is for: the body of `POST /api/join/look`. */
export const readGuest = textsOf<{ readonly name: string }>("name");

/**
 * The token of a sign-in link: `#join=TOKEN`. It stands behind the mark that browsers send to nobody.
 * @param hash the page's address from its `#` on
 */
export const tokenIn = (hash: string): string | undefined => /^#join=([A-Za-z0-9_-]{43})$/.exec(hash)?.[1];
