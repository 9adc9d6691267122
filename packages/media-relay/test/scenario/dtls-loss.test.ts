import { expect, test } from "vitest";
import { fragmentMessage, readFragments } from "../../src/dtls/handshake-message.ts";
import type { Side } from "../../src/dtls/key-schedule.ts";
import { type DtlsRecord, readRecords, writeRecord } from "../../src/dtls/record.ts";
import { random32 } from "../../src/kernel/random.ts";
import { seededRandom } from "../../src/testing/index.ts";
import { dtlsPair, type Path } from "../dtls-pair.ts";

/** Until a browser that did not come is given up. */
const withinMs = 20_000;
const runs = 32;

/** A path that loses, repeats and reorders, as its seed decides. */
function lossyPath(seed: number, loss: number): Path {
  const random = seededRandom(seed * 7919 + 13);
  const chance = (share: number): boolean => random32(random) / 2 ** 32 < share;
  const held: Record<Side, Uint8Array[]> = { client: [], server: [] };
  return (from, datagram) => {
    if (chance(loss)) return [];
    const arriving = chance(0.05) ? [datagram, datagram] : [datagram];
    // One in ten comes after the next.
    if (chance(0.1)) {
      held[from].push(...arriving);
      return [];
    }
    return [...arriving, ...held[from].splice(0)];
  };
}

/** A datagram in pieces: each handshake message in clear in fragments of `most` octets, each in a datagram of its own. */
function inPieces(datagram: Uint8Array, most: number): readonly Uint8Array[] {
  return readRecords(datagram).records.flatMap((record) => {
    const pieces = record.epoch === 0 && record.type === 22 ? piecesOf(record, most) : [record.body];
    return pieces.map((body) => writeRecord({ ...record, body }));
  });
}

const piecesOf = ({ body }: DtlsRecord, most: number): readonly Uint8Array[] =>
  (readFragments(body) ?? []).flatMap((message) => fragmentMessage(message, most + 12));

test.each([0.05, 0.1, 0.2])("every handshake completes within 20 s at a loss of %s", async (loss) => {
  for (let seed = 0; seed < runs; seed += 1) {
    const pair = dtlsPair({ path: lossyPath(seed, loss) });
    await pair.clock.advance(withinMs);
    expect({ seed, ...countOf(pair) }).toEqual({ seed, client: 1, server: 1 });
    pair.close();
  }
});

test("every handshake completes with messages in fragments that are lost, repeated and reordered", async () => {
  for (let seed = 0; seed < runs; seed += 1) {
    const rough = lossyPath(seed, 0.1);
    const path: Path = (from, datagram) => inPieces(datagram, 150).flatMap((piece) => rough(from, piece));
    const pair = dtlsPair({ path });
    await pair.clock.advance(withinMs);
    expect({ seed, ...countOf(pair) }).toEqual({ seed, client: 1, server: 1 });
    pair.close();
  }
});

test("a retransmitted flight has new record numbers and is one datagram", async () => {
  const datagrams: Uint8Array[] = [];
  const path: Path = (from, datagram) => {
    if (from === "client") return [datagram];
    datagrams.push(datagram);
    // The answers to the hellos pass, the flight that follows never.
    return datagrams.length === 1 ? [datagram] : [];
  };
  const pair = dtlsPair({ path });
  await pair.clock.advance(withinMs);
  const numbers = datagrams.flatMap((one) => readRecords(one).records.map(({ sequence }) => sequence));
  expect(numbers).toEqual(numbers.map((_, index) => index));
  expect(new Set(datagrams.slice(1).map((one) => readRecords(one).records.length))).toEqual(new Set([5]));
  expect(Math.max(...datagrams.map((one) => one.length))).toBeLessThanOrEqual(1200);
  pair.close();
});

const countOf = ({ client, server }: ReturnType<typeof dtlsPair>) => ({
  client: client.keys.length,
  server: server.keys.length,
});
