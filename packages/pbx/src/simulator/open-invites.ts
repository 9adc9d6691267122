import type { SipMessage, SipRequest, SipResponse } from "@trunkline/sip-stack";
import { branchOf } from "./edge-headers.ts";
import { Recent } from "./recent.ts";

/** Refused and unacknowledged INVITEs that are remembered at once. */
const limit = 1000;

const ackTimeout = 'SIP;cause=200;text="ACK timeout"';

/** What the border proxy remembers of the INVITEs that the PBX sent, to know what an ACK or its absence means. */
export class OpenInvites {
  readonly #refused = new Recent(limit);
  readonly #unacknowledged = new Recent(limit);

  /** A response of the inside. */
  settle(response: SipResponse): void {
    if (!/\sINVITE$/.test(response.headers.get("CSeq") ?? "") || response.status < 200) return;
    if (response.status < 300) this.#unacknowledged.add(callIdOf(response));
    else this.#refused.add(branchOf(response.headers.all("Via")[0] ?? ""));
  }

  /** Whether a request acknowledges a refusal: that goes hop by hop, RFC 3261 section 17.1.1.3. */
  isRefusalAck({ method, headers }: SipRequest): boolean {
    return method === "ACK" && this.#refused.has(branchOf(headers.all("Via")[0] ?? ""));
  }

  /** A request of the world that has passed. */
  acknowledge(request: SipRequest): void {
    if (request.method === "ACK") this.#unacknowledged.delete(callIdOf(request));
  }

  /** A callee may not send BYE before the ACK (RFC 3261 section 15), so one that comes without it says: ACK timeout. */
  explained(request: SipRequest): SipRequest {
    if (request.method !== "BYE" || !this.#unacknowledged.has(callIdOf(request))) return request;
    return { ...request, headers: request.headers.with("Reason", ackTimeout) };
  }
}

const callIdOf = (message: SipMessage): string => message.headers.get("Call-ID") ?? "";
