import { expect, test } from "vitest";
import { fakeOperations } from "../../test/fakes/operations.ts";
import type { TraceView } from "../ops/operations.ts";
import { followedTrace } from "./follow.ts";

async function opened() {
  const [message] = (await fakeOperations().trace({ limit: 1 })) ?? [];
  let hear: (message: TraceView) => void = () => {};
  let isFollowed = true;
  const follow = (_: string | undefined, listener: typeof hear) => {
    hear = listener;
    return () => {
      isFollowed = false;
    };
  };
  const lines = followedTrace({ follow }, "c1");
  return { lines, say: () => hear(message!), message: message!, isFollowed: () => isFollowed };
}

test("each message is a line, and a reader who goes away is told no more", async () => {
  const { lines, say, message, isFollowed } = await opened();
  const read = lines[Symbol.asyncIterator]();
  say();
  const first = await read.next();
  expect(JSON.parse(String(first.value))).toEqual(message);
  lines.destroy();
  await new Promise((resolve) => lines.once("close", resolve));
  expect(isFollowed()).toBe(false);
});

test("a reader who is slow costs a bounded number of messages, and learns how many were left out", async () => {
  const { lines, say } = await opened();
  for (let count = 0; count < 5000; count += 1) say();
  let text = "";
  lines.on("data", (chunk: Buffer) => {
    text += chunk.toString();
  });
  await expect.poll(() => text.split("\n").length).toBe(1001);
  say();
  await expect.poll(() => text.split("\n").length).toBe(1002);
  expect(JSON.parse(text.trimEnd().split("\n").at(-1) ?? "")).toMatchObject({ leftOut: 4000 });
  lines.destroy();
});
