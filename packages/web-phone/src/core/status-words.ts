const words: Readonly<Record<number, string>> = {
  401: "You are not signed in.",
  403: "This call is not allowed.",
  404: "This number does not exist.",
  407: "You are not signed in.",
  408: "Nobody answered.",
  410: "This number is no longer in use.",
  480: "Nobody can take the call right now.",
  484: "The number is incomplete.",
  486: "The number is busy.",
  487: "The call was cancelled.",
  488: "The other side cannot take this kind of call.",
  500: "The phone network failed. Please try again.",
  502: "The phone network failed. Please try again.",
  503: "The phone network is not available right now. Please try again.",
  504: "The phone network does not answer. Please try again.",
  600: "The number is busy.",
  603: "The call was declined.",
  604: "This number does not exist.",
  606: "The other side cannot take this kind of call.",
};

const byClass: readonly (readonly [number, string])[] = [
  [600, "The call was declined."],
  [500, "The phone network failed. Please try again."],
  [400, "The call could not be placed."],
  [300, "The number has moved."],
];

/** Our own sentence for a SIP status (RFC 3261 section 21), for when the server sends none. */
export function statusWords(status: number): string {
  return words[status] ?? byClass.find(([from]) => status >= from)?.[1] ?? "The call could not be placed.";
}
