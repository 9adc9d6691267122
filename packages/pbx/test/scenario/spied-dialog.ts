import { createHash } from "node:crypto";
import type { SipMessage } from "@trunkline/sip-stack";
import { message, type RawPeer } from "./raw-peer.ts";
import type { World } from "./world.ts";

/** What somebody who reads along knows of a dialog: the values of a request of its peer's. */
export type SpiedDialog = { readonly from: string; readonly to: string; readonly callId: string };

type SpiedRequest = {
  readonly more?: readonly string[] | undefined;
  readonly body?: string | undefined;
  readonly type?: string | undefined;
  readonly cseq?: number;
};

const ownUri = "sip:trunkline@198.51.100.204:5060";

let requests = 0;

/** Sends a request in another peer's dialog, as anyone who has read one of its messages can. */
export function sendIn(
  peer: RawPeer,
  dialog: SpiedDialog,
  method: string,
  { more = [], body = "", type, cseq = 901 + requests }: SpiedRequest = {},
): void {
  requests += 1;
  const { address, port } = peer.at;
  const via = `Via: SIP/2.0/UDP ${address}:${port};branch=z9hG4bKspied${requests};rport`;
  peer.send(message([...headOf(method, dialog, via, cseq), ...more], body, type));
}

/** The head of a request in a dialog. */
export const headOf = (
  method: string,
  { from, to, callId }: SpiedDialog,
  via: string,
  cseq: number,
): readonly string[] => [
  `${method} ${ownUri} SIP/2.0`,
  via,
  "Max-Forwards: 70",
  `From: ${from}`,
  `To: ${to}`,
  `Call-ID: ${callId}`,
  `CSeq: ${cseq} ${method}`,
];

/** The dialog of the 200 that we have sent to an address in answer to its INVITE. */
export function dialogAnsweredTo(world: Pick<World, "wire">, address: string): SpiedDialog {
  const [caller, callee, callId] = partiesOf(world, "out", address);
  return { from: caller, to: callee, callId };
}

/** The dialog that an address has made by its 200 to an INVITE of ours. */
export function dialogAnsweredBy(world: Pick<World, "wire">, address: string): SpiedDialog {
  const [caller, callee, callId] = partiesOf(world, "in", address);
  return { from: callee, to: caller, callId };
}

/** Caller, callee and Call-ID of the last 200 to an INVITE that went to an address or came from it. */
function partiesOf({ wire }: Pick<World, "wire">, way: "in" | "out", address: string) {
  const found = wire.findLast(
    ({ direction, flow, message }) =>
      direction === way &&
      flow.remote.address === address &&
      message?.kind === "response" &&
      message.status === 200 &&
      message.headers.get("CSeq")?.endsWith("INVITE"),
  );
  const { headers } = found!.message!;
  return [headers.get("From")!, headers.get("To")!, headers.get("Call-ID")!] as const;
}

const md5 = (text: string): string => createHash("md5").update(text).digest("hex");

/** The Authorization line with which a request answers a challenge. */
export function authorizationLine(
  challenge: SipMessage,
  method: string,
  { username, password }: { readonly username: string; readonly password: string },
  uri = ownUri,
): string {
  const asked = challenge.headers.get("WWW-Authenticate") ?? "";
  const [realm, nonce] = ["realm", "nonce"].map((name) => new RegExp(`${name}="([^"]*)"`).exec(asked)?.[1]);
  const secret = md5(`${username}:${realm}:${password}`);
  const response = md5(`${secret}:${nonce}:00000001:c:auth:${md5(`${method}:${uri}`)}`);
  const fields = `username="${username}", realm="${realm}", nonce="${nonce}", uri="${uri}", response="${response}"`;
  return `Authorization: Digest ${fields}, algorithm=MD5, qop=auth, nc=00000001, cnonce="c"`;
}
