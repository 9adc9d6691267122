import {
  type Bye,
  type Core,
  Inviter,
  Registerer,
  RegistererState,
  type Session,
  SessionState,
  UserAgent,
  type Web,
} from "sip.js";
import { playTracksOf, reasonIn, replacesHeader, type Softphone } from "./softphone.ts";

type IncomingResponse = Core.IncomingResponse;

let agent: UserAgent;
let session: Session;
let over: Promise<string>;

const target = (number: string) => UserAgent.makeURI(`sip:${number}@trunkline.invalid`)!;
const handlerOf = (): Web.SessionDescriptionHandler =>
  session.sessionDescriptionHandler as Web.SessionDescriptionHandler;

/** Offers anew; a hold is an option of the default session description handler. */
const reoffer = (hold: boolean): Promise<void> =>
  new Promise((resolve, reject) => {
    session.sessionDescriptionHandlerOptionsReInvite = { hold } as never;
    session
      .invite({ requestDelegate: { onAccept: () => resolve(), onReject: () => reject(new Error("refused")) } })
      .catch(reject);
  });

const softphone: Softphone = {
  async start({ socketUrl, user }) {
    agent = new UserAgent({ uri: target(user), transportOptions: { server: socketUrl }, logBuiltinEnabled: false });
    await agent.start();
    const registerer = new Registerer(agent);
    const registered = new Promise<void>((resolve) => {
      registerer.stateChange.addListener((state) => state === RegistererState.Registered && resolve());
    });
    await registerer.register();
    await registered;
  },
  call: (number, replaces) =>
    new Promise((resolve, reject) => {
      const inviter = new Inviter(agent, target(number), {
        sessionDescriptionHandlerOptions: { constraints: { audio: true, video: false } },
        extraHeaders: replaces === undefined ? [] : [replacesHeader(replaces)],
      });
      session = inviter;
      over = new Promise((ended) => {
        inviter.delegate = {
          onSessionDescriptionHandler: (handler) =>
            playTracksOf((handler as Web.SessionDescriptionHandler).peerConnection!),
          onBye: (bye: Bye) => {
            void bye.accept();
            ended(reasonIn(bye.request.getHeader("Reason")));
          },
        };
      });
      inviter.stateChange.addListener((state) => {
        if (state === SessionState.Established) resolve();
        if (state === SessionState.Terminated) reject(new Error("refused"));
      });
      inviter.invite().catch(reject);
    }),
  dialog: () => {
    const { callId, localTag, remoteTag } = session.dialog!;
    return { callId, localTag, remoteTag };
  },
  hold: () => reoffer(true),
  resume: () => reoffer(false),
  press: (key) =>
    new Promise((resolve, reject) => {
      const body = {
        contentDisposition: "render",
        contentType: "application/dtmf-relay",
        content: `Signal=${key}\r\nDuration=100`,
      };
      const answered = ({ message }: IncomingResponse): void => resolve(message.statusCode ?? 0);
      session
        .info({ requestOptions: { body }, requestDelegate: { onAccept: answered, onReject: answered } })
        .catch(reject);
    }),
  transfer: (number) =>
    new Promise((resolve, reject) => {
      session
        .refer(target(number), {
          requestDelegate: { onReject: ({ message }) => resolve(message.statusCode ?? 0) },
          onNotify: (notification) => {
            void notification.accept();
            const status = Number(/^SIP\/2.0 (\d+)/.exec(notification.request.body)?.[1]);
            if (status >= 200) resolve(status);
          },
        })
        .catch(reject);
    }),
  restartIce: async () => handlerOf().peerConnection?.restartIce(),
  hangUp: () => void session.bye(),
  ended: () => over,
};

Object.assign(globalThis, { softphone });
