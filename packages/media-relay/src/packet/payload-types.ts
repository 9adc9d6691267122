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

/** The number under which nothing was agreed. */
const none = 255;

/**
 * Reads the payload types of a peer's packets as the inner ones, by their number. It should send what our side of the SDP
 * asked for (RFC 3264 section 6.1), but many peers send what their own side says: that is taken too where it is free.
 */
export function innerTypes(receive: PayloadTypes, send: PayloadTypes): (type: number) => number | undefined {
  const types = new Uint8Array(128).fill(none);
  for (const { pcmu, telephoneEvent } of [send, receive]) {
    if (telephoneEvent !== undefined) types[telephoneEvent] = inner.telephoneEvent;
    types[pcmu] = inner.pcmu;
  }
  return (type) => (types[type] === none ? undefined : types[type]);
}
