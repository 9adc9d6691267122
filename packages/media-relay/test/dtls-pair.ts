import { createPrivateKey, X509Certificate } from "node:crypto";
import { CipherContext } from "werift";
import { DtlsAssociation } from "../src/dtls/association.ts";
import type { Identity } from "../src/dtls/certificate.ts";
import { fragmentMessage, type HandshakeMessage } from "../src/dtls/handshake-message.ts";
import type { Side } from "../src/dtls/key-schedule.ts";
import { contentType, type DtlsRecord, readRecords, writeRecord } from "../src/dtls/record.ts";
import type { SrtpKeys } from "../src/srtp/keys.ts";
import { FakeClock, seededRandom } from "../src/testing/index.ts";

/** A certificate and its key, made anew. */
export async function makeIdentity(): Promise<Identity> {
  const ecdsa = { signature: 3, hash: 4 } as const;
  const { certPem, keyPem } = await CipherContext.createSelfSignedCertificateWithKey(ecdsa, 23);
  return { certificate: new Uint8Array(new X509Certificate(certPem).raw), privateKey: createPrivateKey(keyPem) };
}

/** The fingerprint of a certificate as SDP names it. */
export const fingerprintOf = ({ certificate }: Identity) => ({
  algorithm: "sha-256",
  value: new X509Certificate(certificate).fingerprint256,
});

/** What one side reported. */
export type Reported = { readonly keys: SrtpKeys[]; readonly failed: string[]; readonly refused: string[] };

/** What becomes of a datagram on the way: those that arrive instead of it, in order. */
export type Path = (from: Side, datagram: Uint8Array) => readonly Uint8Array[];

type Circumstances = {
  readonly path?: Path;
  /** Who the sides are; what each shows and signs with. */
  readonly client?: Identity;
  readonly server?: Identity;
  /** What the other side's SDP names, when it is not what that side is. */
  readonly namedClient?: Identity;
  readonly namedServer?: Identity;
};

const own = { client: await makeIdentity(), server: await makeIdentity() };
const delayMs = 10;

/** A DTLS client and a server, 10 ms apart, on a clock that the test advances. */
export function dtlsPair(circumstances: Circumstances = {}) {
  const { path = (_, datagram) => [datagram], client = own.client, server = own.server } = circumstances;
  const clock = new FakeClock();
  const ends: Partial<Record<Side, DtlsAssociation>> = {};
  const inject = (from: Side, datagram: Uint8Array): void => {
    clock.after(delayMs, () => ends[from === "client" ? "server" : "client"]?.receive(datagram));
  };
  const open = (side: Side, identity: Identity, other: Identity): Reported => {
    const reported: Reported = { keys: [], failed: [], refused: [] };
    const options = {
      identity,
      fingerprints: () => [fingerprintOf(other)],
      srtpProfiles: ["AEAD_AES_128_GCM", "AES_CM_128_HMAC_SHA1_80"] as const,
    };
    ends[side] = new DtlsAssociation(side, options, clock, seededRandom(side.length * 7 + side.charCodeAt(0)), {
      send: (datagram) => {
        for (const one of path(side, datagram)) inject(side, one);
      },
      onConnected: (keys) => reported.keys.push(keys),
      onFailed: (why) => reported.failed.push(why),
      onRefused: (reason) => reported.refused.push(reason),
    });
    return reported;
  };
  const reports = {
    client: open("client", client, circumstances.namedServer ?? server),
    server: open("server", server, circumstances.namedClient ?? client),
  };
  ends.client?.begin();
  const close = (): void => {
    ends.client?.close();
    ends.server?.close();
  };
  return { clock, ...reports, inject, close };
}

/** A handshake message in clear, in a record of its own. */
export const inClear = (message: HandshakeMessage, sequence = 1000): Uint8Array =>
  writeRecord(clearRecord(fragmentMessage(message, 4096)[0]!, sequence));

const clearRecord = (body: Uint8Array, sequence: number): DtlsRecord => ({
  type: contentType.handshake,
  version: 0xfefd,
  epoch: 0,
  sequence,
  body,
});

const isInClear = ({ type, epoch }: DtlsRecord): boolean => type === contentType.handshake && epoch === 0;

/** A datagram's records, each through `change`: what stands instead of it. */
export const rewrite = (
  datagram: Uint8Array,
  change: (record: DtlsRecord, type: number | undefined) => readonly DtlsRecord[],
): Uint8Array =>
  Buffer.concat(
    readRecords(datagram)
      .records.flatMap((record) => change(record, isInClear(record) ? record.body[0] : undefined))
      .map(writeRecord),
  );

/** The same record with its last octet changed: with a handshake message the end of a signature, a key or a certificate. */
export const spoilt = (record: DtlsRecord): DtlsRecord => ({
  ...record,
  body: record.body.with(record.body.length - 1, record.body.at(-1)! ^ 1),
});
