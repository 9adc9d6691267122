import { AesCm } from "./aes-cm.ts";
import { AesGcm } from "./aes-gcm.ts";
import type { SrtpKeys, SrtpMaster, SrtpProfile } from "./keys.ts";
import { type Protocol, sessionKeys } from "./session-keys.ts";
import { RtcpOpener, RtcpSealer } from "./srtcp.ts";
import { RtpOpener, RtpSealer } from "./srtp.ts";
import type { Transform } from "./transform.ts";

/**
 * Protects what goes to a peer and checks what comes from it, RFC 3711. What is given stays as it is, what is returned is the
 * caller's. `undefined`: malformed, repeated, too old or not authentic.
 */
export interface MediaCipher {
  protectRtp(packet: Uint8Array): Uint8Array;
  unprotectRtp(packet: Uint8Array): Uint8Array | undefined;
  protectRtcp(bytes: Uint8Array): Uint8Array;
  unprotectRtcp(bytes: Uint8Array): Uint8Array | undefined;
}

/** RTP packets whose key streams come out of one call; RTCP is too rare for that. */
const packetsAhead: { readonly [P in Protocol]: number } = { rtp: 4, rtcp: 1 };

/**
 * SRTP and SRTCP with the keys of one leg: RFC 3711, RFC 7714. It holds no socket and no timer; there is nothing to close.
 * `protect...` throws a RangeError for what is no packet, longer than `maxPacketBytes`, or of more than `maxSources` sources.
 * Of more than `maxSources` heard sources the one that was silent the longest is forgotten, and `onForgotten` is called.
 * @throws RangeError when a key or a salt has not the profile's length
 */
export function srtpCipher(keys: SrtpKeys, onForgotten: () => void = () => {}): MediaCipher {
  const { profile, local, remote } = keys;
  const sealer = new RtpSealer(transformOf(profile, local, "rtp"));
  const opener = new RtpOpener(transformOf(profile, remote, "rtp"), onForgotten);
  const rtcpSealer = new RtcpSealer(transformOf(profile, local, "rtcp"));
  const rtcpOpener = new RtcpOpener(transformOf(profile, remote, "rtcp"), onForgotten);
  return {
    protectRtp: (packet) => sealer.protect(packet),
    unprotectRtp: (packet) => opener.unprotect(packet),
    protectRtcp: (bytes) => rtcpSealer.protect(bytes),
    unprotectRtcp: (bytes) => rtcpOpener.unprotect(bytes),
  };
}

/** Short tags are for RTP alone: SRTCP's always have 80 bits (RFC 3711 section 3.4, RFC 4568 section 6.2.2). */
function transformOf(profile: SrtpProfile, master: SrtpMaster, protocol: Protocol): Transform {
  const keys = sessionKeys(profile, master, protocol);
  if (profile === "AEAD_AES_128_GCM") return new AesGcm(keys, protocol, packetsAhead[protocol]);
  const isShort = profile === "AES_CM_128_HMAC_SHA1_32" && protocol === "rtp";
  return new AesCm(keys, isShort ? 4 : 10, packetsAhead[protocol]);
}
