export { type Clock, systemClock } from "./kernel/clock.ts";
export {
  AckMissing,
  Closed,
  DialogGone,
  MessageInvalid,
  NextHopRefused,
  Overloaded,
  RequestPending,
  SipError,
  type SipErrorCode,
  sipErrors,
  TransactionTimeout,
  TransportFailed,
} from "./kernel/errors.ts";
export type { Parsed, Unparsed } from "./kernel/parsed.ts";
export { type RandomBytes, systemRandom } from "./kernel/random.ts";
