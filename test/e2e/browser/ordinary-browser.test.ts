import { join } from "node:path";
import { expect, test } from "vitest";
import { runInNamespace } from "../../harness/namespace.ts";
import { voice } from "./hears.ts";

const inside = (file: string): string => join(import.meta.dirname, "../inside", file);

test("a browser that may not use loopback for sound makes a call over the machine's one interface", async () => {
  const { lines, output } = await runInNamespace(inside("echo-call.ts"), { interface: "192.0.2.10/24" });
  expect(lines, output).toEqual([{ rangIn: "Ringing…", echo: voice, reason: "You hung up.", exit: 0 }]);
});

test("with no interface but loopback the page says why there can be no sound, for calls either way", async () => {
  const { lines, output } = await runInNamespace(inside("no-network.ts"));
  const words = "No network path for audio was found. Check this device's network or firewall.";
  const caller = { id: expect.any(String), outcome: "refused", status: 480, words: "Nobody answered." };
  expect(lines, output).toEqual([{ outgoing: words, incoming: words, caller, exit: 0 }]);
});
