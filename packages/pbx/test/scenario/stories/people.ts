import { annsNumber, type World } from "../world.ts";

/** A number that rings a second and then echoes. */
export const echo = "+12025550123";
/** Where the trunk is, in stories that play it themselves. */
export const trunkAt = "3.80.16.13";

/** So long a call takes until both talk. */
export const setupMs = 2500;

/** The trunk's handset: it stands where the Voice Connector is not. */
export const trunkOf = (world: World) => {
  const trunk = world.handsets.get(trunkAt);
  if (trunk === undefined) throw new Error("this story has no trunk of its own");
  return trunk;
};

/** Somebody on the telephone network calls Ann, and she answers. */
export async function callAnn(world: World) {
  const trunk = world.handsets.get(trunkAt) ?? (await world.handsetAt(trunkAt));
  const outside = trunk.dial(annsNumber);
  await world.clock.advance(setupMs);
  return { outside, inside: world.ann.last };
}

/** Ann calls Ben, who answers. */
export async function annCallsBen(world: World) {
  const anns = world.ann.dial("212");
  await world.clock.advance(setupMs);
  return { anns, bens: world.ben.last };
}

/** Both talk for half a second. */
export async function bothTalk({ clock }: World, ...calls: readonly { talk(count: number): Promise<void> }[]) {
  for (const call of calls) void call.talk(25);
  await clock.advance(700);
}

/** Lets time go on until something that was asked is answered. */
export async function settled<T>({ clock }: Pick<World, "clock">, asked: Promise<T>): Promise<T> {
  let isDone = false;
  const done = (): void => {
    isDone = true;
  };
  asked.then(done, done);
  for (let ms = 0; !isDone && ms < 40_000; ms += 20) await clock.advance(20);
  return asked;
}
