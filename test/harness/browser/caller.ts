import type { WebPage } from "./page.ts";

/** A frame by its RTP timestamp, and its payload in base 64. */
export type Frame = { readonly ticks: number; readonly payload: string };

/** A frame as it passed between the page's coder and its network: 160 octets of mu-law, or 4 of a key press (RFC 4733). */
export type TappedFrame = Frame & { readonly side: "sent" | "heard" };

/** The frames that were heard, and those of them that end the press of a key. */
export type Counts = { readonly frames: number; readonly keyEnds: number };

/**
 * The packets that a browser missed, and by how much its jitter buffer has stretched, cut and patched what it played: that is
 * how it bears its own and the network's unsteadiness.
 */
export type Received = { readonly lost: number; readonly adaptedMs: number };

/** A page with one connection for audio, in whatever browser. */
export type Caller = {
  readonly page: WebPage;
  offer(): Promise<string>;
  accept(answer: string): Promise<void>;
  answer(offer: string): Promise<string>;
  /** Presses keys of 100 ms by RTCDTMFSender, one after the other; resolves when the browser says that the last is over. */
  press(keys: string): Promise<void>;
  counts(): Promise<Counts>;
  /** Every frame so far. Those that were sent before there was a connection are among them. */
  frames(): Promise<readonly TappedFrame[]>;
  /** What the browser says of what it received. */
  received(): Promise<Received>;
};

/** What `install` leaves in the page. */
declare const caller: { readonly pc: RTCPeerConnection; readonly sender: RTCRtpSender; readonly frames: TappedFrame[] };

/** Runs inside the page. `voice` is a WAV file in base 64 that is said over and over; without it the microphone is heard. */
async function install(voice: string | undefined): Promise<void> {
  type Scripted = { transform: unknown };
  type WithScripts = { RTCRtpScriptTransform: new (worker: Worker, side: string) => unknown };
  type Captured = HTMLAudioElement & { mozCaptureStream(): MediaStream };

  const say = async (wav: string): Promise<MediaStream> => {
    const audio = Object.assign(new Audio(`data:audio/wav;base64,${wav}`), { loop: true });
    await audio.play();
    return (audio as Captured).mozCaptureStream();
  };
  const stream = await (voice === undefined ? navigator.mediaDevices.getUserMedia({ audio: true }) : say(voice));

  const tap = `onrtctransform = ({ transformer: { readable, writable, options: side } }) => {
    const base64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
    const note = (frame) => postMessage({ side, ticks: frame.getMetadata().rtpTimestamp, payload: base64(frame.data) });
    const look = { transform: (frame, next) => { note(frame); next.enqueue(frame); } };
    readable.pipeThrough(new TransformStream(look)).pipeTo(writable);
  };`;
  const worker = new Worker(URL.createObjectURL(new Blob([tap], { type: "text/javascript" })));
  const frames: TappedFrame[] = [];
  worker.addEventListener("message", ({ data }) => frames.push(data));
  const tapped = (side: TappedFrame["side"]) =>
    new (globalThis as unknown as WithScripts).RTCRtpScriptTransform(worker, side);

  const pc = new RTCPeerConnection();
  const sender = pc.addTrack(stream.getAudioTracks()[0]!, stream);
  const [{ receiver }] = pc.getTransceivers() as [RTCRtpTransceiver];
  (sender as unknown as Scripted).transform = tapped("sent");
  (receiver as unknown as Scripted).transform = tapped("heard");
  const sound = new Audio();
  pc.addEventListener("track", ({ track }) => {
    sound.srcObject = new MediaStream([track]);
    void sound.play();
  });
  Object.assign(globalThis, { caller: { pc, sender, frames, stream, sound } });
}

/** Makes the connection in a page that is recorded; `voice`: a WAV file that it says in place of the microphone. */
export async function callerOn(page: WebPage, voice?: Buffer): Promise<Caller> {
  await page.evaluate(install, voice?.toString("base64"));
  return {
    page,
    offer: () =>
      page.evaluate(async () => {
        await caller.pc.setLocalDescription(await caller.pc.createOffer());
        return caller.pc.localDescription!.sdp;
      }, undefined),
    accept: (sdp) => page.evaluate((text) => caller.pc.setRemoteDescription({ type: "answer", sdp: text }), sdp),
    answer: (sdp) =>
      page.evaluate(async (text) => {
        await caller.pc.setRemoteDescription({ type: "offer", sdp: text });
        await caller.pc.setLocalDescription(await caller.pc.createAnswer());
        return caller.pc.localDescription!.sdp;
      }, sdp),
    press: (keys) => page.evaluate(pressAll, keys),
    counts: () => page.evaluate(countHeard, undefined),
    frames: () => page.evaluate(() => caller.frames, undefined),
    received: () => page.evaluate(readReceived, undefined),
  };
}

/** Runs inside the page. */
async function pressAll(keys: string): Promise<void> {
  const dtmf = caller.sender.dtmf!;
  const isOver = new Promise<void>((resolve) => {
    dtmf.addEventListener("tonechange", ({ tone }) => tone === "" && resolve());
  });
  dtmf.insertDTMF(keys, 100, 70);
  await isOver;
}

/** Runs inside the page. */
function countHeard(): Counts {
  const heard = caller.frames.filter(({ side }) => side === "heard").map(({ payload }) => payload);
  const keys = heard.filter((payload) => payload.length === 8);
  const ends = keys.filter((payload) => (atob(payload).charCodeAt(1) & 0x80) !== 0);
  return { frames: heard.length, keyEnds: ends.length };
}

/** Runs inside the page. */
async function readReceived(): Promise<Received> {
  const all = [...(await caller.pc.getStats()).values()];
  const inbound = all.find(({ type }) => type === "inbound-rtp");
  const { concealedSamples, insertedSamplesForDeceleration, removedSamplesForAcceleration } = inbound;
  const samplesAMs = 8;
  const samples = concealedSamples + insertedSamplesForDeceleration + removedSamplesForAcceleration;
  return { lost: inbound.packetsLost, adaptedMs: samples / samplesAMs };
}
