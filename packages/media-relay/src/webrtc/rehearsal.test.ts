import { expect, test, vi } from "vitest";
import { systemClock } from "../kernel/clock.ts";
import { Handshake } from "./handshake.ts";
import { Rehearsal } from "./rehearsal.ts";

test("a rehearsal goes through to the end, connected, and closes itself", async () => {
  const close = vi.spyOn(Handshake.prototype, "close");
  const passwords = vi.spyOn(Handshake.prototype, "receive");
  const rehearsal = new Rehearsal(systemClock);
  rehearsal.start();
  await vi.waitFor(() => expect(close).toHaveBeenCalledOnce(), { timeout: 10_000 });
  const dtls = passwords.mock.calls.filter(([, bytes]) => bytes[0]! >= 20 && bytes[0]! < 64);
  expect(dtls.length).toBeGreaterThan(2);
  await rehearsal.close();
});
