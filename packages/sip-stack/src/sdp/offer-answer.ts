import { type Parsed, parsed, unparsed } from "../kernel/parsed.ts";
import { type AgreedCrypto, acceptCrypto, answerCrypto, offerCrypto } from "./crypto.ts";
import type { AudioDescription, MediaLine, SessionDescription } from "./description.ts";
import { agree, type Direction } from "./direction.ts";
import { type AudioStream, formatSdp, type LocalAudio, type Stream } from "./format.ts";
import { isKeyedRtp, isPlainRtp, parseSdpFor } from "./parse.ts";

/**
 * One side's state of offer and answer for PCMU and telephone-event, RFC 3264: a value; every function gives the next.
 * Whoever drops an offer that failed just keeps the state from before it.
 */
export type OfferAnswer = {
  readonly sessionId: string;
  /** The version of our last description, 0 before the first; it grows when the description changes. */
  readonly version: number;
  /** Our last description's streams, in the order that the session keeps for good. */
  readonly streams: readonly Stream[];
};

/** The payload types of one format: what the other side wants to get and what we said we want to get. */
export type PayloadTypes = { readonly send: number; readonly receive: number };

/** What an offer and its answer come to. */
export type Agreed = {
  readonly remote: AudioDescription;
  readonly pcmu: PayloadTypes;
  readonly telephoneEvent?: PayloadTypes;
  /** Ours: whether we send, receive, both or neither. */
  readonly direction: Direction;
  /** What the stream is encrypted with, where our side asked for that. */
  readonly crypto?: AgreedCrypto;
};

const usualTelephoneEvent = 101;

/** The state before the first offer; `sessionId` is the number of the origin line, digits only. */
export function offerAnswer(sessionId: string): OfferAnswer {
  return { sessionId, version: 0, streams: [] };
}

/**
 * Makes an offer, the first or a new one: a session's streams keep their places and their payload types, RFC 3264
 * section 8. `direction` "sendonly" or "inactive" puts the other side on hold. With `local.crypto` the stream is SRTP
 * with those suites and keys, RFC 4568.
 */
export function makeOffer(
  state: OfferAnswer,
  local: LocalAudio,
  direction: Direction = "sendrecv",
): { readonly state: OfferAnswer; readonly sdp: string } {
  const before = ourAudio(state.streams) ?? { protocol: "RTP/AVP", pcmu: 0 };
  const protocol = before.protocol.replace(/S?AVP/, local.crypto === undefined ? "AVP" : "SAVP");
  const crypto = offerCrypto(local.crypto ?? []);
  const audio: AudioStream = { telephoneEvent: usualTelephoneEvent, ...before, protocol, local, direction, crypto };
  const isKnown = state.streams.some(isOurs);
  return describe(state, local, isKnown ? state.streams.map((each) => (isOurs(each) ? audio : each)) : [audio]);
}

/**
 * Answers an offer: PCMU and, where offered, telephone-event under the offer's payload types, every other stream refused
 * in its place, the direction by RFC 3264 section 6.1 from the offer's and the one we want.
 * With `local.crypto` only SRTP is answered, by the first suite of the offer that is in it, without only RTP in clear.
 * Fails when the offer is malformed or has no such audio with PCMU: a 488 with `why` as its words.
 */
export function answerOffer(
  state: OfferAnswer,
  offer: string,
  local: LocalAudio,
  direction: Direction = "sendrecv",
): Parsed<{ readonly state: OfferAnswer; readonly sdp: string; readonly agreed: Agreed }> {
  const usable = readUsable(offer, local);
  if (!usable.ok) return usable;
  const { session, audio, pcmu, telephoneEvent } = usable.value;
  const crypto = answerCrypto(audio.crypto, local.crypto);
  if (!crypto.ok) return crypto;
  const { lines, agreed } = crypto.value;
  const ours = agree(direction, audio.direction);
  const stream: AudioStream = { protocol: audio.protocol, local, pcmu, telephoneEvent, direction: ours, crypto: lines };
  const answer = describe(state, local, inPlace(session, stream));
  return parsed({ ...answer, agreed: agreement(usable.value, stream, agreed) });
}

/**
 * Reads the answer to the offer that made `state`. Streams that the offer did not have are ignored. Fails when it is
 * malformed, refuses the audio or PCMU, or is encrypted otherwise than the offer asked.
 */
export function acceptAnswer(
  state: OfferAnswer,
  answer: string,
): Parsed<{ readonly state: OfferAnswer; readonly agreed: Agreed }> {
  const offered = ourAudio(state.streams);
  if (offered === undefined) return unparsed(0, "answer without an offer");
  const usable = readUsable(answer, offered.local);
  if (!usable.ok) return usable;
  const crypto = acceptCrypto(offered.crypto, usable.value.audio.crypto);
  return crypto.ok ? parsed({ state, agreed: agreement(usable.value, offered, crypto.value) }) : crypto;
}

type Usable = {
  readonly session: SessionDescription;
  readonly audio: AudioDescription;
  readonly pcmu: number;
  readonly telephoneEvent: number | undefined;
};

const inClear = { isWanted: isPlainRtp, otherwise: "audio is not plain RTP" };
const keyed = { isWanted: isKeyedRtp, otherwise: "audio is not SRTP with its keys in SDP" };

function readUsable(text: string, { crypto }: LocalAudio): Parsed<Usable> {
  const { isWanted, otherwise } = crypto === undefined ? inClear : keyed;
  const session = parseSdpFor(text, isWanted);
  if (!session.ok) return session;
  const { audio } = session.value;
  if (audio === undefined) return unparsed(0, "no audio stream");
  if (!isWanted(audio.protocol)) return unparsed(0, otherwise);
  const pcmu = payloadTypeOf(audio, "pcmu");
  if (pcmu === undefined) return unparsed(0, "audio without PCMU (G.711 mu-law)");
  return parsed({ session: session.value, audio, pcmu, telephoneEvent: payloadTypeOf(audio, "telephone-event") });
}

function payloadTypeOf(audio: AudioDescription, name: string): number | undefined {
  const isIt = (codec: AudioDescription["codecs"][number]) =>
    codec.name.toLowerCase() === name && codec.clockRate === 8000;
  return audio.codecs.find(isIt)?.payloadType;
}

function agreement(theirs: Usable, ours: AudioStream, crypto: AgreedCrypto | undefined): Agreed {
  const events = { send: theirs.telephoneEvent, receive: ours.telephoneEvent };
  return {
    remote: theirs.audio,
    pcmu: { send: theirs.pcmu, receive: ours.pcmu },
    direction: agree(ours.direction, theirs.audio.direction),
    ...(hasBoth(events) ? { telephoneEvent: events } : {}),
    ...(crypto === undefined ? {} : { crypto }),
  };
}

function hasBoth(types: { send: number | undefined; receive: number | undefined }): types is PayloadTypes {
  return types.send !== undefined && types.receive !== undefined;
}

function inPlace(session: SessionDescription, ours: AudioStream): Stream[] {
  return session.media.map((line: MediaLine, at) =>
    at === session.audioIndex ? ours : { refused: { ...line, port: 0 } },
  );
}

function isOurs(stream: Stream): stream is AudioStream {
  return !("refused" in stream);
}

function ourAudio(streams: readonly Stream[]): AudioStream | undefined {
  return streams.find(isOurs);
}

function describe(state: OfferAnswer, local: LocalAudio, streams: readonly Stream[]) {
  const isSame = JSON.stringify(streams) === JSON.stringify(state.streams);
  const version = isSame ? state.version : state.version + 1;
  const sdp = formatSdp({ id: state.sessionId, version }, local.address, streams);
  return { state: { ...state, version, streams }, sdp };
}
