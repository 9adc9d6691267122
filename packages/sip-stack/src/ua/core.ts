import type { SessionTimes } from "../dialog/session-timer.ts";
import type { Clock } from "../kernel/clock.ts";
import type { RandomBytes } from "../kernel/random.ts";
import type { TransactionLayer } from "../transaction/layer.ts";
import type { TimerBase } from "../transaction/timers.ts";
import type { TransportLayer } from "../transport/layer.ts";
import type { Flow } from "../transport/transport.ts";
import type { Profile } from "./compose.ts";
import type { CallRegistry } from "./registry.ts";

/** What a call needs of its user agent. */
export type Core = {
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly timers: TimerBase;
  /** How long an INVITE may wait for the application. */
  readonly ringingMs: number;
  /** `undefined`: without session timers. */
  readonly sessionTimes: SessionTimes | undefined;
  readonly profile: Profile;
  /** What a flow's peer is shown of it. */
  readonly shownOn: (flow: Flow) => Profile;
  /** Reports a request in a dialog that does not go where the peer's Route or Contact points. */
  readonly onAstray: (method: string, flow: Flow, why: string) => void;
  readonly transport: TransportLayer;
  readonly transactions: TransactionLayer;
  readonly calls: CallRegistry;
};
