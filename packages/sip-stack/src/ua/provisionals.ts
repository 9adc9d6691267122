import { toTag } from "../dialog/dialog.ts";
import { rseqOf } from "../dialog/reliable.ts";
import type { RemoteTag } from "../kernel/random.ts";
import type { SipResponse } from "../message/message.ts";

/** What a provisional response is: to be heard, to be heard and acknowledged by PRACK, or of no use. */
export type Provisional = { readonly kind: "plain" | "stale" } | { readonly kind: "reliable"; readonly rseq: number };

/** Keeps the reliable provisionals of one INVITE in order, RFC 3262 section 4, for each early dialog by itself. */
export class Provisionals {
  readonly #last = new Map<RemoteTag | undefined, number>();
  readonly #settled = new Set<RemoteTag | undefined>();
  readonly #descriptions = new Map<RemoteTag | undefined, string>();

  /**
   * A peer that requires a PRACK gets one, whether our INVITE offered 100rel or not. Repeated ones and those that come too
   * early are of no use: the peer repeats them. Without a dialog (`hasDialog`) a reliable one cannot be acknowledged, and
   * nothing is kept of it.
   */
  take(response: SipResponse, hasDialog: boolean): Provisional {
    const rseq = response.status > 100 ? rseqOf(response) : undefined;
    // Without a tag there is nothing to acknowledge it in, but it rings.
    if (rseq === undefined || toTag(response) === undefined) return { kind: "plain" };
    const last = this.#last.get(toTag(response));
    if (!hasDialog || (last !== undefined && rseq !== last + 1)) return { kind: "stale" };
    this.#last.set(toTag(response), rseq);
    return { kind: "reliable", rseq };
  }

  /** Keeps the SDP that a provisional brought. The caller bounds the number of early dialogs. */
  describe(remoteTag: RemoteTag | undefined, sdp: string): void {
    this.#descriptions.delete(remoteTag);
    this.#descriptions.set(remoteTag, sdp);
  }

  /**
   * The SDP of this early dialog: a 2xx without SDP relies on it, RFC 3261 section 13.2.1. Peers that change their tag
   * between 18x and 2xx get the latest SDP of any early dialog.
   */
  description(remoteTag: RemoteTag | undefined): string | undefined {
    return this.#descriptions.get(remoteTag) ?? [...this.#descriptions.values()].at(-1);
  }

  /** Offer and answer of the INVITE are both through in this early dialog. */
  settle(remoteTag: RemoteTag | undefined): void {
    this.#settled.add(remoteTag);
  }

  isSettled(remoteTag: RemoteTag | undefined): boolean {
    return this.#settled.has(remoteTag);
  }
}
