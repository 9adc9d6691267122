import type { SoundPath } from "../core/transport.ts";
import type { Clock } from "../kernel/clock.ts";

/** What is watched on a peer connection. */
export type IceWatcher = {
  sound(path: SoundPath): void;
  /** This device has no address to offer: sound can go nowhere. */
  nothingGathered(): void;
  heard(stream: MediaStream): void;
};

/**
 * How long the first candidate may take, in milliseconds. A host candidate takes some; a browser without any network
 * goes on gathering for ever.
 */
export const firstCandidateMs = 5000;

const paths: Partial<Record<RTCIceConnectionState, SoundPath>> = {
  checking: "checking",
  connected: "connected",
  completed: "connected",
  disconnected: "interrupted",
  failed: "failed",
};

/**
 * Follows a peer connection: its candidates, its way for sound, the far end's track.
 * @returns what ends the wait for a candidate; it may be called twice.
 */
export function watchIce(connection: RTCPeerConnection, clock: Clock, watcher: IceWatcher): () => void {
  const stopWaiting = clock.after(firstCandidateMs, () => watcher.nothingGathered());
  watchCandidates(connection, stopWaiting, () => watcher.nothingGathered());
  connection.addEventListener("iceconnectionstatechange", () => {
    const path = paths[connection.iceConnectionState];
    if (path !== undefined) watcher.sound(path);
  });
  connection.addEventListener("connectionstatechange", () => {
    if (connection.connectionState === "failed") watcher.sound("failed");
  });
  connection.addEventListener("track", (event) => {
    watcher.heard(event.streams[0] ?? new MediaStream([event.track]));
  });
  return stopWaiting;
}

function watchCandidates(connection: RTCPeerConnection, found: () => void, none: () => void): void {
  let candidates = 0;
  connection.addEventListener("icecandidate", ({ candidate }) => {
    if (candidate === null || candidate.candidate === "") return;
    candidates += 1;
    found();
  });
  connection.addEventListener("icegatheringstatechange", () => {
    if (connection.iceGatheringState === "complete" && candidates === 0) none();
  });
}
