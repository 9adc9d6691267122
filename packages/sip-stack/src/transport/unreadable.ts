import type { SipRequest } from "../message/message.ts";
import { salvage } from "../message/salvage.ts";
import { stampReceived } from "./received.ts";
import type { Flow } from "./transport.ts";

/** What could be saved of a request that cannot be read: enough to ask the gate and to answer. */
export type Unreadable = { readonly request: SipRequest; readonly status: 400 | 505 };

/** Reads what an answer to an unreadable request needs; `undefined` when there is nothing to answer or no way back. */
export function readUnreadable(bytes: Uint8Array, flow: Flow): Unreadable | undefined {
  const saved = salvage(bytes);
  if (saved === undefined) return undefined;
  const stamped = stampReceived(saved.request, flow);
  return stamped === undefined ? undefined : { request: stamped, status: saved.status };
}
