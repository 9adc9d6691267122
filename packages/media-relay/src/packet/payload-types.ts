/** The payload types of one direction of a leg, as its SDP agreed them. */
export type PayloadTypes = { readonly pcmu: number; readonly telephoneEvent?: number };

/**
 * Between two legs every packet carries these; each leg translates from and to what its own SDP agreed. `unheard`: the packet
 * only has a place in its source's numbers, such as a keep-alive, and no peer gets it.
 */
export const inner = { pcmu: 0, telephoneEvent: 101, unheard: 127 } as const satisfies PayloadTypes & {
  unheard: number;
};

/** Comfort noise, RFC 3389: some send it without having agreed it. */
export const comfortNoise = 13;
