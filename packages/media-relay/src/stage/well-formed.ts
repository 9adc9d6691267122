import type { Tally } from "../kernel/refusals.ts";
import { rtp, rtpFault, rtpHeaderBytes } from "../packet/rtp.ts";
import type { Stage } from "./stage.ts";

/**
 * Refuses what is no RTP packet and brings the others to the plain form: a 12-octet header and the payload. Contributing
 * sources, header extensions and padding belong to the hop they came over.
 */
export const wellFormed =
  (tally: Tally): Stage =>
  (next) =>
  (packet) => {
    const fault = rtpFault(packet);
    if (fault === undefined) next(packet[0] === 0x80 ? packet : plainForm(packet));
    else tally.refuse(fault);
  };

function plainForm(packet: Uint8Array): Uint8Array {
  const start = rtp.headerLength(packet) - rtpHeaderBytes;
  const end = packet.length - rtp.paddingLength(packet);
  packet.copyWithin(start, 0, rtpHeaderBytes);
  const plain = packet.subarray(start, end);
  plain[0] = 0x80;
  return plain;
}
