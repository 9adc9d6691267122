export type { Clock } from "./kernel/clock.ts";
export type { Address, DatagramNetwork, DatagramSink, DatagramSocket } from "./kernel/datagrams.ts";
export {
  LegsFull,
  LegUnknown,
  NoPort,
  RelayError,
  type RelayErrorCode,
  RelayFault,
  RemoteInvalid,
  relayErrorMeanings,
  SdpRefused,
  SessionClosed,
  SessionsFull,
  SourceInvalid,
  WorkerGone,
} from "./kernel/errors.ts";
export { type RefusalReason, refusalReasons } from "./kernel/refusals.ts";
export { type Announcement, pcmuAnnouncement, wavAnnouncement } from "./leg/announcement.ts";
export type {
  Direction,
  LegId,
  LegStatistics,
  PeerReport,
  ReceivedStatistics,
  SentStatistics,
  Volume,
} from "./leg/leg.ts";
export type { PlainLocal, PlainRemote } from "./leg/plain-leg.ts";
export type { Concealment, Quality } from "./leg/quality.ts";
export { type Silence, type SilenceLimits, silenceDefaults } from "./leg/silence.ts";
export type { Tone } from "./leg/tone.ts";
export { type ToneName, tones } from "./leg/tones.ts";
export type { PayloadTypes } from "./packet/payload-types.ts";
export type {
  BrowserLeg,
  Leg,
  MediaRelay,
  MediaSession,
  PlainLeg,
  RelayCounters,
  RelayOptions,
  SessionUser,
  Source,
  SourceLeg,
  Splice,
  SpliceEnd,
} from "./session/api.ts";
export { relayInProcess } from "./session/in-process.ts";
export type { RelaySurroundings } from "./session/relay.ts";
export { systemDatagrams } from "./socket/system-datagrams.ts";
export { freshMaster, type SrtpKeys, type SrtpMaster, type SrtpProfile } from "./srtp/keys.ts";
export { formatInlineKey, parseInlineKey } from "./srtp/sdes.ts";
export type { OfferOptions } from "./webrtc/handshake.ts";
export { browserOfferFault } from "./webrtc/offer-fault.ts";
export { relayOnWorkers, type WorkerEntries, type WorkerOptions } from "./worker/relay-on-workers.ts";
