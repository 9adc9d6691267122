import { expect, test, vi } from "vitest";
import { FakeClock } from "../testing/index.ts";
import { Peer } from "./peer.ts";
import { Rehearsal } from "./rehearsal.ts";

test.each(["relay-offers", "browser-offers"] as const)(
  "a rehearsal in which the %s goes through to the end",
  async (role) => {
    const close = vi.spyOn(Peer.prototype, "close");
    const receive = vi.spyOn(Peer.prototype, "receive");
    const rehearsal = new Rehearsal(role, new FakeClock());
    await rehearsal.play();
    expect(close).toHaveBeenCalledOnce();
    const dtls = receive.mock.calls.filter(([, bytes]) => bytes[0]! >= 20 && bytes[0]! < 64);
    expect(dtls.length).toBeGreaterThan(2);
    await rehearsal.close();
    vi.restoreAllMocks();
  },
);

test("one that never comes to its end is over nevertheless, and leaves no timer", async () => {
  vi.spyOn(Peer.prototype, "receive").mockImplementation(() => {});
  const clock = new FakeClock();
  const played = new Rehearsal("relay-offers", clock).play();
  await clock.advance(2000);
  await played;
  expect(clock.pending).toBe(0);
  vi.restoreAllMocks();
});

test("one that is closed before it begins does not begin", async () => {
  const describe = vi.spyOn(Peer.prototype, "offer");
  const clock = new FakeClock();
  const rehearsal = new Rehearsal("relay-offers", clock);
  await rehearsal.close();
  await rehearsal.play();
  expect([clock.pending, describe.mock.calls.length]).toEqual([0, 0]);
  vi.restoreAllMocks();
});
