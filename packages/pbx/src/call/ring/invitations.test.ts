import { FakeClock } from "@trunkline/sip-stack/testing";
import { expect, test } from "vitest";
import type { LegOwner } from "../leg.ts";
import type { CallServices } from "../services.ts";
import type { Target } from "../target.ts";
import { type InvitationParts, Invitations } from "./invitations.ts";
import type { RingUser } from "./ring.ts";

const target = (name: string): Target =>
  ({ kind: "peer", user: { name, displayName: name }, address: { address: "10.1.0.1", port: 5060 } }) as Target;

/** Invitations of which each offer is made when the test says so. */
function scene() {
  const made: (() => void)[] = [];
  const invited: { onAnswered(response: undefined, sdp: string): void }[] = [];
  const offer = (): Promise<string> => new Promise((resolve) => made.push(() => resolve("offer")));
  const services = {
    clock: new FakeClock(),
    publicAddress: "198.51.100.204",
    originOf: () => undefined,
    agent: { call: ({ user }: { user: (typeof invited)[number] }) => invited.push(user) && { hangUp: () => {} } },
  };
  const parts = {
    services: services as unknown as CallServices,
    media: { addLegs: async (peers: readonly unknown[]) => peers.map(() => ({ offer })) },
    from: { kind: "trunk", number: "+12025550123" },
    passedOn: { maxForwards: 70, headers: [] },
    ringMs: 20_000,
    letter: "b",
    owner: {} as LegOwner,
    next: (task: () => Promise<unknown>) => void task(),
    onInvited: () => {},
  } as unknown as InvitationParts;
  const lost: string[] = [];
  const user: RingUser = {
    onRing: () => {},
    onWon: () => {},
    onLost: ({ code }) => lost.push(code),
    onWinnerEnded: () => {},
  };
  const makeOffer = async (): Promise<void> => {
    await Promise.resolve();
    made.shift()?.();
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  };
  return { clock: services.clock, invitations: new Invitations(parts, user), invited, lost, makeOffer };
}

const two = { targets: [target("ann"), target("ben")], otherwise: { code: "busy" } } as never;

test("nobody is invited any more once somebody has answered, though the offer was being made", async () => {
  const { invitations, invited, makeOffer } = scene();
  const inviting = invitations.invite(two);
  await makeOffer();
  invited[0]?.onAnswered(undefined, "answer");
  await makeOffer();
  await inviting;
  expect(invited).toHaveLength(1);
});

test("nobody is invited any more when the time to ring is over", async () => {
  const { clock, invitations, invited, lost, makeOffer } = scene();
  const inviting = invitations.invite(two);
  await makeOffer();
  await clock.advance(20_000);
  await makeOffer();
  await inviting;
  expect([invited.length, lost]).toEqual([1, ["no-answer"]]);
});
