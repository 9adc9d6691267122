/**
 * What a message may be at most. Whatever is larger is refused in words of its own, under which the refusals of a user
 * agent count it.
 */
export const limits = {
  /** Bytes of a whole message: the largest UDP payload. */
  messageBytes: 65_535,
  /** Bytes of start line and headers together. */
  headBytes: 32_768,
  /** Bytes of a body. */
  bodyBytes: 49_152,
  /** Header fields, folded lines joined. */
  headerFields: 128,
  /** Characters of one header field or of the start line, folded lines included. */
  fieldChars: 16_384,
  /** Characters of a value that is handed to the general grammar, whose cost grows with the square of the length. */
  grammarChars: 512,
  /** Characters of a method name. */
  methodChars: 64,
  /** Contacts of one REGISTER. */
  contacts: 16,
  /** Parts of a multipart body. */
  bodyParts: 16,
  /** How deep multipart bodies may stand in each other. */
  bodyDepth: 3,
} as const;
