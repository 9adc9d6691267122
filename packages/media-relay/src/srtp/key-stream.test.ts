import { createCipheriv } from "node:crypto";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../testing/seeded-random.ts";
import { type FirstBlock, KeyStream } from "./key-stream.ts";

const key = Buffer.from("2b7e151628aed2a6abf7158809cf4f3c", "hex");
const salt = Buffer.from("f0f1f2f3f4f5f6f7f8f9fafbfcfd0000", "hex");

/** The counter block of RFC 3711 appendix B.2, counted from `index`. */
const fromIndex: FirstBlock = (ssrc, index, words) => {
  for (let word = 0; word < 4; word += 1) words[word] = salt.readInt32BE(4 * word);
  words[1] = words[1]! ^ ssrc;
  words[3] = words[3]! + index;
};

function streamOf(stream: KeyStream, ssrc: number, index: number, blocks: number): string {
  const at = stream.startOf(ssrc, index, blocks);
  return Buffer.from(stream.bytes.subarray(at, at + 16 * blocks)).toString("hex");
}

describe("the key stream", () => {
  test.each([
    [0, "e03ead0935c95e80e166b16dd92b4eb4d23513162b02d0f72a43a2fe4a5f97ab41e95b3bb0a2e8dd477901e4fca894c0"],
    [0xfeff, "ec8cdf7398607cb0f2d21675ea9ea1e4362b7c3c6773516318a077d7fc5073ae6a2cc3787889374fbeb4c81b17ba6c44"],
  ])("is that of RFC 3711 appendix B.2 from block %i on", (index, expected) => {
    expect(streamOf(new KeyStream(key, fromIndex, 1), 0, index, 3)).toBe(expected);
  });

  test("of a packet is the same whatever was asked before", () => {
    const ahead = new KeyStream(key, fromIndex, 4);
    const random = seededRandom(7);
    for (let count = 0; count < 2000; count += 1) {
      const [ssrc = 0, step = 0, size = 0] = random(3);
      const [index, blocks] = [count + (step % 8), 1 + (size % 90)];
      const counter = Buffer.alloc(16);
      const words = new Int32Array(4);
      fromIndex(ssrc % 2, index, words);
      words.forEach((word, at) => void counter.writeInt32BE(word, 4 * at));
      const expected = createCipheriv("aes-128-ctr", key, counter).update(Buffer.alloc(16 * blocks));
      expect(streamOf(ahead, ssrc % 2, index, blocks)).toBe(expected.toString("hex"));
    }
  });
});
