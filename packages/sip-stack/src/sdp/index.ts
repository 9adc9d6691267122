export type { AgreedCrypto, LocalCrypto } from "./crypto.ts";
export type { AudioDescription, Codec, Crypto, MediaAddress, MediaLine, SessionDescription } from "./description.ts";
export { type Direction, reverse } from "./direction.ts";
export type { LocalAudio } from "./format.ts";
export {
  type Agreed,
  acceptAnswer,
  answerOffer,
  makeOffer,
  type OfferAnswer,
  offerAnswer,
  type PayloadTypes,
} from "./offer-answer.ts";
export { isKeyedRtp, parseSdp } from "./parse.ts";
