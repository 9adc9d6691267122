import { describe, expect, test } from "vitest";
import { formatMessage } from "../message/format.ts";
import { parseMessage } from "../message/parse.ts";
import { FakeClock } from "./fake-clock.ts";
import { memoryNetwork } from "./memory-network.ts";
import { request } from "./request.ts";
import { seededRandom } from "./seeded-random.ts";

const one = { address: "10.0.0.1", port: 1000 };
const other = { address: "10.0.0.2", port: 2000 };
const deaf = { onDatagram: () => {}, onError: () => {} };

describe("FakeClock", () => {
  test("tasks run in order of time, those of one time in order of asking, cancelled ones never", async () => {
    const clock = new FakeClock();
    const ran: string[] = [];
    clock.after(20, () => ran.push(`late ${clock.nowMs()}`));
    clock.after(10, () => ran.push("first"));
    clock.after(10, () => ran.push("second"));
    const cancel = clock.after(10, () => ran.push("never"));
    cancel();
    cancel();
    await clock.advance(15);
    expect([ran, clock.pending, clock.nowMs()]).toEqual([["first", "second"], 1, 15]);
    await clock.advance(5);
    expect(ran).toEqual(["first", "second", "late 20"]);
  });

  test("what awaits between two tasks gets its turn, and tasks that tasks start run too", async () => {
    const clock = new FakeClock();
    const ran: string[] = [];
    clock.after(10, async () => {
      await Promise.resolve();
      ran.push("after an await");
      clock.after(5, () => ran.push("started later"));
    });
    clock.after(11, () => ran.push("next"));
    await clock.advance(20);
    expect(ran).toEqual(["after an await", "next", "started later"]);
  });
});

describe("seededRandom", () => {
  test("the same seed gives the same bytes, another seed others", () => {
    expect(seededRandom(7)(16)).toEqual(seededRandom(7)(16));
    expect(seededRandom(7)(16)).not.toEqual(seededRandom(8)(16));
    const random = seededRandom(1);
    const mean = Array.from({ length: 1000 }, () => random.fraction()).reduce((sum, value) => sum + value, 0) / 1000;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.05);
  });
});

describe("memoryNetwork", () => {
  test("datagrams arrive after the delay as copies, with their sender", async () => {
    const clock = new FakeClock();
    const network = memoryNetwork({ clock, delayMs: 30 });
    const got: unknown[] = [];
    const from = await network.bind(one, deaf);
    await network.bind(other, {
      onDatagram: (bytes, sender) => got.push([...bytes, sender, clock.nowMs()]),
      onError: () => {},
    });
    const bytes = Uint8Array.of(1, 2);
    from.send(bytes, other);
    bytes.fill(9);
    await clock.advance(29);
    expect(got).toEqual([]);
    await clock.advance(1);
    expect(got).toEqual([[1, 2, one, 30]]);
  });

  test("port 0 takes a free port, a taken one is refused, a closed one is free again and silent", async () => {
    const clock = new FakeClock();
    const network = memoryNetwork({ clock });
    const [first, second] = [
      await network.bind({ ...one, port: 0 }, deaf),
      await network.bind({ ...one, port: 0 }, deaf),
    ];
    expect(first.local.port).not.toBe(second.local.port);
    await expect(network.bind(first.local, deaf)).rejects.toThrow("EADDRINUSE");
    first.close();
    first.send(Uint8Array.of(1), second.local);
    expect(network.sent).toBe(0);
    await expect(network.bind(first.local, deaf)).resolves.toBeDefined();
  });

  test("loss, duplication and reordering follow the seed and are shown to observers", async () => {
    const run = async (seed: number) => {
      const clock = new FakeClock();
      const network = memoryNetwork({ clock, seed, loss: 0.3, duplicate: 0.3, reorder: 0.3 });
      const got: number[] = [];
      const seen: boolean[] = [];
      network.observe(({ lost }) => seen.push(lost));
      const from = await network.bind(one, deaf);
      await network.bind(other, { onDatagram: (bytes) => got.push(bytes[0] ?? -1), onError: () => {} });
      for (let number = 0; number < 100; number += 1) from.send(Uint8Array.of(number), other);
      await clock.advance(100);
      return { got, seen, lost: network.lost, sent: network.sent };
    };
    const [first, same, different] = [await run(1), await run(1), await run(2)];
    expect(first).toEqual(same);
    expect(first.got).not.toEqual(different.got);
    expect(first.sent).toBe(100);
    expect(first.seen.filter(Boolean)).toHaveLength(first.lost);
    expect(new Set(first.got).size).toBe(100 - first.lost);
    expect(first.got.length).toBeGreaterThan(100 - first.lost);
    expect(first.got).not.toEqual(first.got.toSorted((a, b) => a - b));
  });

  test("a partition loses what it cuts until it heals, and tells the sender where it is asked to", async () => {
    const clock = new FakeClock();
    const network = memoryNetwork({ clock });
    const heard: unknown[] = [];
    const onError = (cause: Error, to: unknown) => heard.push(cause.message, to);
    const from = await network.bind(one, { onDatagram: () => {}, onError });
    const back = await network.bind(other, { onDatagram: (bytes) => heard.push(bytes[0]), onError });
    const healSilence = network.partition((sender) => sender.port === one.port);
    from.send(Uint8Array.of(1), other);
    back.send(Uint8Array.of(2), one);
    await clock.advance(1);
    expect([heard, network.lost]).toEqual([[], 1]);
    healSilence();
    const heal = network.partition((_, to) => to.port === other.port, "told");
    from.send(Uint8Array.of(3), other);
    await clock.advance(1);
    expect(heard).toEqual(["EHOSTUNREACH", other]);
    heal();
    from.send(Uint8Array.of(4), other);
    await clock.advance(1);
    expect(heard.at(-1)).toBe(4);
  });

  test("a socket bound to the wildcard address hears what is sent to any", async () => {
    const clock = new FakeClock();
    const network = memoryNetwork({ clock });
    const got: number[] = [];
    await network.bind(
      { address: "0.0.0.0", port: 5060 },
      { onDatagram: (bytes) => got.push(bytes.length), onError: () => {} },
    );
    const from = await network.bind(one, deaf);
    from.send(Uint8Array.of(1), { address: "10.9.9.9", port: 5060 });
    from.send(Uint8Array.of(1), { address: "10.9.9.9", port: 5061 });
    await clock.advance(0);
    expect(got).toEqual([1]);
  });
});

test("a built request can be read back and takes overrides", () => {
  const built = request("INVITE", "sip:a@b", { "X-New": "1", Contact: "", body: "v=0" });
  const read = parseMessage(formatMessage(built));
  expect(read.ok && read.value.headers.get("X-New")).toBe("1");
  expect(read.ok && read.value.headers.has("Contact")).toBe(false);
  expect(read.ok && Buffer.from(read.value.body).toString()).toBe("v=0");
});
