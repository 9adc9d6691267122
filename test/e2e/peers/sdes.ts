import { formatInlineKey, parseInlineKey, type SrtpMaster, type SrtpProfile } from "@trunkline/media-relay";

/** A crypto attribute, RFC 4568 section 4. */
export type Crypto = { readonly tag: string; readonly profile: SrtpProfile; readonly master: SrtpMaster };

const attribute = /^a=crypto:(\d+) (\S+) (\S+)/gm;
const profiles: readonly string[] = [
  "AES_CM_128_HMAC_SHA1_80",
  "AES_CM_128_HMAC_SHA1_32",
  "AEAD_AES_128_GCM",
] satisfies SrtpProfile[];

/** The description as it is with RTP in clear: offer and answer know no other. */
export const inClear = (sdp: string): string => sdp.replace(/^(m=audio \d+) RTP\/SAVP(F?) /m, "$1 RTP/AVP$2 ");

/** The description with a key for its audio stream. */
export const encrypted = (sdp: string, { tag, profile, master }: Crypto): string =>
  sdp.replace(
    /^(m=audio \d+) RTP\/AVP(F? .*)$/m,
    `$1 RTP/SAVP$2\r\na=crypto:${tag} ${profile} ${formatInlineKey(master)}`,
  );

/** The first key that the relay can use; undefined where there is none or the stream is in clear. */
export function cryptoOf(sdp: string): Crypto | undefined {
  if (!/^m=audio \d+ RTP\/SAVPF? /m.test(sdp)) return undefined;
  for (const [, tag = "", name = "", inline = ""] of sdp.matchAll(attribute)) {
    if (!profiles.includes(name)) continue;
    const profile = name as SrtpProfile;
    const master = parseInlineKey(profile, inline);
    if (master.ok) return { tag, profile, master: master.value };
  }
  return undefined;
}
