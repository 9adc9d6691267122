import { type Parsed, parsed, unparsed } from "../kernel/parsed.ts";
import type { SipRequest } from "../message/message.ts";
import { algorithmOf, type DigestAlgorithm } from "./digest.ts";
import { type DigestFields, readDigestFields } from "./fields.ts";

/** The answer that a request carries, RFC 7616 section 3.4; `response` in lower case. */
export type Authorization = {
  readonly username: string;
  readonly nonce: string;
  readonly uri: string;
  readonly response: string;
  readonly algorithm: DigestAlgorithm;
  readonly nc: string;
  readonly cnonce: string;
};

/**
 * The request's answer for this realm in the named header, undefined when it carries none. Fails when there is one that
 * cannot be used: a field is missing or malformed, the algorithm is unknown or qop is not `auth`.
 */
export function authorizationOf(request: SipRequest, header: string, realm: string): Parsed<Authorization | undefined> {
  for (const value of request.headers.all(header)) {
    const fields = readDigestFields(value);
    if (!fields.ok && /^digest\b/i.test(value)) return fields;
    if (fields.ok && fields.value.get("realm") === realm) return readAuthorization(fields.value);
  }
  return parsed(undefined);
}

function readAuthorization(fields: DigestFields): Parsed<Authorization> {
  const text = (name: string): string => fields.get(name) ?? "";
  const algorithm = algorithmOf(fields.get("algorithm"));
  const answer = {
    username: text("username"),
    nonce: text("nonce"),
    uri: text("uri"),
    nc: text("nc"),
    cnonce: text("cnonce"),
  };
  const response = text("response").toLowerCase();
  if (algorithm === undefined) return unparsed(0, "unknown digest algorithm");
  if (text("qop").toLowerCase() !== "auth") return unparsed(0, "digest without qop auth");
  if (!/^[0-9a-f]{8}$/i.test(answer.nc)) return unparsed(0, "digest without a nonce count");
  if (response === "" || Object.values(answer).includes("")) return unparsed(0, "digest field is missing");
  return parsed({ ...answer, response, algorithm });
}
