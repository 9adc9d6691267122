/**
 * An offer or answer of ours in the words and the order of the connector's media gateways. What it says about the audio
 * stays as it is: PCMU and telephone-event, 20 ms, RTCP on a port of its own.
 */
export function sonusSdp(ours: string): string {
  return ours
    .replace(/^o=-/m, "o=Sonus_UAC")
    .replace(/^s=-/m, "s=SIP Media Capabilities")
    .replaceAll(/^(a=ptime:\d+)\r\n(a=rtcp:\d+)\r\n(a=[a-z]+)\r\n/gm, "$3\r\n$2\r\n$1\r\n");
}
