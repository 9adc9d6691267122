import { cseqNumber, fromTag } from "../dialog/dialog.ts";
import type { LocalTag, RemoteTag } from "../kernel/random.ts";
import type { SipRequest } from "../message/message.ts";
import type { ServerTransaction } from "../transaction/transaction.ts";
import { tagOf } from "../transport/reply.ts";
import type { Flow } from "../transport/transport.ts";
import type { Call } from "./call.ts";
import type { Replaces } from "./replaces.ts";

/** A dialog as the registry sees it: it takes what comes in it. */
export interface DialogUsage {
  receive(transaction: ServerTransaction): void;
  receiveAck(ack: SipRequest, flow: Flow): void;
}

/** A call as the registry sees it. */
export interface RegisteredCall extends Call {
  readonly localTag: LocalTag;
  /** The INVITE that made it, when it came from outside. */
  readonly invite: SipRequest | undefined;
  /** Dialogs that exist now: one, or several early ones of a forked INVITE. */
  readonly dialogs: number;
  /** The dialog with this remote tag. */
  usage(remoteTag: RemoteTag | undefined): DialogUsage | undefined;
  /** Drops everything without a word to the peer, when the user agent closes. */
  stop(): void;
}

/** All calls, found by Call-ID and local tag, never by the socket a request came from. */
export class CallRegistry {
  readonly #calls = new Map<string, RegisteredCall>();
  readonly #invites = new Map<string, LocalTag>();

  get size(): number {
    return this.#calls.size;
  }

  get dialogs(): number {
    return [...this.#calls.values()].reduce((sum, call) => sum + call.dialogs, 0);
  }

  add(call: RegisteredCall): void {
    this.#calls.set(key(call.callId, call.localTag), call);
    if (call.invite !== undefined) this.#invites.set(inviteKey(call.invite), call.localTag);
  }

  remove(call: RegisteredCall): void {
    this.#calls.delete(key(call.callId, call.localTag));
    if (call.invite !== undefined) this.#invites.delete(inviteKey(call.invite));
  }

  /** The dialog that a request from outside belongs to, RFC 3261 section 12.2.2. */
  find(request: SipRequest): DialogUsage | undefined {
    const { headers } = request;
    const call = this.#calls.get(key(headers.get("Call-ID") ?? "", tagOf(headers, "To") ?? ""));
    return call?.usage(fromTag(request));
  }

  /** The call that an INVITE with Replaces names, RFC 3891 section 3. */
  replaced({ callId, toTag, fromTag: remoteTag }: Replaces): RegisteredCall | undefined {
    const call = this.#calls.get(key(callId, toTag));
    return call?.usage(remoteTag as RemoteTag) === undefined ? undefined : call;
  }

  /** Our tag in the call that a CANCEL names: its Call-ID, From tag and CSeq number are the INVITE's. */
  tagFor(cancel: SipRequest): LocalTag | undefined {
    return this.#invites.get(inviteKey(cancel));
  }

  /** Whether the same INVITE has come before by another way, RFC 3261 section 8.2.2.2. */
  isMerged(request: SipRequest): boolean {
    return this.#invites.has(inviteKey(request));
  }

  stop(): void {
    for (const call of this.#calls.values()) call.stop();
    this.#calls.clear();
    this.#invites.clear();
  }
}

function key(callId: string, localTag: string): string {
  return `${callId} ${localTag}`;
}

function inviteKey(invite: SipRequest): string {
  return `${invite.headers.get("Call-ID")} ${cseqNumber(invite)} ${fromTag(invite)}`;
}
