import { pcmuAnnouncement } from "@trunkline/media-relay";
import { describe, expect, test } from "vitest";
import { type Attempt, answerFor, type DialRules } from "./dial-rules.ts";
import { answer, earlyMedia, echo, hangUp, play, refuse, ring, wait } from "./script.ts";

const announcement = pcmuAnnouncement(new Uint8Array(8000));
const rules: DialRules = { owned: ["+16185558387"], callingCountries: ["US", "GB"], callsPerSecond: 2, announcement };
const decide = (change: Partial<Attempt>) =>
  answerFor({ from: "+16185558387", to: "+12025550123", callsInLastSecond: 0, ...change }, rules);

test("any allowed number rings for a second with early media, answers and echoes", () => {
  expect(decide({})).toEqual([ring, wait(1000), answer(echo)]);
  expect(decide({ to: "+442079460958" })).toEqual(decide({}));
});

test.each([
  ["+15005550001", [refuse(486)]],
  ["+15005550002", [ring]],
  ["+15005550003", [refuse(404)]],
  ["+15005550004", [refuse(503)]],
  ["+15005550005", [earlyMedia(play(announcement)), wait(1000), refuse(480)]],
  ["+15005550006", [ring, wait(1000), answer(echo), wait(5000), hangUp]],
])("%s does what its entry says", (to, script) => {
  expect(decide({ to })).toEqual(script);
});

describe("refused before a number is reached", () => {
  test("a caller id that the account does not own, in the connector's own words", () => {
    expect(decide({ from: "+12125550100" })).toEqual([refuse(403, "Caller Id +12125550100 is not valid")]);
  });

  test("a caller id never puts more than a few harmless characters into the reason phrase", () => {
    expect(decide({ from: `a\r\nX: "b"${"c".repeat(100)}` })).toEqual([
      refuse(403, `Caller Id aXb${"c".repeat(29)} is not valid`),
    ]);
  });

  test.each(["+353123456789", "+88216000000", "+14165550123", "+1999"])(
    "a country that is not allowed or not known: %s",
    (to) => {
      expect(decide({ to })).toEqual([refuse(403, "Country is not allowed")]);
    },
  );

  test.each(["12025550123", "2025550123", "911", "0112025550123", "+0123", "", "anonymous"])(
    "what is not E.164: '%s'",
    (to) => {
      expect(decide({ to })).toEqual([refuse(404)]);
    },
  );

  test("a special number too, when the caller id is not owned", () => {
    expect(decide({ from: "+12125550100", to: "+15005550001" })).toMatchObject([{ status: 403 }]);
  });

  test("calls above the rate", () => {
    expect(decide({ callsInLastSecond: 1 })).toHaveLength(3);
    expect(decide({ callsInLastSecond: 2 })).toEqual([refuse(503)]);
  });
});
