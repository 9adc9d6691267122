import type { SipResponse } from "../message/message.ts";
import { algorithmOf, type DigestAlgorithm, strongestFirst } from "./digest.ts";
import { type DigestFields, formatDigestFields, readDigestFields } from "./fields.ts";

/** What a server asks to be proven, RFC 7616 section 3.3. `named`: whether it wrote the algorithm's name. */
export type Challenge = {
  readonly realm: string;
  readonly nonce: string;
  readonly algorithm: DigestAlgorithm;
  readonly named: boolean;
  readonly opaque: string | undefined;
  /** Whether it takes qop `auth`; without it the older form of RFC 2617 section 3.2.2.1 is used. */
  readonly hasQop: boolean;
  /** Only the nonce was too old: the same credentials are worth another try. */
  readonly stale: boolean;
};

/** The headers of a challenge and of its answer: `user` for 401, `proxy` for 407, RFC 3261 sections 22.2 and 22.3. */
export const authHeaders = {
  user: { status: 401, challenge: "WWW-Authenticate", answer: "Authorization" },
  proxy: { status: 407, challenge: "Proxy-Authenticate", answer: "Proxy-Authorization" },
} as const;

/** Who asks: the one who is called, or a proxy on the way. */
export type AuthRole = keyof typeof authHeaders;

/** The strongest challenge of a response that can be answered, RFC 8760 section 2.4; unknown ones are passed over. */
export function strongestChallenge(response: SipResponse, role: AuthRole): Challenge | undefined {
  const values = response.headers.all(authHeaders[role].challenge);
  const known = values.flatMap((value) => {
    const fields = readDigestFields(value);
    const challenge = fields.ok ? challengeOf(fields.value) : undefined;
    return challenge === undefined ? [] : [challenge];
  });
  return strongestFirst.flatMap((wanted) => known.filter(({ algorithm }) => algorithm === wanted))[0];
}

function challengeOf(fields: DigestFields): Challenge | undefined {
  const algorithm = algorithmOf(fields.get("algorithm"));
  const realm = fields.get("realm");
  const nonce = fields.get("nonce");
  const qop = fields.get("qop");
  const hasQop = qop?.split(",").some((option) => option.trim().toLowerCase() === "auth") ?? false;
  if (algorithm === undefined || realm === undefined || nonce === undefined) return undefined;
  if (qop !== undefined && !hasQop) return undefined;
  const named = fields.has("algorithm");
  const stale = fields.get("stale")?.toLowerCase() === "true";
  return { realm, nonce, algorithm, named, opaque: fields.get("opaque"), hasQop, stale };
}

/** The value of a challenge of ours, always with qop `auth`, RFC 8760 section 2.3. */
export function formatChallenge(realm: string, nonce: string, algorithm: DigestAlgorithm, stale: boolean): string {
  const fields = { realm, nonce, algorithm, qop: "auth", stale: stale ? "true" : undefined };
  return formatDigestFields(fields, "challenge");
}
