/** What a datagram on a port shared by all of WebRTC's protocols is. */
export type DatagramKind = "stun" | "dtls" | "rtp" | "rtcp" | "unknown";

/**
 * Tells by the first octet, RFC 7983 section 7, and RTP from RTCP by the second, RFC 5761 section 4.
 *
 *   0..3 STUN   20..63 DTLS   128..191 RTP and RTCP (RTCP when the second octet is 192..223)
 */
export function kindOfDatagram(bytes: Uint8Array): DatagramKind {
  const first = bytes[0] ?? 255;
  if (first < 4) return "stun";
  if (first >= 20 && first < 64) return "dtls";
  if (first < 128 || first >= 192) return "unknown";
  const second = bytes[1] ?? 0;
  return second >= 192 && second < 224 ? "rtcp" : "rtp";
}
