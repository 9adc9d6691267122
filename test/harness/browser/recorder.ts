/**
 * Runs inside the page, before any of its scripts (it is sent as text, so it uses nothing from outside itself):
 * remembers every RTCPeerConnection and records each remote audio track, and what the page's own AudioContexts play, as
 * 16-bit samples at the telephone's 8 kHz. The browser gives other rates, until the first packet has told it better:
 * those are averaged down, and the contexts are given a rate for which that is exact. A track that the page does not
 * play gives none: what is recorded is what a person would hear.
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
  type Track = { startedMs: number; readonly chunks: Int16Array[] };
  const rateHz = 8000;

  const remote: Track[] = [];
  const own: Track[] = [];

  const toPcm = (frame: AudioFrame): Int16Array => {
    const samples = new Float32Array(frame.numberOfFrames);
    frame.copyTo(samples, { planeIndex: 0, format: "f32-planar" });
    const factor = Math.round(frame.sampleRate / rateHz);
    return Int16Array.from({ length: Math.floor(samples.length / factor) }, (_, at) => {
      const mean = samples.subarray(at * factor, (at + 1) * factor).reduce((sum, one) => sum + one, 0) / factor;
      return Math.round(Math.max(-1, Math.min(1, mean)) * 32_767);
    });
  };
  const record = async (media: MediaStreamTrack, tracks: Track[]): Promise<void> => {
    const Processor = (globalThis as unknown as { MediaStreamTrackProcessor: new (init: object) => Processor })
      .MediaStreamTrackProcessor;
    const track: Track = { startedMs: 0, chunks: [] };
    tracks.push(track);
    const frames = new Processor({ track: media }).readable.getReader();
    for (let next = await frames.read(); !next.done; next = await frames.read()) {
      const frame = next.value;
      if (track.chunks.length === 0) track.startedMs = Date.now();
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
      this.addEventListener("track", (event) => {
        if (event.track.kind === "audio") void record(event.track, remote);
      });
    }
  };
  const NativeContext = globalThis.AudioContext;
  globalThis.AudioContext = class extends NativeContext {
    readonly #output: GainNode;
    constructor(options?: AudioContextOptions) {
      super({ ...options, sampleRate: 6 * rateHz });
      this.#output = this.createGain();
      this.#output.connect(super.destination);
      const copy = this.createMediaStreamDestination();
      this.#output.connect(copy);
      // Silence is recorded only while something makes it.
      const silence = new ConstantSourceNode(this, { offset: 0 });
      silence.connect(copy);
      silence.start();
      const [track] = copy.stream.getAudioTracks();
      if (track !== undefined) void record(track, own);
    }
    override get destination(): AudioDestinationNode {
      return this.#output as AudioNode as AudioDestinationNode;
    }
  };
  if (options.rawMicrophone && navigator.mediaDevices !== undefined) {
    const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    const raw = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    navigator.mediaDevices.getUserMedia = (wanted) =>
      ask({ ...wanted, audio: { ...(typeof wanted?.audio === "object" ? wanted.audio : {}), ...raw } });
  }
  const answer = (tracks: readonly Track[]) =>
    Promise.all(tracks.map(async ({ startedMs, chunks }) => ({ rateHz, startedMs, pcm: await base64(chunks) })));
  Object.assign(globalThis, {
    trunklineTest: {
      recordings: () => answer(remote),
      ownRecordings: () => answer(own),
    },
  });
}
