import type { Flow } from "./transport.ts";

/** A message as it went out, kept to be sent again byte by byte. */
export type Sent = { readonly bytes: Uint8Array; readonly flow: Flow };
