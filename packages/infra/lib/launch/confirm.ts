import type { Parts } from "./parts.ts";

/** What is said where nobody can be asked. */
export const nobodyToAsk =
  "This is not a terminal, so the command cannot ask. Add --yes to continue without a question.";

/** Asks whether to go on. @returns whether the answer was yes; anything else is a no */
export async function isAgreed({ ask, tell }: Pick<Parts, "ask" | "tell">): Promise<boolean> {
  const answer = (await ask?.("Go on? (yes/no) ")) ?? "";
  const isYes = /^\s*y(es)?\s*$/i.test(answer);
  if (!isYes) tell("Nothing was changed.");
  return isYes;
}
