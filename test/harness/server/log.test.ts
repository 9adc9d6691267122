import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { readLog } from "./log.ts";

test("a line is found whether it came before or comes after the question", async () => {
  const output = new PassThrough();
  const log = readLog(output);
  output.write('{"msg":"ready","http":1}\nplain text\n');
  expect(await log.waitFor((line) => line.msg === "ready")).toEqual({ msg: "ready", http: 1 });
  expect((await log.waitFor((line) => line.msg === "ready")).http).toBe(1);
  const later = log.waitFor((line) => line.msg === "call");
  output.write('{"msg":"call"}\n');
  expect(await later).toEqual({ msg: "call" });
  expect(log.text()).toContain("plain text");
});

test("a program that ends without the line is reported with what it wrote", async () => {
  const output = new PassThrough();
  const log = readLog(output);
  const waiting = log.waitFor((line) => line.msg === "ready");
  output.end("port taken\n");
  await expect(waiting).rejects.toThrow("port taken");
  await expect(log.waitFor(() => true)).rejects.toThrow("ended without");
});
