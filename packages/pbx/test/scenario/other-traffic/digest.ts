import { createHash } from "node:crypto";
import type { SipResponse } from "@trunkline/sip-stack";
import type { Dice } from "./dice.ts";

const md5 = (text: string): string => createHash("md5").update(text).digest("hex");

/** The answer to a challenge in one of the spellings in use: RFC 3261 section 25.1 and what phones write. */
export function authorizationFor(
  challenge: SipResponse,
  { method, uri }: { readonly method: string; readonly uri: string },
  { username, password }: { readonly username: string; readonly password: string },
  dice: Dice,
): string {
  const asked = challenge.headers.get("WWW-Authenticate") ?? "";
  const [realm, nonce] = ["realm", "nonce"].map((name) => new RegExp(`${name}="([^"]*)"`).exec(asked)?.[1]);
  const [nc, cnonce] = ["00000001", dice.text("abc019", 12)];
  const secret = md5(`${username}:${realm}:${password}`);
  const response = md5(`${secret}:${nonce}:${nc}:${cnonce}:auth:${md5(`${method}:${uri}`)}`);
  const fields = [
    `username="${username}"`,
    `realm="${realm}"`,
    `nonce="${nonce}"`,
    `uri="${uri}"`,
    `response="${response}"`,
    `qop=${dice.pick(["auth", '"auth"'])}`,
    `nc=${nc}`,
    `cnonce="${cnonce}"`,
    ...dice.pick([["algorithm=MD5"], ["algorithm=md5"], ['algorithm="MD5"'], []]),
    ...dice.some(['x-odd="a, b"'], 0.1),
  ];
  return `${dice.pick(["Digest", "Digest", "digest", "DIGEST"])} ${dice.shuffled(fields).join(dice.pick([", ", ",", " , ", ",\r\n "]))}`;
}
