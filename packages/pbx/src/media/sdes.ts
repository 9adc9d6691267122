import {
  formatInlineKey,
  freshMaster,
  parseInlineKey,
  type SrtpKeys,
  type SrtpMaster,
  type SrtpProfile,
} from "@trunkline/media-relay";
import type { Agreed, LocalCrypto } from "@trunkline/sip-stack/sdp";

/** The suites of an encrypted trunk, the preferred first: those that a Voice Connector and we both have (RFC 4568 section 6.2). */
const suites: readonly SrtpProfile[] = ["AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32"];

/** Fresh keys of ours for each suite: what the crypto lines of a leg say for as long as it lives. */
export const freshCrypto = (): readonly LocalCrypto[] =>
  suites.map((suite) => ({ suite, keys: formatInlineKey(freshMaster(suite)) }));

/** The keys of a leg, or in words why the peer's cannot be used; `undefined` for a leg in clear. */
export function srtpOf({ crypto }: Agreed): { readonly keys: SrtpKeys | undefined } | { readonly why: string } {
  const profile = suites.find((suite) => suite === crypto?.suite);
  if (crypto === undefined || profile === undefined) return { keys: undefined };
  const [local, remote] = [parseInlineKey(profile, crypto.send), parseInlineKey(profile, crypto.receive)];
  if (!local.ok || !remote.ok) return { why: `the key of a=crypto cannot be used: ${remote.ok ? "ours" : remote.why}` };
  return { keys: keysOf(profile, local.value, remote.value) };
}

const keysOf = (profile: SrtpProfile, local: SrtpMaster, remote: SrtpMaster): SrtpKeys => ({ profile, local, remote });
