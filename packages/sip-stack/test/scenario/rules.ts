import { parseVia, type SipMessage, type SipRequest, type SipResponse, type WireEvent } from "../../src/index.ts";

/** What one user agent had received and sent when it answered. */
type History = {
  /** Requests that came, by transaction. */
  readonly received: ReadonlyMap<string, { readonly request: SipRequest; readonly atMs: number }>;
  /** Requests of its own that wait for a final response, by transaction. */
  readonly open: ReadonlyMap<string, SipRequest>;
  /** Call-IDs of calls that a CANCEL or BYE from either side ended. */
  readonly ended: ReadonlySet<string>;
};

const inDialog = [200, 401, 481, 500];
// 487: what waits when its dialog ends, section 15.1.2.
const offers = [...inDialog, 422, 480, 487, 488, 491];

/** What RFC 3261 and its extensions let each request be answered with, as far as the stories give a reason for it. */
const allowed: Readonly<Record<string, readonly number[]>> = {
  "first INVITE": [100, 180, 181, 183, 200, 401, 422, 480, 482, 486, 487, 488, 500, 503, 504, 603],
  INVITE: [100, ...offers],
  UPDATE: offers,
  PRACK: [...inDialog, 488, 491],
  BYE: inDialog,
  CANCEL: [200, 481],
  INFO: [...inDialog, 100],
  NOTIFY: [...inDialog, 489],
  REFER: [...inDialog, 202, 503, 603],
  "first OPTIONS": [100, 200, 503],
  "first REGISTER": [100, 200, 401, 423, 503],
};

/** Beyond the list: what must have happened before an answer of this status. RFC 4320 for the 100. */
const reasons: Readonly<Record<number, (request: SipRequest, history: History, afterMs: number) => boolean>> = {
  100: ({ method }, _, afterMs) => method === "INVITE" || afterMs >= 3500,
  422: ({ headers }) => headers.has("Session-Expires"),
  481: (request) => isInDialog(request) || request.method === "CANCEL",
  487: ({ headers }, { ended }) => ended.has(headers.get("Call-ID") ?? ""),
  491: ({ headers }, { open }) =>
    [...open.values()].some(
      (own) => /INVITE|UPDATE/.test(own.method) && own.headers.get("Call-ID") === headers.get("Call-ID"),
    ),
};

/** Checks each response of one user agent against what it was asked, and keeps what breaks a rule. */
export class ResponseRules {
  readonly broken: string[] = [];
  readonly #received = new Map<string, { request: SipRequest; atMs: number }>();
  readonly #open = new Map<string, SipRequest>();
  readonly #ended = new Set<string>();
  readonly #judged = new Set<string>();

  onWire({ atMs, direction, message }: WireEvent): void {
    if (message === undefined) return;
    if (message.kind === "request") this.#note(message, direction, atMs);
    else if (direction === "out") this.#judge(message, atMs);
    else if (message.status >= 200) this.#open.delete(transactionOf(message));
  }

  #note(request: SipRequest, direction: WireEvent["direction"], atMs: number): void {
    const key = transactionOf(request);
    if (/^(BYE|CANCEL)$/.test(request.method)) this.#ended.add(request.headers.get("Call-ID") ?? "");
    if (direction === "out") this.#open.set(key, request);
    else if (!this.#received.has(key)) this.#received.set(key, { request, atMs });
  }

  /** The first of each kind: what is sent again needs no new reason. */
  #judge(response: SipResponse, atMs: number): void {
    const answer = `${response.status} ${transactionOf(response)}`;
    if (this.#judged.has(answer)) return;
    this.#judged.add(answer);
    const asked = this.#received.get(transactionOf(response));
    if (asked === undefined) this.broken.push(`${response.status} to nothing that was asked`);
    else if (!this.#isAllowed(response.status, asked.request, atMs - asked.atMs))
      this.broken.push(`${response.status} to ${nameOf(asked.request)} ${asked.request.headers.get("CSeq")}`);
  }

  #isAllowed(status: number, request: SipRequest, afterMs: number): boolean {
    const history = { received: this.#received, open: this.#open, ended: this.#ended };
    const isListed = allowed[nameOf(request)]?.includes(status) ?? false;
    return isListed && (reasons[status]?.(request, history, afterMs) ?? true);
  }
}

function isInDialog({ headers }: SipRequest): boolean {
  return /;\s*tag=/i.test(headers.get("To") ?? "");
}

function nameOf(request: SipRequest): string {
  const { method } = request;
  return isInDialog(request) || method === "CANCEL" ? method : `first ${method}`;
}

function transactionOf(message: SipMessage): string {
  const via = parseVia(message.headers.all("Via")[0] ?? "");
  const method = message.headers.get("CSeq")?.split(/\s+/)[1];
  return `${via.ok ? via.value.params.get("branch") : ""} ${message.headers.get("Call-ID")} ${method}`;
}
