import {
  bodyText,
  type CallEnd,
  type CallUser,
  type IncomingCall,
  type SipRequest,
  sdpBody,
  type UserAgent,
  udpTransport,
  userAgent,
} from "@trunkline/sip-stack";
import { type Agreed, acceptAnswer, answerOffer, makeOffer, offerAnswer } from "@trunkline/sip-stack/sdp";
import type { Sound } from "../../harness/audio/sound.ts";
import { FarSound } from "./far-sound.ts";

/** The telephone network as one telephone: it stands where the trunk is, the server calls it and it calls the server. */
export type FarEnd = {
  /** Resolves with the next call that the server makes; it rings. */
  nextCall(): Promise<ArrivedCall>;
  /** Calls a number of the server; resolves when the call has been placed. */
  call(from: string, to: string): Promise<PlacedCall>;
  close(): Promise<void>;
};

type FarCall = {
  readonly sound: FarSound;
  readonly over: Promise<CallEnd>;
  hangUp(): void;
};
export type ArrivedCall = FarCall & { readonly invite: SipRequest; answer(): void };
export type PlacedCall = FarCall & {
  /** Resolves when the other side answers. */
  readonly answered: Promise<void>;
  /** Resolves when the other side rings. */
  readonly rings: Promise<void>;
};

/** Binds `address`:5060. Whoever talks to this telephone hears `says`, again and again. */
export async function farEnd(address: string, server: string, says: Sound): Promise<FarEnd> {
  const arrived: ArrivedCall[] = [];
  let look = (): void => {};
  const agent = userAgent({
    transports: [udpTransport({ bind: { address, port: 5060 } })],
    user: {
      onCall: (call) => {
        void receive(call, address, says).then((ringing) => {
          arrived.push(ringing);
          look();
        });
      },
      onRequest: (request) => request.respond(200),
    },
  });
  await agent.listen();
  return {
    nextCall: () =>
      new Promise((resolve) => {
        look = () => {
          const call = arrived.shift();
          if (call === undefined) return;
          look = () => {};
          resolve(call);
        };
        look();
      }),
    call: (from, to) => place(agent, { address, server, says, from, to }),
    close: () => agent.close(),
  };
}

/** A telephone that never changes its mind about a call that is up. */
function steady(onEnded: (end: CallEnd) => void): CallUser {
  return { onOffer: (offer) => offer.reject(488), onRequest: () => {}, onAnswer: () => {}, onEnded };
}

async function openSound(address: string, over: Promise<CallEnd>): Promise<FarSound> {
  const sound = await FarSound.bind(address);
  void over.then(() => sound.close());
  return sound;
}

async function receive(call: IncomingCall, address: string, says: Sound): Promise<ArrivedCall> {
  const over = Promise.withResolvers<CallEnd>();
  call.attach(steady(over.resolve));
  const sound = await openSound(address, over.promise);
  call.ring(180);
  return {
    invite: call.invite,
    sound,
    over: over.promise,
    answer: () => {
      const answer = answerOffer(offerAnswer("1"), bodyText(call.invite) ?? "", localOf(address, sound));
      if (!answer.ok) throw new Error(`the server's offer cannot be used: ${answer.why}`);
      call.answer(sdpBody(answer.value.sdp));
      sound.speak(formatsOf(answer.value.agreed), says);
    },
    hangUp: () => call.hangUp(),
  };
}

type Placing = {
  readonly address: string;
  readonly server: string;
  readonly says: Sound;
  readonly from: string;
  readonly to: string;
};

async function place(agent: UserAgent, { address, server, says, from, to }: Placing): Promise<PlacedCall> {
  const over = Promise.withResolvers<CallEnd>();
  const [rings, answered] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const sound = await openSound(address, over.promise);
  const offer = makeOffer(offerAnswer("1"), localOf(address, sound));
  const call = agent.call({
    uri: `sip:${to}@${server}:5060`,
    from: `<sip:${from}@${address}>`,
    to: `<sip:${to}@${server}:5060>`,
    destination: { transport: "udp", address: server, port: 5060 },
    body: sdpBody(offer.sdp),
    user: {
      ...steady(over.resolve),
      onRinging: () => rings.resolve(),
      onAnswered: (_, sdp) => {
        const accepted = acceptAnswer(offer.state, sdp ?? "");
        if (!accepted.ok) throw new Error(`the server's answer cannot be used: ${accepted.why}`);
        sound.speak(formatsOf(accepted.value.agreed), says);
        answered.resolve();
      },
    },
  });
  return { sound, over: over.promise, rings: rings.promise, answered: answered.promise, hangUp: () => call.hangUp() };
}

const localOf = (address: string, sound: FarSound) => ({ address, rtpPort: sound.port, rtcpPort: sound.port + 1 });

const formatsOf = ({ remote, pcmu, telephoneEvent }: Agreed) => ({
  remote,
  pcmu: pcmu.send,
  telephoneEvent: telephoneEvent?.receive,
});
