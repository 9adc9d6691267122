/** Writes one netstring: the length in octets, a colon, the text and a comma. */
export const formatNetstring = (text: string): string => `${Buffer.byteLength(text)}:${text},`;

/** Takes the whole netstrings off the front of what came so far. @returns their texts and what is left */
export function takeNetstrings(bytes: Buffer): { readonly texts: readonly string[]; readonly rest: Buffer } {
  const texts: string[] = [];
  let rest = bytes;
  for (;;) {
    const colon = rest.indexOf(":");
    const end = colon + 1 + Number(rest.toString("latin1", 0, colon));
    if (colon === -1 || !(rest.length > end)) return { texts, rest };
    texts.push(rest.toString("utf8", colon + 1, end));
    rest = rest.subarray(end + 1);
  }
}
