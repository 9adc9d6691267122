import { maxPacketBytes } from "../packet/rtp.ts";
import { sha1Block, sha1Start } from "./sha1.ts";

const blockBytes = 64;
const digestBytes = 20;
/** The word after the message, the mark of its end and its length in bits. */
const trailerBytes = 4 + 1 + 8;

/** Room for a packet, its trailer and the zeros that fill the last block. */
const message = new Uint8Array(Math.ceil((maxPacketBytes + trailerBytes) / blockBytes) * blockBytes);
const messageView = new DataView(message.buffer);
const state = new Int32Array(digestBytes / 4);
/** The second hash's only block: the digest of the first, of which the rest never changes. */
const outerView = new DataView(new ArrayBuffer(blockBytes));
outerView.setUint8(digestBytes, 0x80);
outerView.setUint32(blockBytes - 4, 8 * (blockBytes + digestBytes));

const digest = new Uint8Array(digestBytes);
const digestView = new DataView(digest.buffer);

/**
 * HMAC-SHA1, RFC 2104: the two pads are hashed once. Made here because a hash object of Node's costs more than the hash of a
 * voice packet.
 */
export class HmacSha1 {
  readonly #inner: Int32Array;
  readonly #outer: Int32Array;

  /** `key`: at most 64 octets. */
  constructor(key: Uint8Array) {
    this.#inner = afterPad(key, 0x36);
    this.#outer = afterPad(key, 0x5c);
  }

  /**
   * The code of the first `end` octets and a 32-bit word after them. It stands in the 20 octets that are returned until the
   * next call to any `HmacSha1`.
   * @throws RangeError when `end` is more than a packet has
   */
  sign(bytes: Uint8Array, end: number, word: number): Uint8Array {
    const length = pad(bytes, end, word);
    state.set(this.#inner);
    for (let at = 0; at < length; at += blockBytes) sha1Block(state, messageView, at);
    writeState(outerView);
    state.set(this.#outer);
    sha1Block(state, outerView, 0);
    writeState(digestView);
    return digest;
  }
}

/** Writes the padded message and gives its length. */
function pad(bytes: Uint8Array, end: number, word: number): number {
  const length = Math.ceil((end + trailerBytes) / blockBytes) * blockBytes;
  message.set(end === bytes.length ? bytes : bytes.subarray(0, end));
  message.fill(0, end, length);
  messageView.setInt32(end, word);
  message[end + 4] = 0x80;
  messageView.setUint32(length - 4, 8 * (blockBytes + end + 4));
  return length;
}

function writeState(view: DataView): void {
  for (let word = 0; word < state.length; word += 1) view.setInt32(4 * word, state[word]!);
}

function afterPad(key: Uint8Array, pattern: number): Int32Array {
  const block = new Uint8Array(blockBytes);
  block.set(key);
  const started = Int32Array.from(sha1Start, (word) => word | 0);
  sha1Block(started, new DataView(block.map((octet) => octet ^ pattern).buffer), 0);
  return started;
}
