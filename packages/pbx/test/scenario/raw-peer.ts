import { createHash } from "node:crypto";
import { type Address, type DatagramSocket, parseMessage, type SipMessage } from "@trunkline/sip-stack";
import type { World } from "./world.ts";

const pbxAddress: Address = { address: "198.51.100.204", port: 5060 };

/** A peer that writes its messages itself, byte for byte, and notes what it gets. */
export class RawPeer {
  readonly got: SipMessage[] = [];
  readonly at: Address;
  onMessage: (message: SipMessage) => void = () => {};
  readonly #socket: DatagramSocket;
  #branches = 0;

  private constructor(at: Address, socket: DatagramSocket) {
    this.at = at;
    this.#socket = socket;
  }

  static async open({ network }: Pick<World, "network">, address: string, port = 5060): Promise<RawPeer> {
    const onDatagram = (bytes: Uint8Array): void => peer.#receive(bytes);
    const socket = await network.bind({ address, port }, { onDatagram, onError: () => {} });
    const peer = new RawPeer({ address, port }, socket);
    return peer;
  }

  /** Sends a request or a response: its lines, a Content-Length and a body. */
  send(lines: readonly string[], body = "", type = "application/sdp"): void {
    const typed = body === "" ? [] : [`Content-Type: ${type}`];
    const text = [...lines, ...typed, `Content-Length: ${Buffer.byteLength(body)}`, "", body].join("\r\n");
    this.#socket.send(Buffer.from(text), pbxAddress);
  }

  /** Sends a request in somebody's dialog, as whoever has read a message of it can write one. */
  sendIn(
    dialog: SpiedDialog,
    method: string,
    more: readonly string[] = [],
    body = "",
    type?: string,
    cseq = 901 + this.#branches,
  ): void {
    this.#branches += 1;
    const via = `Via: SIP/2.0/UDP ${this.at.address}:${this.at.port};branch=z9hG4bKraw${this.at.port}${this.#branches};rport`;
    this.send([...headOf(method, dialog, via, cseq), ...more], body, type);
  }

  /** The statuses of the responses so far. */
  get statuses(): readonly number[] {
    return this.got.flatMap((message) => (message.kind === "response" ? [message.status] : []));
  }

  close(): void {
    this.#socket.close();
  }

  #receive(bytes: Uint8Array): void {
    const read = parseMessage(bytes);
    if (!read.ok) return;
    this.got.push(read.value);
    this.onMessage(read.value);
  }
}

/** What somebody who reads along knows of a dialog: the values of a request of its peer's. */
export type SpiedDialog = { readonly from: string; readonly to: string; readonly callId: string };

const ownUri = "sip:trunkline@198.51.100.204:5060";

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
export function dialogAnsweredTo({ wire }: Pick<World, "wire">, address: string): SpiedDialog {
  const found = wire.findLast(
    ({ direction, flow, message }) =>
      direction === "out" &&
      flow.remote.address === address &&
      message?.kind === "response" &&
      message.status === 200 &&
      message.headers.get("CSeq")?.endsWith("INVITE"),
  );
  const { headers } = found!.message!;
  return { from: headers.get("From")!, to: headers.get("To")!, callId: headers.get("Call-ID")! };
}

/** The dialog that an address has made by its 200 to an INVITE of ours. */
export function dialogAnsweredBy({ wire }: Pick<World, "wire">, address: string): SpiedDialog {
  const found = wire.findLast(
    ({ direction, flow, message }) =>
      direction === "in" &&
      flow.remote.address === address &&
      message?.kind === "response" &&
      message.status === 200 &&
      message.headers.get("CSeq")?.endsWith("INVITE"),
  );
  const { headers } = found!.message!;
  return { from: headers.get("To")!, to: headers.get("From")!, callId: headers.get("Call-ID")! };
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

/** A session description of a plain phone. */
export const sdpAt = (address: string, port: number, direction = "sendrecv"): string =>
  [
    "v=0",
    `o=- 7 1 IN IP4 ${address}`,
    "s=-",
    `c=IN IP4 ${address}`,
    "t=0 0",
    `m=audio ${port} RTP/AVP 0 101`,
    "a=rtpmap:0 PCMU/8000",
    "a=rtpmap:101 telephone-event/8000",
    `a=${direction}`,
    "",
  ].join("\r\n");
