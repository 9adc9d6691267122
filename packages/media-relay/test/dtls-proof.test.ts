import { describe, expect, test } from "vitest";
import { handshakeType } from "../src/dtls/handshake-message.ts";
import type { Side } from "../src/dtls/key-schedule.ts";
import { type DtlsRecord, readRecords, writeRecord } from "../src/dtls/record.ts";
import { dtlsPair, makeIdentity, type Path, type Reported, rewrite, spoilt } from "./dtls-pair.ts";

/** Each message in clear that a side sends, once its hello is out. */
const sent = {
  client: ["clientHello", "certificate", "clientKeyExchange", "certificateVerify"],
  server: ["helloVerifyRequest", "serverHello", "certificate", "serverKeyExchange", "certificateRequest"],
} as const;
const cases = (["client", "server"] as const).flatMap((side) => sent[side].map((name) => [side, name] as const));
const away = 60_000;

const nobodyConnected = ({ client, server }: { client: Reported; server: Reported }): void => {
  expect(client.keys).toEqual([]);
  expect(server.keys).toEqual([]);
};

function bothConnected({ client, server }: { client: Reported; server: Reported }): void {
  expect(client.failed.concat(server.failed)).toEqual([]);
  expect(client.keys).toHaveLength(1);
  expect(server.keys).toEqual([{ ...client.keys[0], local: client.keys[0]!.remote, remote: client.keys[0]!.local }]);
}

/** A path on which `change` stands between, from one side, for as long as it says. */
const changing =
  (from: Side, change: (record: DtlsRecord, type: number | undefined) => readonly DtlsRecord[]): Path =>
  (side, datagram) =>
    side === from ? [rewrite(datagram, change)] : [datagram];

describe("an attacker on the path", () => {
  test("with the browser's certificate but not its key is not accepted, and the failure says why", async () => {
    const [named, attacker] = [await makeIdentity(), await makeIdentity()];
    const thief = { certificate: named.certificate, privateKey: attacker.privateKey };
    const pair = dtlsPair({ client: thief, namedClient: named });
    await pair.clock.advance(away);
    nobodyConnected(pair);
    expect(pair.server.failed).toEqual([
      "DTLS failed: the browser did not prove that it holds its certificate's private key",
    ]);
    pair.close();
  });

  test("with the server's certificate but not its key is not accepted", async () => {
    const [named, attacker] = [await makeIdentity(), await makeIdentity()];
    const thief = { certificate: named.certificate, privateKey: attacker.privateKey };
    const pair = dtlsPair({ server: thief, namedServer: named });
    await pair.clock.advance(away);
    nobodyConnected(pair);
    expect(pair.client.refused).toContain("dtls-not-proved");
    pair.close();
  });

  test.each(["client", "server"] as const)("with its own certificate as %s is not accepted", async (side) => {
    const named = await makeIdentity();
    const pair = dtlsPair(side === "client" ? { namedClient: named } : { namedServer: named });
    await pair.clock.advance(away);
    nobodyConnected(pair);
    const asked = side === "client" ? pair.server : pair.client;
    expect(asked.failed).toEqual(["DTLS failed: the browser's certificate does not match the fingerprint in its SDP"]);
    pair.close();
  });
});

describe("a message of the handshake", () => {
  test.each(cases)("from the %s, %s, that is always changed connects nobody", async (from, name) => {
    const pair = dtlsPair({
      path: changing(from, (record, type) => [type === handshakeType[name] ? spoilt(record) : record]),
    });
    await pair.clock.advance(away);
    nobodyConnected(pair);
    pair.close();
  });

  test.each(cases)("from the %s, %s, that is always missing connects nobody", async (from, name) => {
    const pair = dtlsPair({ path: changing(from, (record, type) => (type === handshakeType[name] ? [] : [record])) });
    await pair.clock.advance(away);
    nobodyConnected(pair);
    pair.close();
  });

  test.each(["client", "server"] as const)(
    "a Finished of the %s that is always changed is not accepted",
    async (from) => {
      const pair = dtlsPair({ path: changing(from, (record) => [record.epoch === 1 ? spoilt(record) : record]) });
      await pair.clock.advance(away);
      expect((from === "client" ? pair.server : pair.client).keys).toEqual([]);
      pair.close();
    },
  );

  test.each(cases)("from the %s, %s, that is always repeated changes nothing", async (from, name) => {
    const pair = dtlsPair({
      path: changing(from, (record, type) => (type === handshakeType[name] ? [record, record] : [record])),
    });
    await pair.clock.advance(away);
    bothConnected(pair);
    expect(pair.clock.pending).toBe(0);
  });

  test.each(["client", "server"] as const)(
    "all of the %s's messages in reverse order are put in order",
    async (from) => {
      const backwards: Path = (side, datagram) =>
        side === from ? readRecords(datagram).records.toReversed().map(writeRecord) : [datagram];
      const pair = dtlsPair({ path: backwards });
      await pair.clock.advance(away);
      bothConnected(pair);
    },
  );
});
