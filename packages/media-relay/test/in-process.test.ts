import { describe } from "vitest";
import { relayInProcess } from "../src/index.ts";
import { conformance, staysClosed } from "./conformance.ts";

describe("a relay in one thread", () => {
  const network = "127.41.0.1";
  const open = async () =>
    relayInProcess({
      plain: { bind: network, ports: [10_000, 10_999] },
      browser: { hosts: [network], ports: [20_000, 20_999] },
    });
  conformance({ network, open });
  staysClosed(open);
});
