import { type CandidatePair, RtpHeader } from "werift";
import type { Address } from "../src/index.ts";
import { rtp, rtpPayload } from "../src/testing/index.ts";
import { WeriftBrowser } from "./werift-browser.ts";

/** How SRTP may be keyed by DTLS, RFC 5764 section 4.1.2 and RFC 7714 section 14.2. */
const profileNumbers = { "aes-cm": 1, "aes-gcm": 7 } as const;
export type SrtpProfile = keyof typeof profileNumbers;

type Transport = { send: unknown; readonly host: string; readonly port: number; close(): Promise<void> };

/** A browser that offers one way of SRTP and, once connected, can leave its port to a generator of load that is handed its packets. */
export class KeyedBrowser extends WeriftBrowser {
  readonly #dtls = this.pc.dtlsTransports[0]!;
  constructor(profile: SrtpProfile, addresses?: readonly string[]) {
    super(addresses);
    this.support(profileNumbers[profile]);
  }

  /** Its own socket's address. */
  get local(): Address {
    const { host, port } = this.#transport;
    return { address: host, port };
  }

  /** Where its media goes. */
  get remote(): Address {
    const [address, port] = this.path.remoteAddr;
    return { address, port };
  }

  /** Of the RTP that it said it would send. */
  get ssrc(): number {
    return this.pc.getTransceivers()[0]!.sender.ssrc;
  }

  /** Protects an RTP packet with a 12-octet header. Packets come in order. */
  readonly protect = (packet: Uint8Array): Uint8Array =>
    this.#dtls.srtp.encrypt(Buffer.from(rtpPayload(packet)), headerOf(packet));

  /** The packet in clear, also after `handOver`. @throws when it is not authentic. */
  readonly unprotect = (packet: Uint8Array): Uint8Array => this.#dtls.srtp.decrypt(Buffer.from(packet));

  /** Closes everything without a word to the peer: the port is free, and who binds it goes on with the packets. */
  async handOver(): Promise<void> {
    const transport = this.#transport;
    transport.send = async () => {};
    await transport.close();
    await this.close();
  }

  get #transport(): Transport {
    return transportOf(this.path);
  }
}

const transportOf = ({ protocol }: CandidatePair): Transport =>
  (protocol as unknown as { readonly transport: Transport }).transport;

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
