import { formatWarning, type IncomingRequest, type SipRequest } from "@trunkline/sip-stack";
import type { MediaLeg } from "../media/leg.ts";

/** A key that somebody pressed. */
export type KeyPress = { readonly digit: string; readonly durationMs: number };

const usualMs = 160;

/**
 * Reads a key press out of an INFO: `application/dtmf-relay` (`Signal=5`, `Duration=160`), or `application/dtmf`, whose
 * body is the key. `undefined`: it is of another kind, or names no key.
 */
export function keyPressIn(request: SipRequest): KeyPress | undefined {
  const type = request.headers.get("Content-Type")?.split(";")[0]?.trim().toLowerCase();
  const body = Buffer.from(request.body).toString("latin1");
  if (type === "application/dtmf-relay")
    return press(
      /^[ \t]*Signal[ \t]*=[ \t]*(\S{1,2})[ \t]*\r?$/im.exec(body)?.[1],
      /^[ \t]*Duration[ \t]*=[ \t]*(\d{1,5})[ \t]*\r?$/im.exec(body)?.[1],
    );
  return type === "application/dtmf" ? press(body.trim(), undefined) : undefined;
}

/** Answers an INFO and presses its key for whoever hears the one who sent it. Nothing else is ever asked within a call. */
export async function answerKeyPress(incoming: IncomingRequest, hearer: MediaLeg | undefined): Promise<void> {
  if (incoming.request.method !== "INFO") return incoming.respond(501);
  if (incoming.request.body.length === 0) return incoming.respond(200);
  const key = keyPressIn(incoming.request);
  if (key === undefined)
    return incoming.respond(415, { headers: [["Accept", "application/dtmf-relay, application/dtmf"]] });
  const isPressed = await hearer?.session.press(hearer.id, key.digit, key.durationMs);
  if (isPressed === true) return incoming.respond(200);
  incoming.respond(488, { headers: [["Warning", formatWarning({ code: 399, agent: "trunkline", text: noKeys })]] });
}

const noKeys = "The other side takes no key presses now.";

/** Some phones write star and pound as their event codes, RFC 4733 section 3.2. */
const named = new Map([
  ["10", "*"],
  ["11", "#"],
]);

function press(text: string | undefined, duration: string | undefined): KeyPress | undefined {
  const digit = (named.get(text ?? "") ?? text ?? "").toUpperCase();
  return /^[\dA-D*#]$/.test(digit) ? { digit, durationMs: Number(duration ?? usualMs) } : undefined;
}
