import { type Salvage, salvage } from "../message/salvage.ts";
import { stampReceived } from "./received.ts";
import type { Flow } from "./transport.ts";

/**
 * What an answer to an unreadable request needs; `undefined` when nothing may be answered. Where the top Via itself
 * cannot be read the answer goes to the very address and port that the request came from.
 */
export function readUnreadable(bytes: Uint8Array, flow: Flow): Salvage | undefined {
  const saved = salvage(bytes);
  return saved && { ...saved, request: stampReceived(saved.request, flow) };
}
