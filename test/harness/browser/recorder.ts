/**
 * Runs inside the page, before any of its scripts (it is sent as text, so it uses nothing from outside itself):
 * remembers every RTCPeerConnection and records each remote audio track as 16-bit samples, one recording per sample rate.
 * A track that the page does not play gives none: what is recorded is what a person would hear.
 * With `rawMicrophone` the browser's own processing is switched off, which would take a steady tone for noise.
 */
export function installRecorder(options: { readonly rawMicrophone: boolean }): void {
  type AudioFrame = {
    readonly numberOfFrames: number;
    readonly sampleRate: number;
    copyTo(into: Float32Array, options: { planeIndex: number; format: string }): void;
    close(): void;
  };
  type Processor = { readonly readable: ReadableStream<AudioFrame> };
  type Track = { rateHz: number; startedMs: number; chunks: Int16Array[] };

  const connections: RTCPeerConnection[] = [];
  const tracks: Track[] = [];

  const toPcm = (frame: AudioFrame): Int16Array => {
    const samples = new Float32Array(frame.numberOfFrames);
    frame.copyTo(samples, { planeIndex: 0, format: "f32-planar" });
    return Int16Array.from(samples, (sample) => Math.round(Math.max(-1, Math.min(1, sample)) * 32_767));
  };
  const record = async (media: MediaStreamTrack): Promise<void> => {
    const Processor = (globalThis as unknown as { MediaStreamTrackProcessor: new (init: object) => Processor })
      .MediaStreamTrackProcessor;
    let track: Track = { rateHz: 0, startedMs: 0, chunks: [] };
    const frames = new Processor({ track: media }).readable.getReader();
    for (let next = await frames.read(); !next.done; next = await frames.read()) {
      const frame = next.value;
      if (track.rateHz !== frame.sampleRate) {
        track = { rateHz: frame.sampleRate, startedMs: Date.now(), chunks: [] };
        tracks.push(track);
      }
      track.chunks.push(toPcm(frame));
      frame.close();
    }
  };
  const base64 = (chunks: readonly Int16Array[]): Promise<string> =>
    new Promise((resolve) => {
      const reader = new FileReader();
      reader.onload = () => resolve(String(reader.result).split(",")[1] ?? "");
      reader.readAsDataURL(new Blob([...chunks] as BlobPart[]));
    });

  const Native = globalThis.RTCPeerConnection;
  globalThis.RTCPeerConnection = class extends Native {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      connections.push(this);
      this.addEventListener("track", (event) => {
        if (event.track.kind === "audio") void record(event.track);
      });
    }
  };
  if (options.rawMicrophone && navigator.mediaDevices !== undefined) {
    const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    const raw = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    navigator.mediaDevices.getUserMedia = (wanted) =>
      ask({ ...wanted, audio: { ...(typeof wanted?.audio === "object" ? wanted.audio : {}), ...raw } });
  }
  Object.assign(globalThis, {
    trunklineTest: {
      recordings: () =>
        Promise.all(
          tracks.map(async (track) => ({
            rateHz: track.rateHz,
            startedMs: track.startedMs,
            pcm: await base64(track.chunks),
          })),
        ),
      statistics: () =>
        Promise.all(
          connections.map(async (connection) => ({
            state: connection.connectionState,
            stats: [...(await connection.getStats()).values()],
          })),
        ),
    },
  });
}
