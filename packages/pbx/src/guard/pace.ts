import type { Clock } from "@trunkline/sip-stack";

const secondMs = 1000;
/** Nobody who dials waits longer for a turn. */
const longestWaitMs = 2000;

/** Somebody who waits for a turn, and when it comes. `refuse` takes it away. */
type Waiting = { readonly who: string; readonly atMs: number; readonly refuse: () => void };

/**
 * Calls to the trunk, no more of them a second than it takes: who comes early waits a moment, at most two seconds, who
 * would have to wait longer is refused. Turns are shared: when all are taken, one of whoever waits for most of them goes
 * to a caller who waits for fewer.
 */
export class Pace {
  readonly #clock: Clock;
  /** In the order in which they came. */
  readonly #waiting = new Set<Waiting>();
  #nextAtMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Waits for a turn; `false`: there is none soon enough, or it went to somebody else.
   * @param who whose call it is
   */
  async turn(callsPerSecond: number, who: string): Promise<boolean> {
    const nowMs = this.#clock.nowMs();
    const atMs = Math.max(nowMs, this.#nextAtMs);
    if (atMs - nowMs > longestWaitMs) return this.#turnOfAnother(who);
    this.#nextAtMs = atMs + secondMs / callsPerSecond;
    return atMs === nowMs || this.#wait(who, atMs);
  }

  #wait(who: string, atMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (isMine: boolean): void => {
        this.#waiting.delete(waiting);
        resolve(isMine);
      };
      const cancel = this.#clock.after(atMs - this.#clock.nowMs(), () => end(true));
      const refuse = (): void => {
        cancel();
        end(false);
      };
      const waiting: Waiting = { who, atMs, refuse };
      this.#waiting.add(waiting);
    });
  }

  /** Takes the latest turn of whoever has most, who is left with no fewer than the newcomer gets. */
  async #turnOfAnother(who: string): Promise<boolean> {
    const byCaller = Map.groupBy(this.#waiting, (waiting) => waiting.who);
    const most = [...byCaller.values()].reduce((one, other) => (other.length > one.length ? other : one), []);
    const latest = most.at(-1);
    if (latest === undefined || most.length < (byCaller.get(who)?.length ?? 0) + 2) return false;
    latest.refuse();
    return this.#wait(who, latest.atMs);
  }
}
