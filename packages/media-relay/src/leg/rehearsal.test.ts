import { expect, test, vi } from "vitest";
import { BrowserLegCore } from "./browser-leg.ts";
import { EchoLeg } from "./echo-leg.ts";
import { rehearse } from "./rehearsal.ts";

test("a rehearsal plays calls with both profiles to their end: everything is heard, sent back and counted, and is closed", async () => {
  const legs: BrowserLegCore[] = [];
  const open = BrowserLegCore.open;
  const opening = vi.spyOn(BrowserLegCore, "open").mockImplementation(async (...args) => {
    const leg = await open(...args);
    legs.push(leg);
    return leg;
  });
  const closed = [vi.spyOn(BrowserLegCore.prototype, "close"), vi.spyOn(EchoLeg.prototype, "close")];
  let turns = 0;
  await rehearse(async () => {
    turns += 1;
  });
  expect(opening).toHaveBeenCalledTimes(2);
  for (const leg of legs) {
    expect(leg.statistics()).toMatchObject({ received: { packets: 400, lost: 0 }, sent: { packets: 400 } });
  }
  expect(turns).toBe(40);
  for (const close of closed) expect(close).toHaveBeenCalledTimes(2);
});
