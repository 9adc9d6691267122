import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const script = fileURLToPath(new URL("./leaves-nothing.ts", import.meta.url));

test("a process that has closed its relays ends by itself: no socket, timer or thread is left", {
  timeout: 25_000,
}, async () => {
  // What DTLS sent last is repeated for 33 seconds where nobody ends that.
  const { stdout } = await promisify(execFile)(process.execPath, [script, "127.43.0.1"], { timeout: 20_000 });
  expect(stdout).toBe("1 4 2\n1 4 2\nclosed\n");
});
