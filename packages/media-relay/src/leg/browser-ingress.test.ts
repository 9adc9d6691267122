import { describe, expect, test } from "vitest";
import type { Address } from "../kernel/datagrams.ts";
import { Tally } from "../kernel/refusals.ts";
import { integrityBytes, integrityOf } from "../stun/integrity.ts";
import { messageType, typeOf } from "../stun/message.ts";
import type { IceRole } from "../stun/request.ts";
import { writeRequest, writeSuccess } from "../stun/write.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { seededRandom } from "../testing/seeded-random.ts";
import type { ChosenPath } from "../webrtc/handshake.ts";
import { BrowserIngress } from "./browser-ingress.ts";
import { IceUsers } from "./ice-users.ts";

const random = seededRandom(1);
const browser: Address = { address: "10.1.0.1", port: 4000 };
const elsewhere: Address = { address: "10.9.9.9", port: 4000 };
const first = { fragment: "frst", password: "first password" };
const second = { fragment: "scnd", password: "second password" };
const path: ChosenPath = {
  host: 0,
  to: browser,
  ours: first,
  theirs: { fragment: "them", password: "their password" },
  role: "controlled",
  tieBreaker: 7n,
};
const dtls = (type: number): Uint8Array => Uint8Array.of(type, 0xfe, 0xfd, 0, 0);

function request(changes: { readonly user?: typeof first; readonly password?: string; readonly role?: IceRole } = {}) {
  const { user = first, password = user.password, role = "controlling" } = changes;
  return writeRequest({ transaction: random(12), username: `${user.fragment}:them`, role, tieBreaker: 1n, password });
}

/** An ingress and what became of each datagram that it took. */
function sorting(state: { readonly path?: ChosenPath; readonly hasKeys?: boolean } = {}) {
  const tally = new Tally();
  const clock = new FakeClock();
  const users = new IceUsers();
  users.add(first);
  const went: string[] = [];
  const replies: Uint8Array[] = [];
  const ingress = new BrowserIngress(tally, clock, {
    users,
    path: state.path,
    hasKeys: state.hasKeys ?? false,
    relocation: {
      heardOnPath: () => {},
      askedFrom: () => went.push("looked for"),
      mediaFrom: () => {},
      take: () => false,
    },
    onResponse: (bytes) => bytes[8] === 1 && went.push("consent") > 0,
    onHandshake: () => went.push("handshake"),
    reply: (_host, bytes) => {
      went.push("replied");
      replies.push(bytes);
    },
    onRtp: () => went.push("rtp"),
    onRtcp: () => went.push("rtcp"),
  });
  const take = (bytes: Uint8Array, from = browser, host = 0): string | undefined => {
    const before = went.length;
    ingress.take(host, bytes, from);
    return went[before] ?? Object.keys(tally.refused).at(-1);
  };
  return { take, users, replies, clock, tally, went };
}

describe("a question with our password", () => {
  test("goes to the handshake before there is a path", () => {
    expect(sorting().take(request())).toBe("handshake");
  });

  test("that only repeats what the path rests on is answered here", () => {
    const { take, replies } = sorting({ path });
    const asked = request();
    expect(take(asked)).toBe("replied");
    expect(replies).toEqual([writeSuccess(asked, browser, first.password)]);
    expect(typeOf(replies[0]!)).toBe(messageType.success);
  });

  test.each([
    ["from another address", request(), { ...browser, address: "10.1.0.2" }, 0],
    ["from another port", request(), { ...browser, port: 4001 }, 0],
    ["to another host's socket", request(), browser, 1],
    ["of one who plays our part", request({ role: "controlled" }), browser, 0],
  ])("goes to the handshake when it is %s", (_, bytes, from, host) => {
    expect(sorting({ path }).take(bytes, from, host)).toBe("handshake");
  });

  test("goes to the handshake with the user of an ICE restart, and is answered here with the one before", () => {
    const { take, users } = sorting({ path });
    users.add(second);
    expect(take(request({ user: second }))).toBe("handshake");
    expect(take(request({ user: first }))).toBe("replied");
  });

  test("goes to the handshake when it has an attribute that we do not know and must", () => {
    const strange = request();
    // PRIORITY, after a USERNAME of 9 octets, becomes something else; the integrity is made anew.
    expect(strange[37]).toBe(0x24);
    strange[37] = 0x26;
    const integrityAt = strange.length - 8 - integrityBytes;
    strange.set(integrityOf(strange, integrityAt, first.password), integrityAt);
    expect(sorting({ path }).take(strange)).toBe("handshake");
  });
});

describe("what strangers send", () => {
  test.each([
    ["a question with a wrong password", request({ password: "guessed" }), "stun-not-authentic"],
    ["a question of nobody we know", request({ user: second }), "stun-not-authentic"],
    ["STUN whose length is wrong", request().subarray(0, 30), "malformed"],
    ["an answer", writeSuccess(request(), browser, "x"), "wrong-source"],
    ["DTLS", dtls(22), "wrong-source"],
    ["an alert when the keys are there", dtls(21), "wrong-source"],
    ["nothing known", Uint8Array.of(250), "unknown-first-byte"],
  ])("%s is refused and counted", (_, bytes, reason) => {
    const { take, tally } = sorting({ path, hasKeys: bytes[0] === 21 });
    expect(take(bytes, elsewhere)).toBe(reason);
    expect(tally.refused).toEqual({ [reason]: 1 });
  });
});

describe("who asked with our password", () => {
  test("may begin DTLS and answer the handshake's questions, from where he asked alone", () => {
    const { take } = sorting();
    expect(take(request())).toBe("handshake");
    expect(take(dtls(22))).toBe("handshake");
    expect(take(dtls(21))).toBe("handshake");
    expect(take(writeSuccess(request(), browser, "x"))).toBe("handshake");
    expect(take(dtls(22), elsewhere)).toBe("wrong-source");
  });

  test("when the keys are there may repeat the handshake, while alerts and data end here", () => {
    const { take, went, tally } = sorting({ hasKeys: true });
    take(request());
    for (const type of [20, 21, 22, 23]) take(dtls(type));
    expect(went).toEqual(["handshake", "handshake", "handshake"]);
    expect(tally.refused).toEqual({});
  });

  test.each([
    ["DTLS", () => dtls(22)],
    ["STUN responses", () => writeSuccess(request(), browser, "x")],
  ] as const)("can move although %s forged in their name fill their room", (_, forged) => {
    const { take } = sorting({ path, hasKeys: true });
    take(request({ role: "controlled" }));
    for (let count = 0; count < 200; count += 1) take(forged());
    expect(take(forged())).toBe("too-many-at-once");
    expect(take(request(), elsewhere)).toBe("handshake");
  });

  test("from too many places or with too much at once is refused, and heard again a second later", async () => {
    const { take, clock, tally, went } = sorting();
    for (let port = 1; port <= 70; port += 1) take(request(), { ...browser, port });
    expect(tally.refused).toEqual({ "too-many-sources": 6 });
    for (let count = 0; count < 120; count += 1) take(dtls(22), { ...browser, port: 70 });
    expect(tally.refused).toEqual({ "too-many-sources": 6, "too-many-at-once": 20 });
    await clock.advance(1000);
    const before = went.length;
    take(dtls(22), { ...browser, port: 70 });
    expect(went.slice(before)).toEqual(["handshake"]);
  });

  test("from place after place is heard from each, and from the path in use all the time", () => {
    const { take, tally, users } = sorting({ path });
    expect(take(request(), elsewhere)).toBe("handshake");
    users.add(second);
    take(request({ user: second }));
    for (let port = 1; port <= 200; port += 1) take(request({ user: second }), { ...elsewhere, port });
    expect(tally.refused["too-many-sources"]).toBe(200 + 2 - 64);
    expect(take(request({ user: second }), { ...elsewhere, port: 201 })).not.toBe("too-many-sources");
    expect(take(dtls(22))).not.toBe("wrong-source");
    expect(take(dtls(22), { ...elsewhere, port: 1 })).toBe("wrong-source");
  });

  test("from elsewhere, in the path's own generation and with the other part, is looked for there", () => {
    const { take, went, users } = sorting({ path });
    take(request(), elsewhere);
    expect(went).toEqual(["handshake", "looked for"]);
    take(request({ role: "controlled" }), elsewhere);
    users.add(second);
    take(request({ user: second }), elsewhere);
    expect(went.filter((one) => one === "looked for")).toHaveLength(1);
  });
});

test("an answer over the path to a question of ours ends here; indications keep doors open and are no more", () => {
  const { take, went, tally } = sorting({ path });
  const response = Uint8Array.from(writeSuccess(request(), browser, "x"));
  response[8] = 1;
  expect(take(response)).toBe("consent");
  expect(take(response, elsewhere)).toBe("wrong-source");
  take(Uint8Array.of(0, 0x11, 0, 0, 0x21, 0x12, 0xa4, 0x42, ...random(12)));
  expect({ went, refused: tally.refused }).toEqual({ went: ["consent"], refused: { "wrong-source": 1 } });
});

test("media goes its own way", () => {
  const { take } = sorting();
  expect([take(Uint8Array.of(0x80, 0)), take(Uint8Array.of(0x80, 200))]).toEqual(["rtp", "rtcp"]);
});
