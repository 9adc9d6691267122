import type { ServerTransaction } from "../transaction/transaction.ts";
import type { CallUser, IncomingTransfer, Outcome, ReferOptions, RequestOptions } from "./call.ts";
import type { Core } from "./core.ts";
import type { DialogLink } from "./dialog-link.ts";
import { ReceivedTransfer } from "./received-transfer.ts";
import { SentTransfers } from "./sent-transfers.ts";
import { readReferTo } from "./transfer.ts";

const maxReceived = 4;

/** REFER and its NOTIFYs in one dialog, RFC 3515, in both directions. */
export class Transfers {
  readonly #core: Core;
  readonly #link: DialogLink;
  readonly #sent: SentTransfers;
  readonly #received = new Set<ReceivedTransfer>();

  constructor(core: Core, link: DialogLink) {
    this.#core = core;
    this.#link = link;
    this.#sent = new SentTransfers(core.clock);
  }

  /** Hands a REFER to the application; false when it does not take any. */
  receive(transaction: ServerTransaction, user: CallUser): boolean {
    if (user.onTransfer === undefined) return false;
    const to = readReferTo(transaction.request);
    if (!to.ok) this.#link.respond(transaction, 400, { reason: "Bad Refer-To" });
    else if (this.#received.size >= maxReceived) this.#refuse(transaction);
    else user.onTransfer(this.#open(transaction, to.value));
    return true;
  }

  /** Takes a NOTIFY of a REFER of ours; false when it belongs to none. */
  receiveNotify(transaction: ServerTransaction): boolean {
    const isOurs = this.#sent.receive(transaction.request);
    if (isOurs) this.#link.respond(transaction, 200);
    return isOurs;
  }

  /** Sends a REFER; what becomes of it is reported after it was accepted. */
  refer(target: string, { headers = [], user }: ReferOptions): Promise<Outcome> {
    return new Promise((resolve) => {
      const options = { headers: [["Refer-To", target.includes("<") ? target : `<${target}>`] as const, ...headers] };
      let id: number = this.#link.send("REFER", options, {
        onAgain: (number) => {
          this.#sent.drop(id);
          id = number;
          this.#sent.add(id, user);
        },
        onFinal: (response) => {
          if (response.status >= 300) this.#sent.drop(id);
          resolve({ ok: true, response });
        },
        onError: (error) => {
          this.#sent.drop(id);
          resolve({ ok: false, error });
        },
      });
      this.#sent.add(id, user);
    });
  }

  close(): void {
    for (const transfer of this.#received) transfer.close();
    this.#sent.close();
  }

  #open(transaction: ServerTransaction, to: Pick<IncomingTransfer, "target" | "replaces">): ReceivedTransfer {
    const transfer: ReceivedTransfer = new ReceivedTransfer(transaction.request, to, {
      clock: this.#core.clock,
      respond: (status, options) => void this.#link.respond(transaction, status, options),
      notify: (options) => this.#notify(options),
      forget: () => this.#received.delete(transfer),
    });
    this.#received.add(transfer);
    return transfer;
  }

  #notify(options: RequestOptions): Promise<Outcome> {
    return new Promise((resolve) => {
      this.#link.send("NOTIFY", options, {
        onFinal: (response) => resolve({ ok: true, response }),
        onError: (error) => resolve({ ok: false, error }),
      });
    });
  }

  #refuse(transaction: ServerTransaction): void {
    this.#core.transport.refusals.count("too many transfers");
    this.#link.respond(transaction, 503, { headers: [["Retry-After", "60"]] });
  }
}
