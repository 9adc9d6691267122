import type { Clock } from "../kernel/clock.ts";
import type { Moment } from "../kernel/moment.ts";
import type { RandomBytes } from "../kernel/random.ts";
import type { Tally } from "../kernel/refusals.ts";
import type { BrowserLegCore } from "../leg/browser-leg.ts";
import type { LegContext, LegPolicy } from "../leg/leg.ts";
import type { Tones } from "../leg/tone.ts";
import type { PortPool } from "../socket/port-pool.ts";
import type { Joins } from "./joins.ts";

/** What a relay gives its sessions. */
export type SessionPlace = {
  readonly clock: Clock;
  readonly moment: Moment;
  readonly random: RandomBytes;
  readonly tally: Tally;
  readonly policy: LegPolicy;
  readonly plainBind: string;
  readonly plainPorts: PortPool;
  readonly maxLegs: number;
  readonly tones: Tones;
  readonly joins: Joins;
  openBrowserLeg(context: LegContext): Promise<BrowserLegCore>;
  onClosed(sessionId: string): void;
};
