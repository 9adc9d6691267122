import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { fakeAccess, fakeOperations } from "../../test/fakes/operations.ts";
import { adminSocket } from "../admin/socket.ts";
import { PbxError } from "../kernel/errors.ts";
import type { HistoryQuery, Operations } from "../ops/operations.ts";
import type { ServerCommands } from "./program.ts";
import { runCommand } from "./run-command.ts";

let folder: string;
let socket: string;
let server: { close(): Promise<void> } | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cli-"));
  socket = join(folder, "a.sock");
  server = undefined;
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await server?.close();
  rmSync(folder, { recursive: true });
});

async function serve(changes: Partial<Operations> = {}): Promise<void> {
  server = await adminSocket({ path: socket, operations: fakeOperations(changes) });
}

const noServer: ServerCommands = {
  run: () => Promise.reject(new Error("not here")),
  loopback: () => Promise.reject(new Error("not here")),
  init: () => Promise.reject(new Error("not here")),
  check: () => Promise.reject(new Error("not here")),
};

type Run = { readonly status: number; readonly out: string; readonly err: string };

async function run(words: readonly string[], commands: Partial<ServerCommands> = {}): Promise<Run> {
  const out: string[] = [];
  const err: string[] = [];
  const terminal = { out: (text: string) => void out.push(text), err: (text: string) => void err.push(text) };
  const status = await runCommand(words, { ...noServer, ...commands }, terminal);
  return { status, out: out.join("\n"), err: err.join("\n") };
}

const ask = (...words: string[]): Promise<Run> => run([...words, "--socket", socket]);

describe("who may come in", () => {
  test.each([
    [["invite", "alice"], "https://phone.example.com/#join=TOKEN"],
    [["invite", "alice"], "It works once and expires at 2026-11-24 09:00:00 (UTC)."],
    [
      ["sessions"],
      "s1       alice  Chrome on Linux  passkey  p1       2026-11-23 09:00:00  2026-11-23 09:05:00  2027-02-21 09:00:00",
    ],
    [["sessions"], "p1       alice  Chrome on Linux  2026-11-22 09:00:00  2026-11-23 09:00:00"],
    [["sessions", "revoke", "s1"], "Ended: 1 session. Removed: 0 passkeys."],
    [["sessions", "revoke", "--user", "alice"], "Ended: 1 session. Removed: 1 passkey."],
  ] as const)("%j prints %s", async (words, line) => {
    await serve({ access: fakeAccess });
    const { status, out } = await ask(...words);
    expect([status, out.split("\n")]).toEqual([0, expect.arrayContaining([expect.stringContaining(line)])]);
  });

  test.each([
    [["invite", "nobody"], 1, 'There is no user "nobody".'],
    [["sessions", "revoke", "s9"], 1, "There is no session or passkey with the id s9."],
    [["sessions", "revoke"], 2, "error: name an id, or a --user"],
    [["sessions", "revoke", "s1", "--user", "alice"], 2, "error: name an id, or a --user"],
  ] as const)("%j ends with %d: %s", async (words, expected, error) => {
    await serve({ access: fakeAccess });
    const { status, err } = await ask(...words);
    expect([status, err.split("\n")[0]]).toEqual([expected, error]);
  });

  test.each([["invite", "alice"], ["sessions"], ["sessions", "revoke", "s1"]])(
    "%s says that nobody signs in where the one user is there already",
    async (...words) => {
      await serve();
      const { status, err } = await ask(...words);
      expect([status, err]).toEqual([1, "Loopback mode has no sign-in: its one user is already signed in."]);
    },
  );

  test("--json gives what the server says", async () => {
    await serve({ access: fakeAccess });
    expect(JSON.parse((await ask("sessions", "--json")).out)).toEqual(await fakeAccess.list());
  });
});

describe("what is asked of a running server", () => {
  test.each([
    [["status"], "Trunkline 0.1.0, loopback mode, up 2 h 3 min"],
    [["status"], "refused        stranger 3"],
    [["calls"], "c1  talking  inbound    +12025550123  +16185558387  2026-11-23 09:05:07  2026-11-23 09:05:12"],
    [["call", "c1"], "l1   local  confirmed  abc@192.0.2.10"],
    [["registrations"], "local  ws         127.0.0.1:4  2026-11-23 09:15:07  sip:x@y.invalid"],
    [["history"], "1 min 5 s  200  The call has ended."],
    [["refusals"], "INVITE  192.0.2.9:5060  not in trunk.allow"],
    [["trunk"], "192.0.2.10:5060  healthy  12 ms       200"],
    [["trunk"], "192.0.2.11:5060  silent   -           no answer"],
    [["ladder", "c1"], "  |--INVITE-->|"],
    [["hangup", "c1"], "The call was ended."],
    [["reload"], "Applied: 2 users, 1 numbers, and the rules."],
    [["reload"], "Restart to apply changes in: trunk."],
    [
      ["drain", "--seconds", "90"],
      "No new calls are accepted. The server stops when the active calls (1) have ended, within 1 min 30 s.",
    ],
  ])("%j is answered in aligned text", async (words, line) => {
    await serve();
    const { status, out, err } = await ask(...words);
    expect(out.split("\n").find((text) => text.includes(line))).toBeDefined();
    expect({ status, err }).toEqual({ status: 0, err: "" });
  });

  test.each([
    ["status"],
    ["calls"],
    ["call", "c1"],
    ["registrations"],
    ["history"],
    ["refusals"],
    ["trunk"],
    ["ladder", "c1"],
    ["hangup", "c1"],
    ["reload"],
    ["drain"],
  ])("%s %s is answered in JSON, wherever --json stands", async (...words) => {
    await serve();
    const given = words.filter((word) => word !== undefined);
    const after = await ask(...given, "--json");
    const before = await run(["--json", "--socket", socket, ...given]);
    expect(JSON.parse(after.out)).toEqual(JSON.parse(before.out));
    expect([after.status, before.status]).toEqual([0, 0]);
  });

  test("JSON is what operations told, unchanged", async () => {
    await serve();
    expect(JSON.parse((await ask("status", "--json")).out)).toEqual(await fakeOperations().status());
    expect(JSON.parse((await ask("call", "c1", "--json")).out)).toEqual(await fakeOperations().call("c1"));
  });

  test("an empty server is described in sentences", async () => {
    await serve({ calls: async () => [], registrations: async () => [], history: async () => [] });
    expect((await ask("calls")).out).toBe("There are no active calls.");
    expect((await ask("registrations")).out).toBe("No phone is online.");
    expect((await ask("history")).out).toBe("No calls have been made yet.");
  });

  test("history is asked for by user, number and time, page after page", async () => {
    const queries: HistoryQuery[] = [];
    await serve({
      history: async (query) => {
        queries.push(query);
        return [];
      },
    });
    await ask("history", "--limit", "7", "--number", "+12025550123", "--since", "2026-11-25", "--before", "c9");
    await ask("history", "--user", "alice");
    expect(queries).toEqual([
      { limit: 7, number: "+12025550123", since: "2026-11-25T00:00:00.000Z", before: "c9" },
      { limit: 50, user: "alice" },
    ]);
  });

  test("a trace prints what was and, asked to follow, what comes, until the server ends", async () => {
    const [past] = (await fakeOperations().trace({ limit: 1 })) ?? [];
    await serve({
      follow: (call, hear) => {
        hear({ ...past!, direction: "out", ...(call !== undefined && { call }), leg: "b1", outcome: "failed" });
        return () => {};
      },
    });
    const out: string[] = [];
    const err: string[] = [];
    const show = (text: string): void => {
      out.push(...text.split("\n"));
      if (text.includes("leg b1")) void server?.close();
    };
    const words = ["trace", "--call", "c1", "--follow", "--socket", socket];
    expect(await runCommand(words, noServer, { out: show, err: (text) => err.push(text) })).toBe(1);
    server = undefined;
    expect(err).toEqual(["The server has ended the connection."]);
    expect(out).toEqual([
      "--- 2026-11-23T09:05:07.123Z  udp 192.0.2.10:5060 -> 127.0.0.1:5060  call c1 leg a",
      "INVITE sip:+16185558387@127.0.0.1 SIP/2.0",
      "Content-Length: 0",
      "",
      "--- 2026-11-23T09:05:07.123Z  udp 127.0.0.1:5060 -> 192.0.2.10:5060  call c1 leg b1  failed",
      "INVITE sip:+16185558387@127.0.0.1 SIP/2.0",
      "Content-Length: 0",
      "",
    ]);
  });

  test("a call that is over is told with what each end got", async () => {
    await serve();
    const { out } = await ask("call", "c0");
    expect(out.split("\n")).toEqual([
      "id         c0",
      "direction  outbound",
      "from       local",
      "to         +12025550199",
      "started    2026-11-23 08:00:00",
      "rung       2026-11-23 08:00:01",
      "answered   2026-11-23 08:00:05 by b1",
      "ended      2026-11-23 08:01:10 by caller",
      "changed    2026-11-23 08:00:30 leg a was replaced by c1, by a takeover",
      "changed    2026-11-23 08:00:50 leg b1 was replaced by d1, by an attended transfer of call c7",
      "why        The call has ended. (hung-up, SIP 200, Q.850 16)",
      "",
      "LEG  PARTY         ADDRESS              RECEIVED  LOST  JITTER  MOS  SENT  MOS  ROUND TRIP  SIP CALL-ID",
      "a    local         ws 127.0.0.1:4       3250      2     3 ms    4.4  3248  -    21 ms       abc",
      "b1   +12025550199  udp 192.0.2.10:5060  -         -     -       -    -     -    -           def",
    ]);
  });

  test("an id reaches the server as it was given, whatever it holds", async () => {
    const asked: string[] = [];
    await serve({ call: async (id) => void asked.push(id) });
    expect(await ask("call", "../status?x=1#y")).toMatchObject({ status: 1, out: "" });
    expect(asked).toEqual(["../status?x=1#y"]);
  });

  test.each([["call"], ["hangup"], ["ladder"]])("%s of a call that is not there fails in words", async (command) => {
    await serve();
    expect(await ask(command, "nope")).toEqual({ status: 1, out: "", err: "There is no call with the id nope." });
  });

  test("a faulty configuration is told line for line, and loopback mode has none", async () => {
    const faults = "t.yaml:3: trunk.host: must be a host name\nt.yaml:9: users: must name at least one user";
    await serve({
      reload: async () => {
        throw new PbxError("CONFIG_FAULTY", faults);
      },
    });
    expect(await ask("reload")).toEqual({ status: 2, out: "", err: faults });
  });

  test("with --json a failure is JSON too, apart from the output", async () => {
    await serve();
    const { status, out, err } = await ask("call", "nope", "--json");
    expect({ status, out }).toEqual({ status: 1, out: "" });
    expect(JSON.parse(err)).toEqual({
      error: { code: "ADMIN_REFUSED", message: "There is no call with the id nope." },
    });
  });

  test("a server that fails says so and no more", async () => {
    await serve({ calls: () => Promise.reject(new Error("secret")) });
    expect(await ask("calls")).toEqual({ status: 1, out: "", err: "The server failed. Its log says why." });
  });
});

describe("simulate call", () => {
  const call = { id: "s1", outcome: "answered", status: 200, words: "OK" } as const;

  test("says when somebody answers", async () => {
    const asked: object[] = [];
    await serve({
      simulateCall: async (numbers) => {
        asked.push(numbers);
        return call;
      },
    });
    const { status, out } = await ask("simulate", "call", "--from", "+12025550123", "--to", "+16185558387");
    expect({ status, out }).toEqual({ status: 0, out: "The call s1 was answered: 200 OK" });
    expect(asked).toEqual([{ from: "+12025550123", to: "+16185558387" }]);
  });

  test("fails, with its words, when nobody does", async () => {
    await serve({
      simulateCall: async () => ({ ...call, outcome: "refused", status: 486, words: "The line is busy." }),
    });
    expect(await ask("simulate", "call")).toEqual({
      status: 1,
      out: "The call s1 was refused: 486 The line is busy.",
      err: "",
    });
    const { status, out } = await ask("simulate", "call", "--json");
    expect([status, JSON.parse(out).status]).toEqual([1, 486]);
  });

  test("is refused in words by a server with a real trunk", async () => {
    await serve();
    expect(await ask("simulate", "call")).toMatchObject({
      status: 1,
      err: "Calls are simulated in loopback mode only.",
    });
  });
});

describe("when no server runs", () => {
  test("the socket is named and how to start one", async () => {
    const { status, out, err } = await ask("status");
    expect({ status, out }).toEqual({ status: 1, out: "" });
    expect(err).toContain(`No running server can be reached at ${socket}: there is no such socket.`);
    expect(err).toContain("trunkline loopback");
    const told = await ask("status", "--json");
    expect(JSON.parse(told.err).error.code).toBe("ADMIN_UNREACHABLE");
  });

  test("something else that answers on the socket is no server", async () => {
    for (const answer of [
      "220 mail\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{",
    ]) {
      const stranger = createServer((peer) => peer.resume().end(answer)).listen(socket);
      const { status, err } = await ask("status", "--json");
      expect([status, JSON.parse(err).error.code]).toEqual([1, "ADMIN_UNREACHABLE"]);
      await new Promise((closed) => stranger.close(closed));
    }
  });
});

describe("wrong use ends with 2", () => {
  test.each([
    ["no command", []],
    ["an unknown command", ["frobnicate"]],
    ["a command of a later version", ["teleport"]],
    ["a time to drain that is no number", ["drain", "--seconds", "soon"]],
    ["an unknown option", ["status", "--frob"]],
    ["a time that is none", ["history", "--since", "yesterday"]],
    ["a missing argument", ["call"]],
    ["one argument too many", ["call", "a", "b"]],
    ["a missing option", ["run"]],
    ["a port that is none", ["loopback", "--http-port", "70000"]],
    ["a port that is no number", ["loopback", "--sip-port", "1e3"]],
    ["a limit of nothing", ["history", "--limit", "0"]],
    ["a number without its country", ["simulate", "call", "--from", "2025550123"]],
    ["simulate without what", ["simulate"]],
  ])("%s", async (_what, words) => {
    const { status, err } = await run(words);
    expect(status).toBe(2);
    expect(err).not.toBe("");
  });

  test.each([[["--help"]], [["simulate", "call", "--help"]]])("%j is no wrong use", async (words) => {
    const { status, out } = await run(words);
    expect(status).toBe(0);
    expect(out).toContain("--json");
    expect(out).toContain("--socket <path>");
  });
});

describe("the commands that are a server", () => {
  test("run is given the file, and the socket only when the person named one", async () => {
    const given: unknown[] = [];
    const commands = { run: async (...all: unknown[]) => void given.push(all) };
    await run(["run", "--config", "a.yaml"], commands);
    await run(["run", "--config", "b.yaml", "--socket", "b.sock"], commands);
    expect(given).toEqual([
      ["a.yaml", {}],
      ["b.yaml", { socket: "b.sock" }],
    ]);
  });

  test("TRUNKLINE_SOCKET names the socket, --socket names it again", async () => {
    vi.stubEnv("TRUNKLINE_SOCKET", socket);
    const given: unknown[] = [];
    const commands = { run: async (...all: unknown[]) => void given.push(all) };
    await serve();
    expect((await run(["status"])).status).toBe(0);
    expect((await run(["status", "--socket", `${socket}.other`])).err).toContain(
      `${socket}.other: there is no such socket`,
    );
    await run(["run", "--config", "a.yaml"], commands);
    expect(given).toEqual([["a.yaml", { socket }]]);
  });

  test("loopback has its defaults", async () => {
    const given: unknown[] = [];
    const commands = { loopback: async (options: unknown) => void given.push(options) };
    await run(["loopback"], commands);
    await run(
      ["loopback", "--http-port", "0", "--sip-port", "5070", "--address", "127.0.0.2", "--socket", "x"],
      commands,
    );
    expect(given).toEqual([
      { httpPort: 8080, sipPort: 5060, address: "127.0.0.1", socket: "./trunkline.sock" },
      { httpPort: 0, sipPort: 5070, address: "127.0.0.2", socket: "x" },
    ]);
  });

  test.each([
    ["BIND_FAILED", 1],
    ["CONFIG_FAULTY", 2],
    ["CONFIG_UNREADABLE", 2],
  ] as const)("%s ends with %d, in words", async (code, expected) => {
    const commands = { run: () => Promise.reject(new PbxError(code, "It does not work.")) };
    const { status, out, err } = await run(["run", "--config", "a.yaml"], commands);
    expect({ status, out, err }).toEqual({ status: expected, out: "", err: "It does not work." });
  });

  test("check prints every fault and ends with 2, or says that there is none", async () => {
    const faults = ["a.yaml:3: unknown key sipp", "a.yaml:7: not a number"];
    const faulty = { check: async () => faults };
    expect(await run(["check", "--config", "a.yaml"], faulty)).toEqual({ status: 2, out: faults.join("\n"), err: "" });
    const told = await run(["check", "--config", "a.yaml", "--json"], faulty);
    expect([told.status, JSON.parse(told.out)]).toEqual([2, { faults }]);
    const good = await run(["check", "--config", "a.yaml"], { check: async () => [] });
    expect(good).toEqual({ status: 0, out: "The configuration is good.", err: "" });
  });
});
