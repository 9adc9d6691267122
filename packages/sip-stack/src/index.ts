export { answerChallenge, type Credentials, type DigestSession, type Signed, signRequest } from "./auth/answer.ts";
export type { AuthRole, Challenge } from "./auth/challenge.ts";
export type { DigestAlgorithm, Hash } from "./auth/digest.ts";
export {
  type DigestVerifier,
  type DigestVerifierOptions,
  digestVerifier,
  type RequestVerifier,
  type StoredCredentials,
  type Verdict,
} from "./auth/verifier.ts";
export type { Hop, Reach } from "./dialog/next-hop.ts";
export { type Clock, systemClock } from "./kernel/clock.ts";
export {
  AckMissing,
  Closed,
  DialogGone,
  InviteExpired,
  MessageInvalid,
  NextHopRefused,
  NotSettled,
  Overloaded,
  PrackMissing,
  RequestPending,
  SessionExpired,
  SipError,
  type SipErrorCode,
  sipErrors,
  TransactionTimeout,
  TransportFailed,
} from "./kernel/errors.ts";
export { networkOf } from "./kernel/network.ts";
export type { Parsed, Unparsed } from "./kernel/parsed.ts";
export { plainAddress } from "./kernel/plain-address.ts";
export { type RandomBytes, systemRandom } from "./kernel/random.ts";
export { type Entrance, type RoomLimits, SharedRoom } from "./kernel/shared-room.ts";
export { type Body, bodyText, sdpBody } from "./message/body.ts";
export { type CSeq, parseCSeq } from "./message/cseq.ts";
export { formatMessage } from "./message/format.ts";
export type { Reader } from "./message/header-field.ts";
export { type Headers, headers } from "./message/headers.ts";
export { limits } from "./message/limits.ts";
export type { SipMessage, SipRequest, SipResponse } from "./message/message.ts";
export { type Part, readParts } from "./message/multipart.ts";
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
export { readTelephone, type Telephone, telephoneIn, unescaped, wholeNumber } from "./message/telephone.ts";
export { formatUri, parseUri, plainUser, type SipUri } from "./message/uri.ts";
export { parseTokenValue, type TokenValue } from "./message/value.ts";
export { formatVia, parseVia, type Via } from "./message/via.ts";
export { rfc3261Timers, type TimerBase } from "./transaction/timers.ts";
export { type Address, addressText, hostText, sameAddress, type TransportKind } from "./transport/address.ts";
export type { AdoptedSocket } from "./transport/adopted-socket.ts";
export {
  type DatagramNetwork,
  type DatagramSink,
  type DatagramSocket,
  systemDatagrams,
  wantedReceiveBufferBytes,
} from "./transport/datagrams.ts";
export { type Located, type LocateOptions, locate } from "./transport/locate.ts";
export type { Admission, Gate, SourceGate } from "./transport/options.ts";
export { type Place, placeOf } from "./transport/place.ts";
export type { Answer, NaptrRecord, Resolver, SrvRecord } from "./transport/resolver.ts";
export type { Standing, StandingOf } from "./transport/standing.ts";
export type { StreamLimits } from "./transport/stream-flow.ts";
export type { StreamOptions } from "./transport/stream-options.ts";
export { type SystemResolverOptions, systemResolver } from "./transport/system-resolver.ts";
export { tcpTransport } from "./transport/tcp.ts";
export { type TlsIdentity, type TlsOptions, type TlsTransport, tlsTransport } from "./transport/tls.ts";
export type { Flow, Remote, Transport, TransportSink } from "./transport/transport.ts";
export { type DatagramTransport, type UdpOptions, udpTransport } from "./transport/udp.ts";
export { type WebSocketOptions, type WebSocketTransport, webSocketTransport } from "./transport/websocket.ts";
export type { AdoptedFlow, SocketOpener } from "./transport/websocket-flow.ts";
export type { WireEvent, WireObserver } from "./transport/wire.ts";
export type {
  AnswerOffer,
  AttachOptions,
  Call,
  CallEnd,
  CallState,
  CallUser,
  Destination,
  ExtraHeaders,
  Failure,
  HangUpOptions,
  IncomingCall,
  IncomingOffer,
  IncomingRequest,
  IncomingTransfer,
  MakeOffer,
  Origin,
  OriginOf,
  Outcome,
  OutgoingCall,
  OutgoingCallOptions,
  OutgoingCallUser,
  OutgoingRequestOptions,
  ReferOptions,
  RequestOptions,
  ResponseOptions,
  RingOptions,
  Target,
  TransferUser,
} from "./ua/call.ts";
export { anonymousFrom, assertedIdentities, isWithheld, privacyOf, remotePartyIds } from "./ua/identity.ts";
export type { UserAgentCounters, UserAgentLimits, UserAgentOptions, UserAgentUser } from "./ua/options.ts";
export {
  formatReason,
  formatWarning,
  type Reason,
  reasonsOf,
  type Warning,
  warningsOf,
} from "./ua/reasons.ts";
export type { Registration, RegistrationOptions, RegistrationUser } from "./ua/registration.ts";
export type { RegistrationState } from "./ua/registration-table.ts";
export { parseReplaces, type Replaces, referToReplacing, replacesOf } from "./ua/replaces.ts";
export { type UserAgent, userAgent } from "./ua/user-agent.ts";
