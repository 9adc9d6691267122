import { defineConfig } from "vitest/config";

const setupFiles = ["./test/harness/setup.ts"];

/** Those that wait for SIP's longest timers most of their time. */
const signalling = [
  "bad-input",
  "endings",
  "recorded-invite",
  "signals",
  "sip-stack",
  "sipp",
  "trouble",
  "trunk-addresses",
].map((name) => `test/e2e/${name}.test.ts`);

/** Those that wait for what people hear after a while, and listen closely. */
const calls = ["browser/lost-browsers", "browser/lost-sockets", "call-features", "browser/bare-phones"].map(
  (name) => `test/e2e/${name}.test.ts`,
);

/** Those of one page and one server at a time, which leave a processor to a second one of them. */
const pages = [
  "browser/far-end",
  "browser/foreign-pages",
  "browser/loopback",
  "browser/ordinary-browser",
  "browser/sign-in",
  "namespace",
  "sign-in-attacks",
].map((name) => `test/e2e/${name}.test.ts`);

/**
 * `unit` needs npm alone; `e2e` drives real browsers and phones, one file after the other, `pages` two, `calls` all at once; `signalling` SIPp and
 * sockets, all files at once; `bundle` is for the end; `seeds` plays scenarios with many seeds, two files at once;
 * `soak` has the other long counts.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          setupFiles,
          include: [
            "packages/*/{src,test}/**/*.test.ts",
            "scripts/**/*.test.ts",
            "test/{harness,workspace}/**/*.test.ts",
          ],
          exclude: ["packages/*/test/soak/**"],
          maxWorkers: "100%",
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: "e2e",
          setupFiles,
          include: ["test/e2e/**/*.test.ts"],
          exclude: [...signalling, ...calls, ...pages],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "pages",
          setupFiles,
          include: pages,
          maxWorkers: 2,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "signalling",
          setupFiles,
          include: signalling,
          maxWorkers: signalling.length,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "calls",
          setupFiles,
          include: calls,
          maxWorkers: calls.length,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "bundle",
          setupFiles,
          include: ["test/bundle/**/*.test.ts"],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "seeds",
          setupFiles,
          include: ["packages/*/test/scenario/**/*.test.ts"],
          maxWorkers: 2,
          testTimeout: 1_800_000,
        },
      },
      {
        test: {
          name: "soak",
          setupFiles,
          include: ["packages/*/test/soak/**/*.test.ts", "test/soak/**/*.test.ts"],
          fileParallelism: false,
          testTimeout: 1_800_000,
        },
      },
    ],
  },
});
