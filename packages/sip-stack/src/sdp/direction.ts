/** Which way a stream flows, seen from whoever wrote the description, RFC 3264 section 5.1. */
export type Direction = "sendrecv" | "sendonly" | "recvonly" | "inactive";

const reversed: Readonly<Record<Direction, Direction>> = {
  sendrecv: "sendrecv",
  sendonly: "recvonly",
  recvonly: "sendonly",
  inactive: "inactive",
};

const sends = (direction: Direction): boolean => direction === "sendrecv" || direction === "sendonly";
const receives = (direction: Direction): boolean => direction === "sendrecv" || direction === "recvonly";

/** The same flow seen from the other side. */
export function reverse(direction: Direction): Direction {
  return reversed[direction];
}

/** What may flow when one side wants `ours` and the other's description says `theirs`: our side's view, RFC 3264 section 6.1. */
export function agree(ours: Direction, theirs: Direction): Direction {
  return direction(sends(ours) && receives(theirs), receives(ours) && sends(theirs));
}

/** A description whose writer cannot receive, as `c=0.0.0.0` says, RFC 3264 section 8.4. */
export function deaf(said: Direction): Direction {
  return direction(sends(said), false);
}

function direction(isSending: boolean, isReceiving: boolean): Direction {
  if (isSending) return isReceiving ? "sendrecv" : "sendonly";
  return isReceiving ? "recvonly" : "inactive";
}
