import { unreachable } from "../kernel/unreachable.ts";
import { EchoLeg } from "../leg/echo-leg.ts";
import type { JoinableLeg, LegContext } from "../leg/leg.ts";
import { ToneLeg } from "../leg/tone-leg.ts";
import type { Source } from "./api.ts";

/** The leg that plays a source. @throws SourceInvalid when it cannot be played. */
export function sourceLegOf(context: LegContext, source: Source): JoinableLeg {
  switch (source.kind) {
    case "echo":
      return new EchoLeg(context);
    case "tone":
      return new ToneLeg(context, source);
    default:
      return unreachable(source);
  }
}
