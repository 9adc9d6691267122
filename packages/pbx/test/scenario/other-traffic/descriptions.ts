import type { Dice } from "./dice.ts";

/** Where a peer has its audio. */
export type Place = { readonly address: string; readonly port: number };

/**
 * A session description in one of the forms of RFC 8866 that has PCMU, whatever else is in it. An answer has the payload
 * types and the media of our offer, RFC 3264 section 6.
 */
export function describe(place: Place, dice: Dice, isAnswer: boolean): string {
  const pcmuType = isAnswer || dice.chance(0.8) ? 0 : 96;
  const events = isAnswer ? dice.pick([101, undefined]) : dice.pick([101, 101, 97, 126, undefined]);
  const types = dice.shuffled([
    pcmuType,
    ...(events === undefined ? [] : [events]),
    ...dice.some([8, 18, 9, 13, 3, 111], 0.3),
  ]);
  const connection = `c=IN IP4 ${place.address}`;
  const isInSession = dice.chance(0.6);
  return lines(
    "v=0",
    `o=${dice.pick(["-", "root", "Sonus_UAC", "a.b@c", "-"])} ${dice.pick(["0", "7", "18446744073709551615", "2890844526"])} 1 IN IP4 ${dice.pick([place.address, "10.0.0.7", "gw.carrier.example"])}`,
    dice.pick(["s=-", "s= ", "s=SIP Media Capabilities", "s=Ärzte", "s=-"]),
    ...dice.some(["i=x", "u=http://x.example/", "e=a@x.example", "p=+1 202 555 0123"], 0.05),
    ...(isInSession ? [connection] : []),
    ...dice.some(["b=CT:1000", "b=AS:84", "b=X-YZ:1"], 0.1),
    dice.pick(["t=0 0", "t=0 0", "t=2873397496 2873404696"]),
    ...dice.some(["a=sendrecv", "a=msid-semantic: WMS *", "a=group:BUNDLE 0", "a=tool:x 1.0", "a=ice-lite"], 0.1),
    `m=audio ${place.port}${dice.chance(0.05) ? "/1" : ""} RTP/AVP ${types.join(" ")}`,
    ...(isInSession && dice.chance(0.8) ? [] : [connection]),
    ...dice.shuffled(attributes(pcmuType, events, place, dice)),
    ...(isAnswer ? [] : others(dice)),
  );
}

function attributes(pcmuType: number, events: number | undefined, { port }: Place, dice: Dice): string[] {
  return [
    ...(pcmuType === 0 && dice.chance(0.3)
      ? []
      : [`a=rtpmap:${pcmuType} ${dice.pick(["PCMU/8000", "PCMU/8000/1", "pcmu/8000"])}`]),
    ...(events === undefined
      ? []
      : [`a=rtpmap:${events} ${dice.pick(["telephone-event/8000", "TELEPHONE-EVENT/8000/1"])}`]),
    ...(events !== undefined && dice.chance(0.6)
      ? [`a=fmtp:${events} ${dice.pick(["0-15", "0-16", "0-11,16", "0-15,66,70"])}`]
      : []),
    ...dice.some(
      [
        "a=ptime:20",
        "a=maxptime:150",
        "a=sendrecv",
        "a=rtpmap:8 PCMA/8000",
        "a=rtpmap:111 opus/48000/2",
        "a=fmtp:18 annexb=no",
        "a=silenceSupp:off - - - -",
        "a=ssrc:1 cname:x",
        "a=X-odd",
        "a=candidate:1 1 UDP 2130706431 10.0.0.7 4000 typ host",
        `a=rtcp:${port + 1}`,
        "a=label:1",
        "b=RS:0",
      ],
      0.2,
    ),
  ];
}

/** Media that nobody here takes: refused one by one with port 0, RFC 3264 section 6. */
function others(dice: Dice): string[] {
  return dice.some(
    [
      "m=video 0 RTP/AVP 31",
      "m=video 51372 RTP/AVP 99\r\na=rtpmap:99 H264/90000",
      "m=image 4444 udptl t38\r\na=T38FaxVersion:0",
      "m=text 0 RTP/AVP 98",
    ],
    0.07,
  );
}

const lines = (...all: readonly string[]): string => all.map((line) => `${line}\r\n`).join("");
