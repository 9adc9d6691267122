import { readFileSync } from "node:fs";
import { type Announcement, wavAnnouncement } from "@trunkline/media-relay";
import { z } from "zod";
import { messageOf } from "../kernel/errors.ts";

/** The path of a WAV file that can be played into a call: 8000 Hz, one channel, PCM of 16 bits or mu-law. */
export const recording = z
  .string({ error: "must be the path of a WAV file" })
  .transform((path, context): Announcement => {
    try {
      return wavAnnouncement(readFileSync(path));
    } catch (error) {
      const why = `"${path}" cannot be played: ${messageOf(error)} (needed: WAV, 8000 Hz, one channel, 16 bits or mu-law)`;
      context.addIssue({ code: "custom", message: why });
      return z.NEVER;
    }
  });
