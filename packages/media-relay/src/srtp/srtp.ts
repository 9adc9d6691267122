import { maxPacketBytes, rtp, rtpHeaderBytes } from "../packet/rtp.ts";
import { copyHead, matches, put } from "./octets.ts";
import { cycle, packetIndex, rolloverCounter } from "./packet-index.ts";
import { ReplayList } from "./replay-list.ts";
import { maxSources, Sources } from "./sources.ts";
import { blankPosition, type Transform } from "./transform.ts";

/** Makes SRTP of RTP: header in the clear, payload encrypted, both authenticated (RFC 3711 section 3.3). */
export class RtpSealer {
  readonly #transform: Transform;
  readonly #sources = new Sources(() => ({ highest: -1 }));
  readonly #position = blankPosition();

  constructor(transform: Transform) {
    this.#transform = transform;
  }

  /**
   * A new packet; the given one stays as it is.
   * @throws RangeError for a packet that is none or too long, and for more than `maxSources` sources
   */
  protect(packet: Uint8Array): Uint8Array {
    const start = rtp.headerLength(packet);
    const end = packet.length;
    if (start > end || end > maxPacketBytes) throw new RangeError("no RTP packet");
    this.#advance(packet);
    const sealed = Buffer.allocUnsafe(end + this.#transform.tagBytes);
    copyHead(packet, sealed, start);
    this.#transform.crypt(packet, sealed, start, end, this.#position);
    put(sealed, end, this.#transform.tagOf(sealed, start, end, this.#position), this.#transform.tagBytes);
    return sealed;
  }

  #advance(packet: Uint8Array): void {
    const ssrc = rtp.ssrc(packet);
    const source = this.#sources.of(ssrc);
    if (source === undefined) throw new RangeError(`more than ${maxSources} sources`);
    const index = packetIndex(source.highest, rtp.seq(packet));
    if (index > source.highest) source.highest = index;
    this.#sources.keep(ssrc, source);
    this.#position.ssrc = ssrc;
    this.#position.index = index;
    this.#position.word = rolloverCounter(index);
  }
}

/** Makes RTP of SRTP, RFC 3711 section 3.3. */
export class RtpOpener {
  readonly #transform: Transform;
  readonly #sources: Sources<ReplayList>;
  readonly #position = blankPosition();

  /** @param onForgotten called when a source is forgotten for a new one. */
  constructor(transform: Transform, onForgotten: () => void = () => {}) {
    this.#transform = transform;
    this.#sources = new Sources(() => new ReplayList(), onForgotten);
  }

  /** A new packet; `undefined` for what is malformed, repeated, too old, or not authentic. */
  unprotect(packet: Uint8Array): Uint8Array | undefined {
    const end = packet.length - this.#transform.tagBytes;
    if (!holdsRtp(packet, end)) return undefined;
    const ssrc = rtp.ssrc(packet);
    const source = this.#sources.of(ssrc);
    if (source === undefined) return undefined;
    const index = this.#indexOf(packet, end, ssrc, source);
    if (index === undefined) return undefined;
    source.take(index);
    this.#sources.keep(ssrc, source);
    return this.#open(packet, end);
  }

  /**
   * The index under which a packet is fresh and authentic: the likeliest (RFC 3711 section 3.3.1), or one rollover later. A
   * peer may have passed the end of the sequence before its first packet was taken, or while nothing of it arrived.
   */
  #indexOf(packet: Uint8Array, end: number, ssrc: number, source: ReplayList): number | undefined {
    const likely = packetIndex(source.highest, rtp.seq(packet));
    if (source.isFresh(likely) && this.#isAuthentic(packet, end, ssrc, likely)) return likely;
    return this.#isAuthentic(packet, end, ssrc, likely + cycle) ? likely + cycle : undefined;
  }

  #isAuthentic(packet: Uint8Array, end: number, ssrc: number, index: number): boolean {
    this.#position.ssrc = ssrc;
    this.#position.index = index;
    this.#position.word = rolloverCounter(index);
    const tag = this.#transform.tagOf(packet, rtp.headerLength(packet), end, this.#position);
    return matches(packet, end, tag, this.#transform.tagBytes);
  }

  #open(packet: Uint8Array, end: number): Uint8Array {
    const start = rtp.headerLength(packet);
    const opened = Buffer.allocUnsafe(end);
    copyHead(packet, opened, start);
    this.#transform.crypt(packet, opened, start, end, this.#position);
    return opened;
  }
}

/** Whether the first `end` octets can be an RTP packet, with or without a payload. */
const holdsRtp = (packet: Uint8Array, end: number): boolean =>
  end >= rtpHeaderBytes &&
  packet.length <= maxPacketBytes &&
  rtp.version(packet) === 2 &&
  rtp.headerLength(packet) <= end;
