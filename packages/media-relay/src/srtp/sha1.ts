/** The state before the first block, FIPS 180-4 section 5.3.1. */
export const sha1Start: readonly number[] = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];

const schedule = new Int32Array(80);

/**
 * Takes one block of 64 octets into the five words of `state`, FIPS 180-4 section 6.1.2. One function with four loops: it is
 * the most that a packet costs, and split up it takes a fifth longer.
 */
export function sha1Block(state: Int32Array, view: DataView, at: number): void {
  expand(view, at);
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
  let e = state[4]!;
  for (let round = 0; round < 20; round += 1) {
    const next = (((a << 5) | (a >>> 27)) + ((b & c) | (~b & d)) + e + schedule[round]! + 0x5a827999) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (let round = 20; round < 40; round += 1) {
    const next = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + e + schedule[round]! + 0x6ed9eba1) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (let round = 40; round < 60; round += 1) {
    const next = (((a << 5) | (a >>> 27)) + ((b & c) | (d & (b | c))) + e + schedule[round]! - 0x70e44324) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (let round = 60; round < 80; round += 1) {
    const next = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + e + schedule[round]! - 0x359d3e2a) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  state[0] = state[0]! + a;
  state[1] = state[1]! + b;
  state[2] = state[2]! + c;
  state[3] = state[3]! + d;
  state[4] = state[4]! + e;
}

function expand(view: DataView, at: number): void {
  for (let word = 0; word < 16; word += 1) schedule[word] = view.getInt32(at + 4 * word);
  for (let word = 16; word < 80; word += 1) {
    const sum = schedule[word - 3]! ^ schedule[word - 8]! ^ schedule[word - 14]! ^ schedule[word - 16]!;
    schedule[word] = (sum << 1) | (sum >>> 31);
  }
}
