/** Which packet of which source. Kept and rewritten by its owner, so that no packet makes an object. */
export type Position = {
  ssrc: number;
  /** RTP: 65,536 times the rollover counter and the sequence number; RTCP: the index that the packet carries. */
  index: number;
  /** What is authenticated although it stands elsewhere: SRTP's rollover counter, SRTCP's word of E flag and index. */
  word: number;
};

/** A position before the first packet. */
export const blankPosition = (): Position => ({ ssrc: 0, index: 0, word: 0 });

/** Encryption and authentication of one protocol in one direction. The first `start` octets of a packet stay in the clear. */
export interface Transform {
  readonly tagBytes: number;
  /** SRTCP: whether its word stands before the tag (RFC 3711 section 3.4) or after it (RFC 7714 section 9.2). */
  readonly isWordFirst: boolean;
  /** Encrypts or decrypts the octets from `start` to `end`. */
  crypt(from: Uint8Array, to: Uint8Array, start: number, end: number, position: Position): void;
  /** The tag of a packet whose octets from `start` to `end` are encrypted; valid until the next call to any transform. */
  tagOf(bytes: Uint8Array, start: number, end: number, position: Position): Uint8Array;
}
