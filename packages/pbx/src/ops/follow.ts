import { Readable } from "node:stream";
import type { Operations, TraceView } from "../ops/operations.ts";

/** Lines that wait for a reader who is slow; above it messages are left out, and the next line says how many. */
const maxWaiting = 1000;

/** Every SIP message from now on as a line of JSON, until the reader goes away. */
export function followedTrace({ follow }: Pick<Operations, "follow">, call: string | undefined): Readable {
  const waiting: string[] = [];
  let isAsked = false;
  let leftOut = 0;
  const pour = (): void => {
    while (isAsked && waiting.length > 0) isAsked = lines.push(waiting.shift());
  };
  const hear = (message: TraceView): void => {
    if (waiting.length >= maxWaiting) {
      leftOut += 1;
      return;
    }
    waiting.push(`${JSON.stringify(leftOut === 0 ? message : { ...message, leftOut })}\n`);
    leftOut = 0;
    pour();
  };
  const lines = new Readable({
    read: () => {
      isAsked = true;
      pour();
    },
    destroy: (error, done) => {
      stop();
      done(error);
    },
  });
  const stop = follow(call, hear);
  return lines;
}
