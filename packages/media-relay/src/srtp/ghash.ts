import { maxPacketBytes } from "../packet/rtp.ts";

const blockBytes = 16;
/** Header and payload are filled up to whole blocks each; the word of SRTCP and the block of lengths come on top. */
const message = new Uint8Array((Math.ceil(maxPacketBytes / blockBytes) + 4) * blockBytes);
const messageView = new DataView(message.buffer);
const sum = new Int32Array(4);
const nibbles = 32;
const entriesPerNibble = 16;

/**
 * GHASH under one key, NIST SP 800-38D section 6.4, with a table of 8 KiB: for each of a block's 32 nibbles what each of its 16
 * values adds to the product.
 */
export class Ghash {
  readonly #table: Int32Array;

  /** `key`: AES of a block of zeros. */
  constructor(key: Uint8Array) {
    this.#table = productsOf(key);
  }

  /**
   * The hash of the first `start` octets (and `word`, when there is one) as associated data and of those from `start` to `end`
   * as ciphertext. It stands in the four words that are returned until the next call to any `Ghash`.
   * @throws RangeError when there is more than a packet has
   */
  of(bytes: Uint8Array, start: number, end: number, word: number | undefined): Int32Array {
    const length = lay(bytes, start, end, word);
    sum.fill(0);
    for (let at = 0; at < length; at += blockBytes) this.#take(at);
    return sum;
  }

  #take(at: number): void {
    const table = this.#table;
    const x0 = sum[0]! ^ messageView.getInt32(at);
    const x1 = sum[1]! ^ messageView.getInt32(at + 4);
    const x2 = sum[2]! ^ messageView.getInt32(at + 8);
    const x3 = sum[3]! ^ messageView.getInt32(at + 12);
    let y0 = 0;
    let y1 = 0;
    let y2 = 0;
    let y3 = 0;
    for (let nibble = 0; nibble < 8; nibble += 1) {
      const shift = 28 - 4 * nibble;
      const first = nibble << 6;
      const a = first + (((x0 >>> shift) & 15) << 2);
      const b = first + 512 + (((x1 >>> shift) & 15) << 2);
      const c = first + 1024 + (((x2 >>> shift) & 15) << 2);
      const d = first + 1536 + (((x3 >>> shift) & 15) << 2);
      y0 ^= table[a]! ^ table[b]! ^ table[c]! ^ table[d]!;
      y1 ^= table[a + 1]! ^ table[b + 1]! ^ table[c + 1]! ^ table[d + 1]!;
      y2 ^= table[a + 2]! ^ table[b + 2]! ^ table[c + 2]! ^ table[d + 2]!;
      y3 ^= table[a + 3]! ^ table[b + 3]! ^ table[c + 3]! ^ table[d + 3]!;
    }
    sum[0] = y0;
    sum[1] = y1;
    sum[2] = y2;
    sum[3] = y3;
  }
}

const wholeBlocks = (octets: number): number => (octets + blockBytes - 1) & -blockBytes;

/** Writes associated data, ciphertext and their lengths in bits, each from a new block on, and gives the length of all. */
function lay(bytes: Uint8Array, start: number, end: number, word: number | undefined): number {
  const dataBytes = word === undefined ? start : start + 4;
  const cipherAt = wholeBlocks(dataBytes);
  const lengthsAt = cipherAt + wholeBlocks(end - start);
  message.fill(0, 0, cipherAt);
  message.fill(0, lengthsAt - blockBytes, lengthsAt + blockBytes);
  message.set(bytes.subarray(start, end), cipherAt);
  for (let at = 0; at < start; at += 1) message[at] = bytes[at]!;
  if (word !== undefined) messageView.setInt32(start, word);
  messageView.setUint32(lengthsAt + 4, 8 * dataBytes);
  messageView.setUint32(lengthsAt + 12, 8 * (end - start));
  return lengthsAt + blockBytes;
}

/** The products of the key with each nibble's values: single bits by shifting the key, the others as sums of those. */
function productsOf(key: Uint8Array): Int32Array {
  const table = new Int32Array(nibbles * entriesPerNibble * 4);
  const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
  let power: readonly number[] = [0, 4, 8, 12].map((at) => view.getInt32(at));
  for (let bit = 0; bit < 128; bit += 1) {
    table.set(power, 4 * (entriesPerNibble * (bit >>> 2) + (8 >>> (bit & 3))));
    power = timesX(power);
  }
  for (let entry = 0; entry < nibbles * entriesPerNibble; entry += 1) addBits(table, entry);
  return table;
}

/** One more power of x in the field of GCM, whose bits are counted from the left. */
function timesX([a = 0, b = 0, c = 0, d = 0]: readonly number[]): readonly number[] {
  const reduction = (d & 1) === 0 ? 0 : 0xe100_0000;
  return [(a >>> 1) ^ reduction, (b >>> 1) | (a << 31), (c >>> 1) | (b << 31), (d >>> 1) | (c << 31)];
}

function addBits(table: Int32Array, entry: number): void {
  const value = entry % entriesPerNibble;
  const lowest = value & -value;
  if (value === lowest) return;
  const [one, others] = [entry - value + lowest, entry - lowest];
  for (let word = 0; word < 4; word += 1) table[4 * entry + word] = table[4 * one + word]! ^ table[4 * others + word]!;
}
