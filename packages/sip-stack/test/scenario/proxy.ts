import { createHash } from "node:crypto";
import {
  type Address,
  formatMessage,
  headers,
  parseMessage,
  parseVia,
  type SipRequest,
  type SipResponse,
} from "../../src/index.ts";
import type { MemoryNetwork } from "../../src/testing/index.ts";
import type { Party } from "./party.ts";

/**
 * A proxy that sends each request for it to several targets, RFC 3261 section 16, knowing only which of them refused: a
 * refusal is passed back when all have. What is in a dialog goes past it.
 */
export class ForkingProxy {
  readonly uri = "sip:all@10.0.0.9";
  readonly address: Address = { address: "10.0.0.9", port: 5060 };
  readonly #targets: readonly Party[];
  readonly #refused = new Map<string, Set<string>>();
  #send: (bytes: Uint8Array, to: Address) => void = () => {};

  constructor(targets: readonly Party[]) {
    this.#targets = targets;
  }

  async start(network: Pick<MemoryNetwork, "bind">): Promise<void> {
    const onDatagram = (bytes: Uint8Array, from: Address): void => {
      const message = parseMessage(bytes);
      if (!message.ok) return;
      if (message.value.kind === "request") this.#fork(message.value);
      else this.#back(message.value, from);
    };
    const socket = await network.bind(this.address, { onDatagram, onError: () => {} });
    this.#send = (bytes, to) => socket.send(bytes, to);
  }

  #fork(request: SipRequest): void {
    if (request.method === "ACK") return;
    const branch = branchOf(request.headers.all("Via")[0]);
    for (const [at, target] of this.#targets.entries()) {
      const made = createHash("sha256").update(`${branch} ${at}`).digest("hex").slice(0, 24);
      const via = `SIP/2.0/UDP 10.0.0.9:5060;branch=z9hG4bK${made}`;
      this.#send(
        formatMessage({ ...request, uri: target.uri, headers: headers([["Via", via], ...request.headers]) }),
        target.address,
      );
    }
  }

  #back(response: SipResponse, from: Address): void {
    const vias = response.headers.all("Via");
    const [ours = "", theirs = ""] = vias;
    const via = parseVia(theirs);
    if (response.status === 100 || !via.ok) return;
    if (response.status >= 300 && this.#isInvite(response)) {
      this.#acknowledge(response, ours, from);
      if (!this.#haveAllRefused(branchOf(theirs), branchOf(ours))) return;
    }
    const rest = [...response.headers].filter(([name]) => name.toLowerCase() !== "via");
    const passed = { ...response, headers: headers([...vias.slice(1).map((each) => ["Via", each] as const), ...rest]) };
    this.#send(formatMessage(passed), { address: via.value.host, port: via.value.port ?? 5060 });
  }

  #haveAllRefused(call: string, target: string): boolean {
    const refused = this.#refused.get(call) ?? new Set();
    this.#refused.set(call, refused.add(target));
    return refused.size === this.#targets.length;
  }

  /** A refusal is acknowledged hop by hop, RFC 3261 section 17.1.1.3. */
  #acknowledge({ headers: fields }: SipResponse, via: string, target: Address): void {
    const copied = ["From", "To", "Call-ID"].map((name) => [name, fields.get(name) ?? ""] as const);
    const cseq = `${fields.get("CSeq")?.split(" ")[0]} ACK`;
    const lines = headers([["Via", via], ["Max-Forwards", "70"], ...copied, ["CSeq", cseq]]);
    const uri = `sip:${target.address}`;
    this.#send(formatMessage({ kind: "request", method: "ACK", uri, headers: lines, body: new Uint8Array(0) }), target);
  }

  #isInvite({ headers: fields }: SipResponse): boolean {
    return fields.get("CSeq")?.endsWith("INVITE") === true;
  }
}

function branchOf(via = ""): string {
  const parsed = parseVia(via);
  return parsed.ok ? (parsed.value.params.get("branch") ?? "") : "";
}
