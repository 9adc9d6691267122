import { anything } from "./stories/anything.ts";
import { callEnds } from "./stories/call-ends.ts";
import { crashes } from "./stories/crashes.ts";
import { earlyEnds } from "./stories/early-ends.ts";
import { forks } from "./stories/forks.ts";
import { negotiations } from "./stories/negotiations.ts";
import { oddities } from "./stories/oddities.ts";
import { proofs } from "./stories/proofs.ts";
import { registrations } from "./stories/registrations.ts";
import { reliableRings } from "./stories/reliable-rings.ts";
import { requests } from "./stories/requests.ts";
import { sessions } from "./stories/sessions.ts";
import { transfers } from "./stories/transfers.ts";
import type { Scenario } from "./story.ts";

/** Every story; a seed picks one by its remainder. */
export const scenarios: readonly Scenario[] = [
  ...callEnds,
  ...earlyEnds,
  ...negotiations,
  ...reliableRings,
  ...sessions,
  ...forks,
  ...crashes,
  ...registrations,
  ...requests,
  ...transfers,
  ...proofs,
  ...oddities,
  ...anything,
];
