import { expect, test, vi } from "vitest";
import { Peer } from "./peer.ts";
import { Rehearsal } from "./rehearsal.ts";

test("a rehearsal goes through to the end, connected, and closes itself", async () => {
  const close = vi.spyOn(Peer.prototype, "close");
  const receive = vi.spyOn(Peer.prototype, "receive");
  const rehearsal = new Rehearsal();
  rehearsal.start();
  await vi.waitFor(() => expect(close).toHaveBeenCalledOnce(), { timeout: 10_000 });
  const dtls = receive.mock.calls.filter(([, bytes]) => bytes[0]! >= 20 && bytes[0]! < 64);
  expect(dtls.length).toBeGreaterThan(2);
  await rehearsal.close();
});
