import type { LegId } from "@trunkline/media-relay";
import { describe, expect, test } from "vitest";
import type { Ending } from "../kernel/ending.ts";
import { mediaReports } from "./media-reports.ts";
import type { Talk } from "./talk.ts";

const leg = "1.1" as LegId;

/** Reports of a call in which two talk, and what came of them. */
function scene({ isTalking = true, isReplaced = false } = {}) {
  const ends: Ending[] = [];
  const said: string[] = [];
  const talk = {
    lost: (_: LegId, why?: string) => said.push(`lost: ${why}`),
    back: () => said.push("back"),
    interrupted: () => said.push("interrupted"),
    isAbsent: () => !isReplaced && said.some((one) => one.startsWith("lost")),
  } as unknown as Talk;
  const reports = mediaReports({
    talk: () => (isTalking ? talk : undefined),
    isTalking: () => isTalking,
    isCaller: () => false,
    sideOf: () => (isReplaced ? undefined : "callee"),
    stop: (why) => ends.push(why),
    onPlayed: () => {},
    onClosed: () => {},
  });
  return { ends, said, reports };
}

describe("a browser's audio", () => {
  test("that could not be connected ends the call, and says whose it was and what failed", () => {
    const { ends, reports } = scene();
    reports.onFailed!(leg, "ICE or DTLS failed");
    const words = "No audio connection could be made: ICE or DTLS failed.";
    expect(ends).toMatchObject([{ code: "media-failed", by: "callee", words }]);
  });

  test("that is lost may come back, and why it was lost is kept", () => {
    const { ends, said, reports } = scene();
    reports.onConnected!(leg);
    reports.onInterrupted!(leg);
    reports.onFailed!(leg, "consent lost");
    expect({ ends, said }).toEqual({ ends: [], said: ["back", "interrupted", "lost: consent lost"] });
  });

  test("whose worker is gone ends the call at once, and says so", () => {
    const { ends, reports } = scene();
    reports.onConnected!(leg);
    reports.onFailed!(leg, "the media worker ended", true);
    const words = "The audio connection was lost: the media worker ended.";
    expect(ends).toMatchObject([{ code: "media-lost", by: "callee", words }]);
  });

  test.each([false, true])(
    "that fails after its leg was replaced in a transfer costs nothing, for good: %s",
    (isFinal) => {
      const { ends, reports } = scene({ isReplaced: true });
      reports.onConnected!(leg);
      reports.onFailed!(leg, "consent lost", isFinal);
      expect(ends).toEqual([]);
    },
  );

  test("that fails while it rings elsewhere costs nothing", () => {
    const { ends, reports } = scene({ isTalking: false });
    reports.onFailed!(leg, "ICE or DTLS failed");
    expect(ends).toEqual([]);
  });
});
