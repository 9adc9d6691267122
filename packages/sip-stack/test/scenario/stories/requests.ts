import { equal } from "node:assert/strict";
import type { IncomingRequest } from "../../../src/index.ts";
import type { Scenario } from "../story.ts";

/** Answers late, with 100 meanwhile as RFC 4320 section 4.1 allows. */
const late =
  (after: (ms: number, task: () => void) => void, finalMs: number | undefined) =>
  (incoming: IncomingRequest): void => {
    for (const ms of [3500, 5000]) after(ms, () => incoming.respond(100));
    if (finalMs !== undefined) after(finalMs, () => incoming.respond(200));
  };

/** Requests beside calls and in them. */
export const requests: readonly Scenario[] = [
  {
    name: "OPTIONS that is answered",
    play: async ({ alice, bob }) => void alice.request(bob, "OPTIONS"),
    check: ({ bob }) => equal(bob.requests.length, 1),
  },
  {
    name: "OPTIONS that is answered late",
    play: async ({ alice, bob, clock }) => {
      bob.serve = late((ms, task) => clock.after(ms, task), 15_000);
      void alice.request(bob, "OPTIONS");
      await clock.advance(20_000);
    },
  },
  {
    name: "OPTIONS that is never answered",
    play: async ({ alice, bob, clock }) => {
      bob.serve = (incoming) => {
        if (bob.requests.length > 1) late((ms, task) => clock.after(ms, task), undefined)(incoming);
      };
      void alice.request(bob, "OPTIONS");
      void alice.request(bob, "OPTIONS");
      await clock.advance(40_000);
    },
  },
  {
    name: "OPTIONS to somebody who is not there",
    play: async (world) => {
      world.part(world.alice, world.bob);
      void world.alice.request(world.bob, "OPTIONS");
      await world.pass(40_000);
    },
  },
  {
    name: "INFO from both sides of a call",
    play: async (world) => {
      const { hers, his } = await world.talking();
      void hers.call.request("INFO");
      void his?.call.request("INFO");
      await world.pass(2000);
    },
    check: ({ alice, bob }) => equal(`${alice.legs[0]?.requests.length} ${bob.taken[0]?.leg.requests.length}`, "1 1"),
  },
];
