import type { Table } from "../kernel/table.ts";

export type ServerState =
  | "awaitingHello"
  | "awaitingCertificate"
  | "awaitingKeyExchange"
  | "awaitingProof"
  | "awaitingFinished"
  | "connected";
export type ServerEvent =
  | "helloWithoutCookie"
  | "hello"
  | "certificate"
  | "keyExchange"
  | "certificateVerify"
  | "finished";
export type ServerAction =
  | "askForCookie"
  | "negotiate"
  | "sendHello"
  | "checkFingerprint"
  | "agreeOnKeys"
  | "verifyPossession"
  | "verifyFinished"
  | "sendFinished"
  | "connect";

/**
 * The server side of a DTLS handshake, RFC 6347 section 4.2.4. When an action rejects a message the state does not change.
 * `verifyPossession` checks CertificateVerify: the browser holds its certificate's private key.
 */
export const serverTable = {
  awaitingHello: {
    helloWithoutCookie: { to: "awaitingHello", run: ["askForCookie"] },
    hello: { to: "awaitingCertificate", run: ["negotiate", "sendHello"] },
  },
  awaitingCertificate: { certificate: { to: "awaitingKeyExchange", run: ["checkFingerprint"] } },
  awaitingKeyExchange: { keyExchange: { to: "awaitingProof", run: ["agreeOnKeys"] } },
  awaitingProof: { certificateVerify: { to: "awaitingFinished", run: ["verifyPossession"] } },
  awaitingFinished: { finished: { to: "connected", run: ["verifyFinished", "sendFinished", "connect"] } },
  connected: {},
} as const satisfies Table<ServerState, ServerEvent, ServerAction>;
