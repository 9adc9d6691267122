import {
  type Address,
  type DatagramNetwork,
  type DigestVerifier,
  digestVerifier,
  formatMessage,
  headers,
  parseMessage,
  type SipRequest,
} from "../src/index.ts";
import { type FakeClock, seededRandom } from "../src/testing/index.ts";
import { responseTo } from "../src/transport/reply.ts";
import { answer } from "./agents.ts";

/** Who asks for proof: the peer itself, and proxies before it. */
export type Asking = { readonly nonceMs?: number; readonly proxies?: readonly string[] };

/** A peer that believes no request, inside a dialog or outside, unless its digest is right; it then says 200. */
export class Challenger {
  /** What it believed, in order: `INVITE 2`. */
  readonly believed: string[] = [];
  readonly acks: SipRequest[] = [];
  readonly #verifiers: readonly DigestVerifier[];
  readonly #answered = new Map<string, Promise<Uint8Array>>();

  constructor(verifiers: readonly DigestVerifier[]) {
    this.#verifiers = verifiers;
  }

  static async open(network: DatagramNetwork, clock: FakeClock, at: Address, asking: Asking = {}): Promise<Challenger> {
    const { proxies = [], ...rest } = asking;
    const common = { lookUp: async () => ({ password: "wonderland" }), random: seededRandom(77), clock, ...rest };
    const before = proxies.map((realm) => digestVerifier({ ...common, realm, role: "proxy" }));
    const peer = new Challenger([...before, digestVerifier({ ...common, realm: "pbx" })]);
    const socket = await network.bind(at, {
      onDatagram: (bytes, from) => void peer.#take(bytes, from)?.then((reply) => socket.send(reply, from)),
      onError: () => {},
    });
    return peer;
  }

  /** The same answer to every repeat of a request, as a transaction gives it. */
  #take(bytes: Uint8Array, from: Address): Promise<Uint8Array> | undefined {
    const message = parseMessage(bytes);
    if (!message.ok || message.value.kind !== "request") return undefined;
    const request = message.value;
    if (request.method === "ACK") return void this.acks.push(request);
    const key = `${request.headers.get("Via")} ${request.method}`;
    const known = this.#answered.get(key) ?? this.#answer(request, from);
    this.#answered.set(key, known);
    return known;
  }

  async #answer(request: SipRequest, from: Address): Promise<Uint8Array> {
    for (const verifier of this.#verifiers) {
      const verdict = await verifier.verify(request, from);
      if (verdict.ok) continue;
      const refusal = responseTo(request, verdict.status, "challenger");
      return formatMessage({ ...refusal, headers: refusal.headers.and(headers(verdict.headers)) });
    }
    this.believed.push(request.headers.get("CSeq") ?? "");
    const accepted = responseTo(request, 200, "challenger");
    const contact = headers([["Contact", "<sip:bob@10.0.0.2>"]]);
    if (request.method !== "INVITE") return formatMessage({ ...accepted, headers: accepted.headers.and(contact) });
    const type = headers([["Content-Type", answer.type]]);
    return formatMessage({ ...accepted, headers: accepted.headers.and(contact, type), body: answer.bytes });
  }
}
