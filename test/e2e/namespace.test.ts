import { join } from "node:path";
import { expect, test } from "vitest";
import { runInNamespace } from "../harness/namespace.ts";

const interfaces = join(import.meta.dirname, "inside/interfaces.ts");

test("a namespace has loopback and the one address that was asked for", async () => {
  const inside = await runInNamespace(interfaces, { interface: "192.0.2.10/24" });
  expect(inside.lines, inside.output).toEqual([{ addresses: ["127.0.0.1", "192.0.2.10"] }]);
});

test("a namespace without an interface has loopback alone", async () => {
  const inside = await runInNamespace(interfaces);
  expect(inside.lines, inside.output).toEqual([{ addresses: ["127.0.0.1"] }]);
});
