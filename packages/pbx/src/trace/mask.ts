const masked = "[masked]";

/** What may stand in a SIP message and is nobody's to read: what it stands behind, then itself. */
const secrets: readonly RegExp[] = [
  // Digest answers, RFC 3261 section 22.4: who has one can try passwords against it.
  /(^(?:proxy-)?authorization[ \t]*:(?:[^\r\n]*?[ ,]))(response=(?:"[^"\r\n]*"|[^,\s]*))/gim,
  // Passwords in URIs, RFC 3261 section 19.1.1.
  /(sips?:[^\s@:<>]*:)([^\s@<>]+)(?=@)/gi,
  // Keys of SDES and ICE, RFC 4568 section 9.1 and RFC 8839 section 5.4.
  /(^a=crypto:[^\r\n]*?inline:)([^\s|;]+)/gim,
  /(^a=ice-pwd:)([^\r\n]+)/gim,
  // Key presses in INFO: application/dtmf-relay, and application/dtmf, whose body is the key itself.
  /(^signal[ \t]*=[ \t]*)([^\r\n]+)/gim,
  /(\r\n\r\n)([0-9A-D#*]{1,4})(?=\s*$)/gi,
];

/** A SIP message as text, without secrets and without the keys that somebody pressed. */
export const maskSecrets = (text: string): string =>
  secrets.reduce((left, secret) => left.replaceAll(secret, (_, before: string) => `${before}${masked}`), text);
