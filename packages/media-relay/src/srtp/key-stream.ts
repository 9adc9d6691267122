import { type Cipheriv, createCipheriv } from "node:crypto";
import { maxPacketBytes } from "../packet/rtp.ts";

/** Writes the first counter block of a packet as four words; the following ones count up in the last word. */
export type FirstBlock = (ssrc: number, index: number, words: Int32Array) => void;

const blockBytes = 16;
/** One more than the longest packet fills: AES-GCM masks its tag with a block. */
const maxBlocks = Math.ceil(maxPacketBytes / blockBytes) + 1;
/** An `update` costs the same up to here, some 0.7 us: the call, not AES. */
const batchBlocks = 48;

/** The counter blocks of one `update`, shared: they are read before the next packet writes them. */
const counters = new Uint8Array(maxBlocks * blockBytes);
const counterView = new DataView(counters.buffer);
const prefixes = Array.from({ length: maxBlocks + 1 }, (_, blocks) => counters.subarray(0, blocks * blockBytes));
const words = new Int32Array(4);

/** Blocks that cover so many octets. */
export const blocksFor = (octets: number): number => (octets + blockBytes - 1) >>> 4;

/**
 * The key stream of AES in counter mode under one key. Sequence numbers follow each other, so the streams of the next
 * packets come out of the same call.
 */
export class KeyStream {
  /** What the last `startOf` points into. */
  bytes: Uint8Array = new Uint8Array(0);
  readonly #cipher: Cipheriv;
  readonly #firstBlock: FirstBlock;
  readonly #packetsAhead: number;
  #ssrc = 0;
  #firstIndex = 0;
  #packets = 0;
  #blocks = 0;

  /** `packetsAhead`: at least 1, the packet that is asked for among them. */
  constructor(key: Uint8Array, firstBlock: FirstBlock, packetsAhead: number) {
    this.#cipher = createCipheriv("aes-128-ecb", key, null).setAutoPadding(false);
    this.#firstBlock = firstBlock;
    this.#packetsAhead = packetsAhead;
  }

  /** Makes `bytes` hold at least `blocks` of a packet's stream, one or more, and says where in it they start. */
  startOf(ssrc: number, index: number, blocks: number): number {
    const ahead = index - this.#firstIndex;
    const isHere = ssrc === this.#ssrc && ahead >= 0 && ahead < this.#packets && blocks <= this.#blocks;
    if (isHere) return ahead * this.#blocks * blockBytes;
    this.#fill(ssrc, index, blocks);
    return 0;
  }

  #fill(ssrc: number, index: number, blocks: number): void {
    const packets = Math.max(1, Math.min(this.#packetsAhead, Math.floor(batchBlocks / blocks)));
    for (let packet = 0; packet < packets; packet += 1) {
      this.#firstBlock(ssrc, index + packet, words);
      writeCounters(packet * blocks, blocks);
    }
    this.bytes = this.#cipher.update(prefixes[packets * blocks]!);
    this.#ssrc = ssrc;
    this.#firstIndex = index;
    this.#packets = packets;
    this.#blocks = blocks;
  }
}

function writeCounters(firstBlock: number, blocks: number): void {
  let at = firstBlock * blockBytes;
  for (let block = 0; block < blocks; block += 1, at += blockBytes) {
    counterView.setInt32(at, words[0]!);
    counterView.setInt32(at + 4, words[1]!);
    counterView.setInt32(at + 8, words[2]!);
    counterView.setInt32(at + 12, words[3]! + block);
  }
}
