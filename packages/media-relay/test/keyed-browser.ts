import { RtpHeader } from "werift";
import { rtp, rtpPayload } from "../src/testing/index.ts";
import { WeriftBrowser } from "./werift-browser.ts";

type Address = { readonly address: string; readonly port: number };

/** How SRTP may be keyed by DTLS, RFC 5764 section 4.1.2 and RFC 7714 section 14.2. */
const profileNumbers = { "aes-cm": 1, "aes-gcm": 7 } as const;
export type SrtpProfile = keyof typeof profileNumbers;

/** What is left of a browser that gave its port away: between which addresses its media goes, and its keys. */
export type Keys = {
  readonly local: Address;
  readonly remote: Address;
  readonly ssrc: number;
  /** Protects an RTP packet with a 12-octet header. Packets come in order. */
  protect(packet: Uint8Array): Uint8Array;
  /** The packet in clear. @throws when it is not authentic. */
  unprotect(packet: Uint8Array): Uint8Array;
};

type Nominated = {
  readonly remoteAddr: readonly [string, number];
  readonly protocol: {
    readonly transport: { send: unknown; readonly host: string; readonly port: number; close(): Promise<void> };
  };
};

/** A browser that offers one way of SRTP and, once connected, can leave its port and its keys to a generator of load. */
export class KeyedBrowser extends WeriftBrowser {
  constructor(profile: SrtpProfile) {
    super();
    Object.assign(this.pc.dtlsTransports[0]!, { srtpProfiles: [profileNumbers[profile]] });
  }

  /** Closes everything without a word to the peer: the port is free, and who binds it goes on with the keys. */
  async handOver(): Promise<Keys> {
    const [dtls] = this.pc.dtlsTransports;
    const { nominated } = dtls!.iceTransport.connection as unknown as { readonly nominated: Nominated };
    const { transport } = nominated.protocol;
    const local = { address: transport.host, port: transport.port };
    const [address, port] = nominated.remoteAddr;
    transport.send = async () => {};
    await transport.close();
    const { ssrc } = this.pc.getTransceivers()[0]!.sender;
    await this.close();
    const { srtp } = dtls!;
    return {
      local,
      remote: { address, port },
      ssrc,
      protect: (packet) => srtp.encrypt(Buffer.from(rtpPayload(packet)), headerOf(packet)),
      unprotect: (packet) => srtp.decrypt(Buffer.from(packet)),
    };
  }
}

function headerOf(packet: Uint8Array): RtpHeader {
  const header = new RtpHeader({
    version: 2,
    payloadType: rtp.payloadType(packet),
    sequenceNumber: rtp.seq(packet),
    timestamp: rtp.timestamp(packet),
  });
  header.ssrc = rtp.ssrc(packet);
  return header;
}
