import { type Parsed, parsed, unparsed } from "../kernel/parsed.ts";
import type { Crypto } from "./description.ts";

/** What we can encrypt a stream with: a suite (`AES_CM_128_HMAC_SHA1_80` ...) and our keys for it, `inline:...`. Secret. */
export type LocalCrypto = Pick<Crypto, "suite" | "keys">;

/** What both sides encrypt a stream with: the keys that we send with and those that we receive with. Secret. */
export type AgreedCrypto = { readonly suite: string; readonly send: string; readonly receive: string };

/** Our a=crypto lines and what they come to: none where the stream is in clear. */
export type CryptoAnswer = { readonly lines: readonly Crypto[]; readonly agreed: AgreedCrypto | undefined };

/** Our a=crypto lines in an offer, the preferred first. */
export function offerCrypto(local: readonly LocalCrypto[]): Crypto[] {
  return local.map(({ suite, keys }, at) => ({ tag: at + 1, suite, keys }));
}

/**
 * Answers with the first line of the offer that we have the suite of, under its tag, RFC 4568 section 5.1.2. Session
 * parameters are not spoken here: a line with any is passed over.
 */
export function answerCrypto(
  offered: readonly Crypto[],
  local: readonly LocalCrypto[] | undefined,
): Parsed<CryptoAnswer> {
  if (local === undefined) return parsed({ lines: [], agreed: undefined });
  for (const { tag, suite, keys, session } of offered) {
    const ours = session === undefined ? local.find((each) => each.suite === suite) : undefined;
    if (ours === undefined) continue;
    return parsed({ lines: [{ tag, suite, keys: ours.keys }], agreed: { suite, send: ours.keys, receive: keys } });
  }
  return unparsed(0, "audio without a crypto suite of ours");
}

/** Takes the one line of an answer, which must be one of our offer's by tag and suite, RFC 4568 section 5.1.3. */
export function acceptCrypto(
  offered: readonly Crypto[],
  answered: readonly Crypto[],
): Parsed<AgreedCrypto | undefined> {
  if (offered.length === 0) return parsed(undefined);
  const [theirs] = answered;
  const ours = offered.find(({ tag, suite }) => tag === theirs?.tag && suite === theirs.suite);
  const isTaken = answered.length === 1 && theirs?.session === undefined;
  if (ours === undefined || theirs === undefined || !isTaken) return unparsed(0, "answer takes no crypto of the offer");
  return parsed({ suite: ours.suite, send: ours.keys, receive: theirs.keys });
}
