import { HmacSha1 } from "./hmac-sha1.ts";
import { blocksFor, type FirstBlock, KeyStream } from "./key-stream.ts";
import { wordAt, xor } from "./octets.ts";
import type { SessionKeys } from "./session-keys.ts";
import type { Position, Transform } from "./transform.ts";

/** AES in counter mode with HMAC-SHA1, RFC 3711 sections 4.1.1 and 4.2.1. */
export class AesCm implements Transform {
  readonly tagBytes: number;
  readonly isWordFirst = true;
  readonly #stream: KeyStream;
  readonly #hmac: HmacSha1;

  constructor(keys: SessionKeys, tagBytes: number, packetsAhead: number) {
    this.tagBytes = tagBytes;
    this.#stream = new KeyStream(keys.key, firstBlockOf(keys.salt), packetsAhead);
    this.#hmac = new HmacSha1(keys.authKey);
  }

  crypt(from: Uint8Array, to: Uint8Array, start: number, end: number, position: Position): void {
    if (start === end) return;
    const at = this.#stream.startOf(position.ssrc, position.index, blocksFor(end - start));
    xor(from, to, start, end, this.#stream.bytes, at);
  }

  tagOf(bytes: Uint8Array, _start: number, end: number, position: Position): Uint8Array {
    return this.#hmac.sign(bytes, end, position.word);
  }
}

/** The salt with SSRC and index added, counted in its last 16 bits: RFC 3711 section 4.1.1. */
function firstBlockOf(salt: Uint8Array): FirstBlock {
  const [s0, s1, s2, s3] = [wordAt(salt, 0), wordAt(salt, 4), wordAt(salt, 8), (salt[12]! << 8) | salt[13]!];
  return (ssrc, index, words) => {
    words[0] = s0;
    words[1] = s1 ^ ssrc;
    words[2] = s2 ^ Math.floor(index / 0x1_0000);
    words[3] = (s3 ^ (index & 0xffff)) << 16;
  };
}
