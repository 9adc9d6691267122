import { expect, test } from "vitest";
import { FakeClock } from "../testing/fake-clock.ts";
import { firstCandidateMs, watchIce } from "./ice.ts";

class FakeConnection extends EventTarget {
  iceGatheringState = "new";
  iceConnectionState = "new";
  connectionState = "new";

  gathering(state: string): void {
    this.iceGatheringState = state;
    this.dispatchEvent(new Event("icegatheringstatechange"));
  }

  ice(state: string): void {
    this.iceConnectionState = state;
    this.dispatchEvent(new Event("iceconnectionstatechange"));
  }

  whole(state: string): void {
    this.connectionState = state;
    this.dispatchEvent(new Event("connectionstatechange"));
  }

  candidate(candidate: string | null): void {
    const event = Object.assign(new Event("icecandidate"), { candidate: candidate === null ? null : { candidate } });
    this.dispatchEvent(event);
  }
}

function scene() {
  const clock = new FakeClock();
  const connection = new FakeConnection();
  const told: string[] = [];
  const stop = watchIce(connection as unknown as RTCPeerConnection, clock, {
    sound: (path) => told.push(path),
    nothingGathered: () => told.push("nothing"),
    heard: () => told.push("heard"),
  });
  return { clock, connection, told, stop };
}

const host = "candidate:1 1 udp 2122260223 192.0.2.1 40000 typ host";

test("gathering that ends without a candidate is told at once", () => {
  const { connection, told } = scene();
  connection.gathering("gathering");
  connection.candidate("");
  connection.candidate(null);
  connection.gathering("complete");
  expect(told).toEqual(["nothing"]);
});

test("gathering that never finds anything is told after a while", async () => {
  const { clock, connection, told } = scene();
  connection.gathering("gathering");
  await clock.advance(firstCandidateMs);
  expect(told).toEqual(["nothing"]);
});

test("one candidate is enough", async () => {
  const { clock, connection, told } = scene();
  connection.candidate(host);
  connection.gathering("complete");
  await clock.advance(firstCandidateMs);
  expect([told, clock.pending]).toEqual([[], 0]);
});

test("a call that is over waits for nothing", async () => {
  const { clock, told, stop } = scene();
  stop();
  await clock.advance(firstCandidateMs);
  expect(told).toEqual([]);
});

test("the way for sound is told in its four states", () => {
  const { connection, told } = scene();
  for (const state of ["checking", "connected", "completed", "disconnected", "failed", "closed"]) connection.ice(state);
  for (const state of ["connecting", "failed"]) connection.whole(state);
  expect(told).toEqual(["checking", "connected", "connected", "interrupted", "failed", "failed"]);
});
