import JsSIP from "jssip";
import type { RTCSession } from "jssip/lib/RTCSession.js";
import type { UA } from "jssip/lib/UA.js";
import { playTracksOf, reasonIn, replacesHeader, type Softphone } from "./softphone.ts";

let agent: UA;
let session: RTCSession;
let over: Promise<string>;

const target = (number: string): string => `sip:${number}@trunkline.invalid`;

/** The dialog as JsSIP keeps it. */
type Inside = { readonly _dialog: { readonly _id: { call_id: string; local_tag: string; remote_tag: string } } };

const softphone: Softphone = {
  start: ({ socketUrl, user }) =>
    new Promise((resolve) => {
      agent = new JsSIP.UA({
        sockets: [new JsSIP.WebSocketInterface(socketUrl)],
        uri: target(user),
        session_timers: false,
        connection_recovery_min_interval: 1,
        connection_recovery_max_interval: 1,
      });
      agent.on("registered", () => resolve());
      agent.start();
    }),
  call: (number, replaces) =>
    new Promise((resolve, reject) => {
      session = agent.call(target(number), {
        mediaConstraints: { audio: true, video: false },
        extraHeaders: replaces === undefined ? [] : [replacesHeader(replaces)],
        eventHandlers: {
          confirmed: () => resolve(),
          failed: ({ cause }) => reject(new Error(cause)),
        },
      });
      over = new Promise((ended) => {
        session.on("ended", ({ message }) => {
          ended(reasonIn((message as { getHeader(name: string): string } | null)?.getHeader("Reason")));
        });
      });
      playTracksOf(session.connection);
    }),
  dialog: () => {
    const { call_id, local_tag, remote_tag } = (session as unknown as Inside)._dialog._id;
    return { callId: call_id, localTag: local_tag, remoteTag: remote_tag };
  },
  hold: () => new Promise((resolve) => session.hold({}, () => resolve())),
  resume: () => new Promise((resolve) => session.unhold({}, () => resolve())),
  press: (key) =>
    new Promise((resolve) => {
      const answered = ({ response }: { response: { status_code: number } }): void => resolve(response.status_code);
      session.once("newDTMF", ({ dtmf }) => {
        const sent = dtmf as unknown as { on(event: string, listener: typeof answered): void };
        sent.on("succeeded", answered);
        sent.on("failed", answered);
      });
      session.sendDTMF(key, { duration: 100 });
    }),
  transfer: (number) =>
    new Promise((resolve) => {
      session.refer(target(number), {
        eventHandlers: {
          requestFailed: ({ response }: { response: { status_code: number } }) => resolve(response.status_code),
          accepted: () => resolve(200),
          failed: ({ status_line }: { status_line: { status_code: number } }) => resolve(status_line.status_code),
        },
      } as never);
    }),
  restartIce: () =>
    new Promise((resolve) => session.renegotiate({ rtcOfferConstraints: { iceRestart: true } }, resolve)),
  hangUp: () => session.terminate(),
  ended: () => over,
};

Object.assign(globalThis, { softphone });
