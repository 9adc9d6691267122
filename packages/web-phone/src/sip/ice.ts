import type { SoundPath } from "../core/transport.ts";

/** What is watched on a peer connection. */
export type IceWatcher = {
  sound(path: SoundPath): void;
  /** This device offers no address at all: sound can go nowhere. */
  nothingGathered(): void;
  heard(stream: MediaStream): void;
};

const paths: Partial<Record<RTCIceConnectionState, SoundPath>> = {
  checking: "checking",
  connected: "connected",
  completed: "connected",
  disconnected: "interrupted",
  failed: "failed",
};

/** Follows a peer connection: its way for sound, its candidates, the far end's track. */
export function watchIce(connection: RTCPeerConnection, watcher: IceWatcher): void {
  let candidates = 0;
  connection.addEventListener("icecandidate", (event) => {
    if (event.candidate !== null && event.candidate.candidate !== "") candidates += 1;
  });
  connection.addEventListener("icegatheringstatechange", () => {
    if (connection.iceGatheringState === "complete" && candidates === 0) watcher.nothingGathered();
  });
  connection.addEventListener("iceconnectionstatechange", () => {
    const path = paths[connection.iceConnectionState];
    if (path !== undefined) watcher.sound(path);
  });
  connection.addEventListener("track", (event) => {
    watcher.heard(event.streams[0] ?? new MediaStream([event.track]));
  });
}
