import { type RTCPeerConnection, RtpHeader } from "werift";
import { rtp, rtpHeaderBytes } from "../packet/rtp.ts";
import type { MediaCipher } from "../srtp/media-cipher.ts";
import { srtpOf } from "./werift-inside.ts";

/** werift's SRTP with the keys that DTLS agreed. */
export function weriftCipher(pc: RTCPeerConnection): MediaCipher {
  const { srtp, srtcp } = srtpOf(pc);
  const header = new RtpHeader({ version: 2 });
  return {
    protectRtp: (packet) => srtp.encrypt(asBuffer(packet.subarray(rtpHeaderBytes)), headerOf(packet, header)),
    unprotectRtp: (packet) => orNothing(() => srtp.decrypt(asBuffer(packet))),
    protectRtcp: (bytes) => srtcp.encrypt(asBuffer(bytes)),
    unprotectRtcp: (bytes) => orNothing(() => srtcp.decrypt(asBuffer(bytes))),
  };
}

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function headerOf(packet: Uint8Array, header: RtpHeader): RtpHeader {
  header.marker = rtp.marker(packet);
  header.payloadType = rtp.payloadType(packet);
  header.sequenceNumber = rtp.seq(packet);
  header.timestamp = rtp.timestamp(packet);
  header.ssrc = rtp.ssrc(packet);
  return header;
}

/** werift throws at what is not authentic. */
function orNothing(read: () => Buffer): Buffer | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
