import { describe, expect, test } from "vitest";
import type { IncomingTransfer, TransferUser } from "../src/index.ts";
import { request } from "../src/testing/index.ts";
import { answer, bobAt, type Recorder, scene } from "./agents.ts";
import { Probe } from "./probe.ts";

/** Alice talks with Bob, who takes transfers. */
async function talking(network: Parameters<typeof scene>[0] = {}) {
  const on = await scene(network, { allow: ["REFER", "NOTIFY"] });
  const transfers: IncomingTransfer[] = [];
  on.bob.onCall = (call, user: Recorder) => {
    Object.assign(user, { onTransfer: (transfer: IncomingTransfer) => transfers.push(transfer) });
    call.answer(answer);
  };
  const { call } = on.dial();
  await on.clock.advance(network.loss === undefined ? 100 : 40_000);
  const told: string[] = [];
  const user: TransferUser = {
    onProgress: (status, reason) => told.push(`${status} ${reason}`),
    onDone: (status) => told.push(`done ${status}`),
  };
  return { ...on, call, told, transfers, user };
}

const target = "sip:carol@10.0.0.4?Replaces=abc%3Bto-tag%3D1%3Bfrom-tag%3D2";

describe("a transfer (RFC 3515)", () => {
  test("is accepted, its progress told one by one, and over with the final response", async () => {
    const { alice, call, clock, rest, told, transfers, user } = await talking();
    const pending = call.refer(target, { user, headers: [["Referred-By", "<sip:alice@10.0.0.1>"]] });
    await clock.advance(20);
    const [transfer] = transfers;
    expect(transfer).toMatchObject({ target: "sip:carol@10.0.0.4", replaces: "abc;to-tag=1;from-tag=2", open: true });
    transfer?.accept();
    transfer?.progress(180);
    transfer?.progress(183, "Here it comes");
    transfer?.done(200);
    transfer?.done(486);
    transfer?.reject(603);
    await clock.advance(1000);
    expect(await pending).toMatchObject({ ok: true, response: { status: 202 } });
    expect(told).toEqual(["100 Trying", "180 Ringing", "183 Here it comes", "done 200"]);
    const notifies = alice.wire.flatMap(({ message }) =>
      message?.kind === "request" && message.method === "NOTIFY" ? [message.headers] : [],
    );
    expect(notifies.map((headers) => headers.get("Event"))).toEqual(Array(4).fill("refer;id=2"));
    expect(notifies.map((headers) => headers.get("Subscription-State"))).toEqual([
      ...Array(3).fill("active;expires=300"),
      "terminated;reason=noresource",
    ]);
    expect(notifies[0]?.get("Content-Type")).toBe("message/sipfrag;version=2.0");
    call.hangUp();
    await rest();
  });

  test("that is refused reports nothing", async () => {
    const { call, clock, rest, told, transfers, user } = await talking();
    const pending = call.refer("<sip:carol@10.0.0.4>", { user });
    await clock.advance(20);
    transfers[0]?.reject(603);
    await clock.advance(100);
    expect(await pending).toMatchObject({ ok: true, response: { status: 603 } });
    call.hangUp();
    await rest();
    expect(told).toEqual([]);
  });

  test("that nobody finishes ends by itself after five minutes, with the call cut off before", async () => {
    const { call, clock, rest, told, transfers, user } = await talking();
    void call.refer(target, { user });
    await clock.advance(20);
    transfers[0]?.accept();
    await clock.advance(301_000);
    expect(told).toEqual(["100 Trying", "done 408"]);
    void call.refer(target, { user });
    await clock.advance(20);
    transfers[1]?.accept();
    await clock.advance(20);
    call.hangUp();
    await clock.advance(20);
    expect(told.slice(2)).toEqual(["100 Trying", "done undefined"]);
    transfers[1]?.done(200);
    await rest();
  });

  test("that is unsettled when the call ends is refused with it", async () => {
    const { call, clock, rest, told, transfers, user } = await talking();
    const pending = call.refer(target, { user });
    await clock.advance(20);
    call.hangUp();
    await clock.advance(100);
    expect(await pending).toMatchObject({ ok: false, error: { code: "SIP_DIALOG_GONE" }, response: { status: 481 } });
    expect(transfers[0]?.open).toBe(false);
    expect(told).toEqual(["done undefined"]);
    await rest();
  });

  test("beyond four at a time gets 503, without a usable Refer-To 400", async () => {
    const { bob, call, clock, network, rest, transfers, user } = await talking();
    const all = Array.from({ length: 5 }, () => call.refer(target, { user }));
    await clock.advance(50);
    for (const transfer of transfers) transfer.accept();
    await clock.advance(100);
    expect((await Promise.all(all)).map((outcome) => outcome.response?.status)).toEqual([202, 202, 202, 202, 503]);
    expect(bob.agent.counters().totals.refused).toMatchObject({ "too many transfers": 1 });
    const probe = await Probe.open(network);
    const dialog = {
      "Call-ID": call.callId,
      To: `<sip:b@b>;tag=${call.remoteTag}`,
      From: `<sip:a@a>;tag=${call.localTag}`,
    };
    for (const [at, refer] of ["", "nonsense <"].entries()) {
      probe.send(
        request("REFER", "sip:bob@10.0.0.2", { ...dialog, CSeq: `${20 + at} REFER`, "Refer-To": refer }),
        bobAt,
      );
    }
    await clock.advance(100);
    expect(probe.responses.map(({ status }) => status)).toEqual([400, 400]);
    bob.last().call.hangUp();
    await rest();
  });

  test("goes to onRequest of an application that takes no transfers", async () => {
    const { bob, clock, dial, rest } = await scene();
    bob.onCall = (call) => call.answer(answer);
    const { call } = dial();
    await clock.advance(100);
    const pending = call.refer(target, { user: { onDone: () => {} } });
    await clock.advance(100);
    expect(await pending).toMatchObject({ ok: true, response: { status: 200 } });
    expect(bob.last().user.requests.map(({ request: { method } }) => method)).toEqual(["REFER"]);
    call.hangUp();
    await rest();
  });

  test.each(Array.from({ length: 25 }, (_, at) => at + 1))(
    "is told in order on a network that loses, seed %i",
    async (seed) => {
      const { call, clock, rest, told, transfers, user } = await talking({
        seed,
        loss: 0.2,
        duplicate: 0.1,
        reorder: 0.3,
      });
      void call.refer(target, { user });
      await clock.advance(20_000);
      transfers[0]?.accept();
      transfers[0]?.progress(180);
      transfers[0]?.done(200);
      await clock.advance(100_000);
      expect(transfers).toHaveLength(1);
      expect(told).toEqual(["100 Trying", "180 Ringing", "done 200"]);
      call.hangUp();
      await rest();
    },
  );
});
