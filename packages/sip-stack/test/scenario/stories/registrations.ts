import { equal } from "node:assert/strict";
import type { IncomingRequest } from "../../../src/index.ts";
import type { Scenario } from "../story.ts";

const grant = (incoming: IncomingRequest): void => {
  const { headers } = incoming.request;
  const contact = `${headers.get("Contact")};expires=${headers.get("Expires")}`;
  incoming.respond(200, { headers: [["Contact", contact]] });
};
const brief = (incoming: IncomingRequest): void => incoming.respond(423, { headers: [["Min-Expires", "3000"]] });
const isRemoval = ({ request }: IncomingRequest): boolean => request.headers.get("Expires") === "0";

/** Registers with Bob, who serves each REGISTER so; Alice closes after a while. */
const registered = (name: string, serve: (incoming: IncomingRequest) => void, closeMs: number): Scenario => ({
  name,
  play: async ({ alice, bob, clock }) => {
    bob.serve = serve;
    const registration = alice.register(bob);
    await clock.advance(closeMs);
    void registration.close();
    await clock.advance(40_000);
  },
  check: ({ alice }) => equal(alice.registrations[0]?.state, "ended"),
});

/** The registration stops with its user agent in a state of its own. */
const stopped = (name: string, serve: (incoming: IncomingRequest) => void, closeMs?: number): Scenario => ({
  name,
  play: async (world) => {
    const { alice, bob, clock } = world;
    bob.serve = serve;
    const registration = alice.register(bob);
    await clock.advance(closeMs ?? 3000);
    if (closeMs !== undefined) void registration.close();
    await alice.crash();
  },
  check: ({ alice }) => equal(alice.registrations[0]?.state, "ended"),
});

/** Bindings at a registrar. */
export const registrations: readonly Scenario[] = [
  registered("a registration that is refreshed and removed", grant, 700_000),
  registered("a registration that is refused, tried again, and given up", (incoming) => incoming.respond(503), 0),
  {
    name: "a registration that is refused for a while",
    play: async ({ alice, bob, clock }) => {
      bob.serve = (incoming) => (bob.requests.length < 3 ? incoming.respond(503) : grant(incoming));
      alice.register(bob);
      await clock.advance(300_000);
    },
    check: ({ alice }) => equal(alice.registrations[0]?.state, "registered"),
  },
  {
    name: "a registration that is refused and closed before the next attempt",
    play: async ({ alice, bob, clock }) => {
      bob.serve = (incoming) => incoming.respond(503);
      const registration = alice.register(bob);
      await clock.advance(10_000);
      void registration.close();
    },
  },
  {
    name: "a registration that is too brief",
    play: async ({ alice, bob, clock }) => {
      bob.serve = (incoming) => (bob.requests.length === 1 ? brief(incoming) : grant(incoming));
      alice.register(bob);
      await clock.advance(40_000);
    },
  },
  registered("a registration that is closed at once and granted", grant, 0),
  registered("a registration that is closed at once and too brief", brief, 0),
  registered(
    "a registration whose removal is refused",
    (incoming) => (isRemoval(incoming) ? incoming.respond(503) : grant(incoming)),
    5000,
  ),
  stopped("a registration that stops before an answer", () => {}),
  stopped("a registration that stops while it is up", grant),
  stopped("a registration that stops while it waits", (incoming) => incoming.respond(503)),
  stopped(
    "a registration that stops while it is being removed",
    (incoming) => isRemoval(incoming) || grant(incoming),
    3000,
  ),
  stopped("a registration that stops after it was closed without an answer", () => {}, 3000),
];
