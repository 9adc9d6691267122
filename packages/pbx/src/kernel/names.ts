const alphabet = "23456789abcdefghjkmnpqrstuvwxyz";

/** A random name that is easy to read out and to type. @param random bytes from a cryptographic source */
export function randomName(random: (length: number) => Uint8Array, length = 12): string {
  return Array.from(random(length), (byte) => alphabet[byte % alphabet.length]).join("");
}

/** A random session id for the `o=` line of SDP, RFC 8866 section 5.2. @param random bytes from a cryptographic source */
export function newSessionId(random: (length: number) => Uint8Array): string {
  return String(Buffer.from(random(4)).readUInt32BE());
}
