import type { Caller, CallLink, LinkListener, PhoneTransport, TransportListener } from "../core/transport.ts";

/** What was done to one link, in order. */
export class FakeLink implements CallLink {
  readonly done: string[] = [];
  /** What the call listens with. */
  listener: LinkListener | undefined;

  answer(): void {
    this.done.push("answer");
  }

  decline(): void {
    this.done.push("decline");
  }

  close(): void {
    this.done.push("close");
  }

  sendKey(key: string, durationMs: number): void {
    this.done.push(`key ${key} ${durationMs}`);
  }

  setMuted(muted: boolean): void {
    this.done.push(muted ? "mute" : "unmute");
  }

  setHeld(held: boolean): void {
    this.done.push(held ? "hold" : "resume");
  }
}

/** A transport whose far end is the test. */
export class FakeTransport implements PhoneTransport {
  readonly done: string[] = [];
  listener: TransportListener | undefined;
  /** The link of the newest outgoing call. */
  link = new FakeLink();

  start(listener: TransportListener): void {
    this.done.push("start");
    this.listener = listener;
  }

  register(): void {
    this.done.push("register");
  }

  stop(): void {
    this.done.push("stop");
  }

  call(number: string, listener: LinkListener): CallLink {
    this.done.push(`call ${number}`);
    this.link = new FakeLink();
    this.link.listener = listener;
    return this.link;
  }

  /** Lets a call come in; `undefined` when the phone was busy. */
  ring(caller: Caller): FakeLink | undefined {
    const link = new FakeLink();
    link.listener = this.listener?.incoming(link, caller);
    return link.listener === undefined ? undefined : link;
  }
}
