import {
  type Address,
  type DatagramSocket,
  parseMessage,
  type SipMessage,
  type SipRequest,
  type SipResponse,
} from "@trunkline/sip-stack";
import type { World } from "./world.ts";

/** The address of the server in every world. */
export const serverAt: Address = { address: "198.51.100.204", port: 5060 };
/** The address of the trunk in every world. */
export const trunkAt: Address = { address: "3.80.16.13", port: 5060 };
export const trunkContact = `Contact: <sip:gateway@${trunkAt.address}:${trunkAt.port}>`;

/** A peer that writes its messages itself, byte for byte. */
export class RawPeer {
  readonly at: Address;
  readonly messages: SipMessage[] = [];
  #socket: DatagramSocket | undefined;
  /** Called for each request that arrives. */
  onRequest: (request: SipRequest) => void = () => {};
  /** Called for each response that arrives. */
  onResponse: (response: SipResponse) => void = () => {};

  private constructor(at: Address) {
    this.at = at;
  }

  /** Opens a peer at an address of the world's network, by default in the place of the trunk. */
  static async open(world: Pick<World, "network">, at: Address = trunkAt): Promise<RawPeer> {
    const peer = new RawPeer(at);
    peer.#socket = await world.network.bind(at, { onDatagram: (bytes) => peer.#receive(bytes), onError: () => {} });
    return peer;
  }

  send(text: string): void {
    this.#socket?.send(Buffer.from(text, "utf8"), serverAt);
  }

  /** The requests of a method that have arrived. */
  requests(method: string): SipRequest[] {
    return this.messages.filter((message) => message.kind === "request").filter((each) => each.method === method);
  }

  /** The statuses that have arrived, in order. */
  get statuses(): number[] {
    return this.messages.flatMap((message) => (message.kind === "response" ? [message.status] : []));
  }

  close(): void {
    this.#socket?.close();
  }

  #receive(bytes: Uint8Array): void {
    const read = parseMessage(bytes);
    if (!read.ok) return;
    this.messages.push(read.value);
    if (read.value.kind === "request") this.onRequest(read.value);
    else this.onResponse(read.value);
  }
}

/** A plain session description of PCMU and telephone-event. */
export const plainSdp = (port = 4000, address = trunkAt.address): string =>
  [
    "v=0",
    `o=- 7 1 IN IP4 ${address}`,
    "s=-",
    `c=IN IP4 ${address}`,
    "t=0 0",
    `m=audio ${port} RTP/AVP 0 101`,
    "a=rtpmap:0 PCMU/8000",
    "a=rtpmap:101 telephone-event/8000",
    "",
  ].join("\r\n");

/** A plain session description with no codec of ours. */
export const onlyPcma = plainSdp().replace("RTP/AVP 0 101", "RTP/AVP 8").replaceAll("0 PCMU", "8 PCMA");

/** Lines of a message with a body and its length. */
export const message = (lines: readonly string[], body = "", type = "application/sdp"): string =>
  [
    ...lines,
    ...(body === "" ? [] : [`Content-Type: ${type}`]),
    `Content-Length: ${Buffer.byteLength(body)}`,
    "",
    body,
  ].join("\r\n");

/** A response to a request, with these fields and this body beside the ones that are copied. */
export function responseTo(request: SipRequest, status: string, fields: readonly string[] = [], body = ""): string {
  const { headers } = request;
  const to = headers.get("To") ?? "";
  const copied = (["Via", "Record-Route"] as const).flatMap((name) =>
    headers.all(name).map((each) => `${name}: ${each}`),
  );
  const same = (["From", "Call-ID", "CSeq"] as const).map((name) => `${name}: ${headers.get(name)}`);
  const tagged = to.includes("tag=") || status.startsWith("100") ? to : `${to};tag=raw`;
  return message([`SIP/2.0 ${status}`, ...copied, ...same, `To: ${tagged}`, ...fields], body);
}

let invites = 0;

/** An INVITE from the trunk; a field of the same name replaces the usual one, `undefined` leaves it out. */
export function inviteTo(
  uri: string,
  fields: Readonly<Record<string, string | undefined>> = {},
  body = plainSdp(),
): string {
  invites += 1;
  const usual: Record<string, string | undefined> = {
    Via: `SIP/2.0/UDP ${trunkAt.address}:${trunkAt.port};branch=z9hG4bKraw${invites};rport`,
    "Max-Forwards": "70",
    From: `<sip:+4930123456@${trunkAt.address}>;tag=raw${invites}`,
    To: `<sip:+12025550102@${serverAt.address}>`,
    "Call-ID": `raw-${invites}`,
    CSeq: "1 INVITE",
    Contact: `<sip:gateway@${trunkAt.address}:${trunkAt.port}>`,
  };
  const all = Object.entries({ ...usual, ...fields }).filter(([, value]) => value !== undefined);
  return message([`INVITE ${uri} SIP/2.0`, ...all.map(([name, value]) => `${name}: ${value}`)], body);
}
