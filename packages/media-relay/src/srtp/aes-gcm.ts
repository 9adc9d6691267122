import { createCipheriv } from "node:crypto";
import { Ghash } from "./ghash.ts";
import { blocksFor, type FirstBlock, KeyStream } from "./key-stream.ts";
import { wordAt, xor } from "./octets.ts";
import type { Protocol, SessionKeys } from "./session-keys.ts";
import type { Position, Transform } from "./transform.ts";

const blockBytes = 16;
const tag = new Uint8Array(blockBytes);
const tagView = new DataView(tag.buffer);

/**
 * AEAD_AES_128_GCM, RFC 7714 sections 8 and 9. Made of the same key stream as AES-CM: an object of Node's for each packet costs
 * twice as much as all of this.
 */
export class AesGcm implements Transform {
  readonly tagBytes = blockBytes;
  readonly isWordFirst = false;
  readonly #stream: KeyStream;
  readonly #ghash: Ghash;
  readonly #hasWord: boolean;

  constructor(keys: SessionKeys, protocol: Protocol, packetsAhead: number) {
    this.#stream = new KeyStream(keys.key, firstBlockOf(keys.salt), packetsAhead);
    this.#ghash = new Ghash(createCipheriv("aes-128-ecb", keys.key, null).update(new Uint8Array(blockBytes)));
    this.#hasWord = protocol === "rtcp";
  }

  crypt(from: Uint8Array, to: Uint8Array, start: number, end: number, position: Position): void {
    const at = this.#startOf(start, end, position);
    xor(from, to, start, end, this.#stream.bytes, at + blockBytes);
  }

  tagOf(bytes: Uint8Array, start: number, end: number, position: Position): Uint8Array {
    const at = this.#startOf(start, end, position);
    const hash = this.#ghash.of(bytes, start, end, this.#hasWord ? position.word : undefined);
    const mask = this.#stream.bytes;
    for (let octet = 0; octet < blockBytes; octet += 4) {
      tagView.setInt32(octet, hash[octet >>> 2]! ^ wordAt(mask, at + octet));
    }
    return tag;
  }

  /** The block that masks the tag, the payload's key stream behind it. */
  #startOf(start: number, end: number, position: Position): number {
    return this.#stream.startOf(position.ssrc, position.index, 1 + blocksFor(end - start));
  }
}

/** 12 octets of salt with SSRC and index added, then a counter from 1: RFC 7714 sections 8.1 and 9.1. */
function firstBlockOf(salt: Uint8Array): FirstBlock {
  const [s0, s1, s2] = [wordAt(salt, 0), wordAt(salt, 4), wordAt(salt, 8)];
  return (ssrc, index, words) => {
    words[0] = s0 ^ (ssrc >>> 16);
    words[1] = s1 ^ (ssrc << 16) ^ Math.floor(index / 0x1_0000_0000);
    words[2] = s2 ^ index;
    words[3] = 1;
  };
}
