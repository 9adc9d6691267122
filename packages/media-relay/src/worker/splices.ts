import type { Address } from "../kernel/datagrams.ts";
import type { LegId } from "../leg/leg.ts";
import type { Splice } from "../session/api.ts";
import type { RemoteSession } from "./remote-session.ts";

/** A leg together with its session, as the main thread holds it. */
export type RemoteEnd = { readonly session: RemoteSession; readonly leg: LegId };

/** Joins legs of two sessions: at once on the same worker, else over a pair of loopback legs. */
export async function spliceSessions(a: RemoteEnd, b: RemoteEnd): Promise<Splice> {
  const splice = a.session.isBeside(b.session) ? new DirectSplice(a, b) : new LoopbackSplice(a, b);
  await splice.open();
  return splice;
}

/** Two legs of one worker. */
class DirectSplice implements Splice {
  readonly #ends: readonly [RemoteEnd, RemoteEnd];
  #isJoined = true;
  #forget: () => void = () => {};
  constructor(a: RemoteEnd, b: RemoteEnd) {
    this.#ends = [a, b];
  }

  async open(): Promise<void> {
    const [a, b] = this.#ends;
    this.#forget = whenParted(this.#ends, () => this.#end());
    try {
      await a.session.spliceBeside(a.leg, b);
    } catch (cause) {
      this.#end();
      throw cause;
    }
  }

  async close(): Promise<void> {
    const [a] = this.#ends;
    if (this.#isJoined) await a.session.part(a.leg).catch(ofNoConcern);
  }

  #end(): void {
    this.#isJoined = false;
    this.#forget();
  }
}

/** Two legs of different workers, each joined to a loopback leg of its own. Those are closed when either is parted. */
class LoopbackSplice implements Splice {
  readonly #ends: readonly [RemoteEnd, RemoteEnd];
  readonly #opened: RemoteEnd[] = [];
  #forget: () => void = () => {};
  #closing: Promise<void> | undefined;
  constructor(a: RemoteEnd, b: RemoteEnd) {
    this.#ends = [a, b];
  }

  async open(): Promise<void> {
    const [a, b] = this.#ends;
    this.#forget = whenParted(this.#ends, () => void this.close());
    try {
      const [ofA, ofB] = await Promise.all([this.#openEnd(a), this.#openEnd(b)]);
      if (this.#closing !== undefined) return;
      await Promise.all([
        a.session.joinLoopback(a.leg, ofA.leg, ofB.at),
        b.session.joinLoopback(b.leg, ofB.leg, ofA.at),
      ]);
    } catch (cause) {
      await this.close();
      throw cause;
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #openEnd({ session }: RemoteEnd): Promise<{ readonly leg: LegId; readonly at: Address }> {
    const end = await session.openLoopback();
    this.#opened.push({ session, leg: end.leg });
    if (this.#closing !== undefined) await session.closeLoopback(end.leg);
    return end;
  }

  async #close(): Promise<void> {
    this.#forget();
    await Promise.all(this.#opened.map(({ session, leg }) => session.closeLoopback(leg)));
  }
}

/** Runs `task` when either leg is parted or joined elsewhere; the returned function stops waiting. */
function whenParted(ends: readonly RemoteEnd[], task: () => void): () => void {
  const stops = ends.map(({ session, leg }) => session.whenParted(leg, task));
  return () => {
    for (const stop of stops) stop();
  };
}

/** What is to be parted is parted when its session is closed or its worker gone. */
const ofNoConcern = (): void => {};
