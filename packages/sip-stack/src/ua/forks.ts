import { dialogOfResponse, toTag } from "../dialog/dialog.ts";
import type { RemoteTag } from "../kernel/random.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import type { Sent } from "../transport/sent.ts";
import type { Core } from "./core.ts";
import { InviteUsage, type UsageOptions, type UsageOwner } from "./invite-usage.ts";

const maxEarlyDialogs = 8;
const maxAnswers = 16;

/**
 * The dialogs that one INVITE of ours makes, RFC 3261 sections 12.1.2 and 13.2.2.4: early ones by To tag, the chosen
 * one, and the ACKs sent for every 2xx, so that a 2xx that comes again gets the same ACK again.
 */
export class Forks {
  readonly #core: Core;
  readonly #options: UsageOptions;
  readonly #owner: UsageOwner;
  readonly #usages = new Map<RemoteTag | undefined, InviteUsage>();
  readonly #acks = new Map<RemoteTag | undefined, Sent>();
  #chosen: InviteUsage | undefined;

  constructor(core: Core, options: UsageOptions, owner: UsageOwner) {
    this.#core = core;
    this.#options = options;
    this.#owner = owner;
  }

  get size(): number {
    return this.#usages.size;
  }

  /** The dialog that requests of ours go into: the chosen one, before that the first early one. */
  get current(): InviteUsage | undefined {
    return this.#chosen ?? this.#usages.values().next().value;
  }

  get isChosen(): boolean {
    return this.#chosen !== undefined;
  }

  find(remoteTag: RemoteTag | undefined): InviteUsage | undefined {
    return this.#usages.get(remoteTag);
  }

  /** Takes a provisional with a To tag: the first of each tag makes an early dialog. False when there is none for it. */
  early(invite: SipRequest, response: SipResponse): boolean {
    const tag = toTag(response);
    if (tag === undefined || this.#usages.has(tag)) return tag !== undefined;
    const hasRoom = this.#usages.size < maxEarlyDialogs;
    if (hasRoom) this.#usages.set(tag, this.#make(invite, response));
    else this.#core.transport.refusals.count("too many early dialogs");
    return hasRoom;
  }

  /** Makes the 2xx's dialog the call's; the others are dropped. */
  choose(invite: SipRequest, response: SipResponse): InviteUsage {
    const tag = toTag(response);
    const usage = this.#usages.get(tag) ?? this.#make(invite, response);
    usage.link.confirm(dialogOfResponse(invite, response));
    usage.link.prove(invite);
    this.#usages.delete(tag);
    this.#drop();
    this.#usages.set(tag, usage);
    this.#chosen = usage;
    return usage;
  }

  /** Keeps the ACK of a 2xx. */
  acknowledged(remoteTag: RemoteTag | undefined, ack: Sent): void {
    this.#acks.set(remoteTag, ack);
  }

  /** Sends the ACK of a 2xx again; false when this 2xx has had none. */
  repeatAck(response: SipResponse): boolean {
    const sent = this.#acks.get(toTag(response));
    if (sent !== undefined) this.#core.transactions.resend(sent);
    return sent !== undefined;
  }

  /** ACKs and ends with BYE a 2xx that nobody wants: another fork's, or one that crossed our CANCEL. */
  dispose(invite: SipRequest, response: SipResponse, number: number): void {
    if (this.#acks.size >= maxAnswers) {
      this.#core.transport.refusals.count("too many forks");
      return;
    }
    const usage = this.#make(invite, response);
    usage.link.prove(invite);
    const ack = usage.link.ack(number);
    if (ack !== undefined) this.acknowledged(usage.dialog.remoteTag, ack);
    usage.bye();
    usage.close();
  }

  /** Ends every dialog; ACKs are still sent again and late answers disposed of. */
  close(): void {
    this.#chosen = undefined;
    this.#drop();
  }

  #drop(): void {
    for (const usage of this.#usages.values()) usage.close();
    this.#usages.clear();
  }

  #make(invite: SipRequest, response: SipResponse): InviteUsage {
    return new InviteUsage(this.#core, dialogOfResponse(invite, response), this.#options, this.#owner);
  }
}
