import { readFileSync } from "node:fs";
import { wavAnnouncement } from "@trunkline/media-relay";
import { z } from "zod";
import type { Unanswered } from "../domain/user.ts";
import { messageOf } from "../kernel/errors.ts";

const named = z.union([z.enum(["announcement", "reject"]), z.strictObject({ play: z.string().min(1).max(4096) })], {
  error: "must be announcement, reject or { play: FILE.wav }",
});

/** What a caller gets whom nobody answers. A file is read once: WAV, 8000 Hz, one channel, PCM of 16 bits or mu-law. */
export const unanswered = named.transform((given, context): Unanswered => {
  if (typeof given === "string") return given;
  try {
    return { play: wavAnnouncement(readFileSync(given.play)) };
  } catch (error) {
    const needed = "needed: WAV, 8000 Hz, one channel, 16 bits or mu-law";
    const message = `"${given.play}" cannot be played: ${messageOf(error)} (${needed})`;
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  }
});
