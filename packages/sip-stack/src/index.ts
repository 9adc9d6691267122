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
export { type Body, bodyText, sdpBody } from "./message/body.ts";
export { type CSeq, parseCSeq } from "./message/cseq.ts";
export { formatMessage } from "./message/format.ts";
export { type Headers, headers } from "./message/headers.ts";
export type { SipMessage, SipRequest, SipResponse } from "./message/message.ts";
export { formatNameAddr, type NameAddr, parseNameAddr } from "./message/name-addr.ts";
export type { Params } from "./message/params.ts";
export { parseMessage } from "./message/parse.ts";
export { reasonPhrase } from "./message/reason-phrase.ts";
export {
  type RegisterContact,
  type RegisterDefaults,
  type RegisterRequest,
  readRegister,
} from "./message/register.ts";
export { type Salvage, salvage } from "./message/salvage.ts";
export { quote, unquote } from "./message/split.ts";
export { formatUri, parseUri, plainUser, type SipUri } from "./message/uri.ts";
export { parseTokenValue, type TokenValue } from "./message/value.ts";
export { formatVia, parseVia, type Via } from "./message/via.ts";
