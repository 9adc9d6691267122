import type { Table } from "../kernel/table.ts";

export type ClientState =
  | "awaitingHello"
  | "awaitingCertificate"
  | "awaitingKeyExchange"
  | "awaitingRequest"
  | "awaitingDone"
  | "awaitingFinished"
  | "connected";
export type ClientEvent =
  | "helloVerifyRequest"
  | "hello"
  | "certificate"
  | "keyExchange"
  | "certificateRequest"
  | "helloDone"
  | "finished";
export type ClientAction =
  | "repeatHello"
  | "negotiate"
  | "checkFingerprint"
  | "verifyPossession"
  | "noteRequest"
  | "sendProof"
  | "verifyFinished"
  | "connect";

/**
 * The client side of a DTLS handshake, RFC 6347 section 4.2.4. When an action rejects a message the state does not change.
 * `verifyPossession` checks the signature in ServerKeyExchange: the browser holds its certificate's private key.
 */
export const clientTable = {
  awaitingHello: {
    helloVerifyRequest: { to: "awaitingHello", run: ["repeatHello"] },
    hello: { to: "awaitingCertificate", run: ["negotiate"] },
  },
  awaitingCertificate: { certificate: { to: "awaitingKeyExchange", run: ["checkFingerprint"] } },
  awaitingKeyExchange: { keyExchange: { to: "awaitingRequest", run: ["verifyPossession"] } },
  awaitingRequest: {
    certificateRequest: { to: "awaitingDone", run: ["noteRequest"] },
    helloDone: { to: "awaitingFinished", run: ["sendProof"] },
  },
  awaitingDone: { helloDone: { to: "awaitingFinished", run: ["sendProof"] } },
  awaitingFinished: { finished: { to: "connected", run: ["verifyFinished", "connect"] } },
  connected: {},
} as const satisfies Table<ClientState, ClientEvent, ClientAction>;
