import { maxPacketBytes } from "../packet/rtp.ts";
import { copyHead, matches, put, putWord, wordAt } from "./octets.ts";
import { ReplayList } from "./replay-list.ts";
import { maxSources, Sources } from "./sources.ts";
import { blankPosition, type Transform } from "./transform.ts";

/** The first header and the SSRC of its sender stay in the clear. */
const clearBytes = 8;
const wordBytes = 4;
const encryptedFlag = 0x8000_0000;
const maxIndex = 0x7fff_ffff;

/** Where tag and word stand behind the encrypted part, which ends at `end`. */
const tagAt = (transform: Transform, end: number): number => (transform.isWordFirst ? end + wordBytes : end);
const wordPlace = (transform: Transform, end: number): number =>
  transform.isWordFirst ? end : end + transform.tagBytes;

/** Makes SRTCP of RTCP, always encrypted: RFC 3711 section 3.4, RFC 7714 section 9. */
export class RtcpSealer {
  readonly #transform: Transform;
  readonly #sources = new Sources(() => ({ nextIndex: 0 }));
  readonly #position = blankPosition();

  constructor(transform: Transform) {
    this.#transform = transform;
  }

  /**
   * A new compound packet; the given one stays as it is.
   * @throws RangeError for a packet that is none or too long, and for more than `maxSources` sources
   */
  protect(bytes: Uint8Array): Uint8Array {
    const end = bytes.length;
    if (end < clearBytes || end > maxPacketBytes) throw new RangeError("no RTCP packet");
    this.#advance(bytes);
    const sealed = Buffer.allocUnsafe(end + wordBytes + this.#transform.tagBytes);
    copyHead(bytes, sealed, clearBytes);
    this.#transform.crypt(bytes, sealed, clearBytes, end, this.#position);
    const tag = this.#transform.tagOf(sealed, clearBytes, end, this.#position);
    put(sealed, tagAt(this.#transform, end), tag, this.#transform.tagBytes);
    putWord(sealed, wordPlace(this.#transform, end), this.#position.word);
    return sealed;
  }

  #advance(bytes: Uint8Array): void {
    const ssrc = wordAt(bytes, 4) >>> 0;
    const source = this.#sources.of(ssrc);
    if (source === undefined) throw new RangeError(`more than ${maxSources} sources`);
    this.#position.ssrc = ssrc;
    this.#position.index = source.nextIndex;
    this.#position.word = encryptedFlag | source.nextIndex;
    source.nextIndex += 1;
    this.#sources.keep(ssrc, source);
  }
}

/** Makes RTCP of SRTCP, RFC 3711 section 3.4 and RFC 7714 section 9. */
export class RtcpOpener {
  readonly #transform: Transform;
  readonly #sources: Sources<ReplayList>;
  readonly #position = blankPosition();

  /** @param onForgotten called when a source is forgotten for a new one. */
  constructor(transform: Transform, onForgotten: () => void = () => {}) {
    this.#transform = transform;
    this.#sources = new Sources(() => new ReplayList(), onForgotten);
  }

  /** A new compound packet; `undefined` for what is malformed, not encrypted, repeated, too old, or not authentic. */
  unprotect(bytes: Uint8Array): Uint8Array | undefined {
    const end = bytes.length - wordBytes - this.#transform.tagBytes;
    if (end < clearBytes || bytes.length > maxPacketBytes || bytes[0]! >>> 6 !== 2) return undefined;
    const word = wordAt(bytes, wordPlace(this.#transform, end));
    const ssrc = wordAt(bytes, 4) >>> 0;
    const source = this.#sources.of(ssrc);
    if (word >= 0 || source === undefined || !source.isFresh(word & maxIndex)) return undefined;
    if (!this.#isAuthentic(bytes, end, ssrc, word)) return undefined;
    source.take(word & maxIndex);
    this.#sources.keep(ssrc, source);
    return this.#open(bytes, end);
  }

  #isAuthentic(bytes: Uint8Array, end: number, ssrc: number, word: number): boolean {
    this.#position.ssrc = ssrc;
    this.#position.index = word & maxIndex;
    this.#position.word = word;
    const tag = this.#transform.tagOf(bytes, clearBytes, end, this.#position);
    return matches(bytes, tagAt(this.#transform, end), tag, this.#transform.tagBytes);
  }

  #open(bytes: Uint8Array, end: number): Uint8Array {
    const opened = Buffer.allocUnsafe(end);
    copyHead(bytes, opened, clearBytes);
    this.#transform.crypt(bytes, opened, clearBytes, end, this.#position);
    return opened;
  }
}
