import { type Salvage, salvage } from "../message/salvage.ts";
import { stampReceived, topVia } from "./received.ts";
import type { Flow } from "./transport.ts";

/** What an answer to an unreadable request needs; `undefined` when nothing may be answered or there is no way back. */
export function readUnreadable(bytes: Uint8Array, flow: Flow): Salvage | undefined {
  const saved = salvage(bytes);
  if (saved === undefined || topVia(saved.request) === undefined) return undefined;
  return { ...saved, request: stampReceived(saved.request, flow) };
}
