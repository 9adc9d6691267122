import { unreachable } from "../kernel/unreachable.ts";
import { announcementFrames } from "../leg/announcement.ts";
import { EchoLeg } from "../leg/echo-leg.ts";
import type { Frames } from "../leg/frames.ts";
import type { JoinableLeg, LegContext } from "../leg/leg.ts";
import { PlayingLeg } from "../leg/playing-leg.ts";
import type { Tones } from "../leg/tone.ts";
import type { Source } from "./api.ts";

/** The leg that plays a source. @throws SourceInvalid when it cannot be played. */
export function sourceLegOf(context: LegContext, source: Source, tones: Tones): JoinableLeg {
  switch (source.kind) {
    case "echo":
      return new EchoLeg(context);
    case "tone":
      return playing(context, () => tones.begin(source));
    case "player":
      return playing(context, () => announcementFrames(source.announcement, source.loop ?? false));
    default:
      return unreachable(source);
  }
}

/** What cannot be played is refused now, not when the leg is joined. */
function playing(context: LegContext, begin: () => Frames): JoinableLeg {
  begin();
  return new PlayingLeg(context, begin);
}
