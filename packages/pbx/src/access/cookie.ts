import { parseCookie, type SetCookie, stringifySetCookie } from "cookie";
import type { RequestHeaders } from "./gate.ts";

/**
 * Names with `__Host-` are taken by browsers only for this very host, over an encrypted connection or from this machine,
 * and never from a page (RFC 6265bis section 4.1.3.2).
 */
const names = { session: "__Host-trunkline", oidc: "__Host-trunkline-oidc" } as const;

/** `session`: who is signed in. `oidc`: who has been sent to another site to sign in there, and comes back from it. */
export type CookieName = keyof typeof names;

const fixed = { httpOnly: true, secure: true, path: "/" } as const;
/** Who comes back from another site brings no strict cookie. */
const sameSite = { session: "strict", oidc: "lax" } as const satisfies Record<CookieName, SetCookie["sameSite"]>;

/** The value of one of our cookies; `undefined` where there is none, or a longer one than ours are. */
export function readCookie(headers: RequestHeaders, name: CookieName): string | undefined {
  const value = parseCookie(String(headers.cookie ?? ""))[names[name]];
  return value !== undefined && value.length <= 64 ? value : undefined;
}

/** A Set-Cookie header; without a value the browser is to forget the cookie. */
export const setCookie = (name: CookieName, value: string | undefined, maxAgeSeconds: number): string =>
  stringifySetCookie({
    ...fixed,
    name: names[name],
    value: value ?? "",
    sameSite: sameSite[name],
    maxAge: value === undefined ? 0 : maxAgeSeconds,
  });
