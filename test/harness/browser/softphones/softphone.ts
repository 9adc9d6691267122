/** What names a dialog to its other side. */
export type DialogId = { readonly callId: string; readonly localTag: string; readonly remoteTag: string };

/** A bare phone in a page, made of nothing but a SIP library for browsers. It has one call at a time. */
export type Softphone = {
  /** Opens a socket and registers; resolves when that has worked, and does so again whenever it breaks. */
  start(account: { readonly socketUrl: string; readonly user: string }): Promise<void>;
  /** Calls, or takes over a call that a page before this one had (RFC 3891); resolves when it is answered. */
  call(number: string, replaces?: DialogId): Promise<void>;
  dialog(): DialogId;
  hold(): Promise<void>;
  resume(): Promise<void>;
  /** Presses a key by INFO; resolves with the answer's status. */
  press(key: string): Promise<number>;
  /** Asks for a blind transfer; resolves with the last status that was told of it. */
  transfer(number: string): Promise<number>;
  /** Looks for another path. */
  restartIce(): Promise<void>;
  hangUp(): void;
  /** How the call ended: the words of the Reason of the other side's BYE, or nothing. */
  ended(): Promise<string>;
};

/** The value of a Replaces header as its receiver reads it. */
export const replacesHeader = ({ callId, localTag, remoteTag }: DialogId): string =>
  `Replaces: ${callId};to-tag=${remoteTag};from-tag=${localTag}`;

/** Plays what comes, so that it can be recorded. */
export function playTracksOf(connection: RTCPeerConnection): void {
  connection.addEventListener("track", ({ track }) => {
    const sound = new Audio();
    sound.srcObject = new MediaStream([track]);
    void sound.play();
  });
}

export const reasonIn = (header: string | undefined): string => /text="([^"]*)"/.exec(header ?? "")?.[1] ?? "";
