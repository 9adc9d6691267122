/**
 * The recorder for a browser that gives a page no samples of a track (Firefox has no MediaStreamTrackProcessor, and without
 * a sound card its AudioContexts stand still). Runs inside the page, before any of its scripts (it is sent as text, so it
 * uses nothing from outside itself): each remote audio track is recorded as Opus of a high rate and decoded when it is asked
 * for, as 16-bit samples at the telephone's 8 kHz. Times and levels are true, samples are not.
 */
export function installEncodedRecorder(): void {
  type Track = { readonly recorder: MediaRecorder; readonly startedMs: number; readonly parts: Blob[] };
  type WithBase64 = Uint8Array & { toBase64(): string };
  const rateHz = 8000;
  const tracks: Track[] = [];

  const record = (media: MediaStreamTrack): void => {
    const recorder = new MediaRecorder(new MediaStream([media]), { audioBitsPerSecond: 256_000 });
    const parts: Blob[] = [];
    recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
    recorder.start();
    tracks.push({ recorder, startedMs: Date.now(), parts });
  };
  const lastPart = ({ recorder }: Track): Promise<unknown> =>
    new Promise((resolve) => {
      if (recorder.state === "inactive") return resolve(undefined);
      recorder.addEventListener("dataavailable", resolve, { once: true });
      recorder.requestData();
    });
  const decode = async (encoded: ArrayBuffer): Promise<Int16Array> => {
    if (encoded.byteLength === 0) return new Int16Array();
    // What has only begun holds no whole page of sound yet, and cannot be decoded.
    const sound = await new OfflineAudioContext(1, 1, rateHz).decodeAudioData(encoded).catch(() => undefined);
    if (sound === undefined) return new Int16Array();
    return Int16Array.from(sound.getChannelData(0), (sample) => Math.round(Math.max(-1, Math.min(1, sample)) * 32_767));
  };
  const answer = async (track: Track) => {
    await lastPart(track);
    const samples = await decode(await new Blob(track.parts).arrayBuffer());
    return { rateHz, startedMs: track.startedMs, pcm: (new Uint8Array(samples.buffer) as WithBase64).toBase64() };
  };

  const Native = globalThis.RTCPeerConnection;
  globalThis.RTCPeerConnection = class extends Native {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      this.addEventListener("track", (event) => {
        if (event.track.kind === "audio") record(event.track);
      });
    }
  };
  Object.assign(globalThis, { trunklineTest: { recordings: () => Promise.all(tracks.map(answer)) } });
}
