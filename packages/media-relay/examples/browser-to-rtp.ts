/** Lets a browser talk to an RTP peer: `node browser-to-rtp.ts 127.0.0.1:4000 [OUR-ADDRESS] [HTTP-PORT]`, then open the page. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { relayOnWorkers } from "@trunkline/media-relay";

const [peer = "127.0.0.1:4000", bind = "127.0.0.1", httpPort = "8080"] = process.argv.slice(2);
const [address = "", port] = peer.split(":");
const relay = await relayOnWorkers({
  plain: { bind, ports: [10_000, 10_999] },
  browser: { hosts: [bind], ports: [20_000, 20_999] },
});
const types = { pcmu: 0, telephoneEvent: 101 };
const ports = { rtpPort: Number(port), rtcpPort: Number(port) + 1 };

/** The browser's offer in, our answer out. */
async function talk(offer: string): Promise<string> {
  const session = await relay.open({
    onConnected: (leg) => console.log(`${leg} is connected`),
    onFailed: () => session.close(),
  });
  try {
    const [browser, plain] = [await session.browserLeg(), await session.plainLeg()];
    await plain.connect({ address, ...ports, send: types, receive: types, direction: "sendrecv" });
    await session.join(browser.id, plain.id);
    const answer = await browser.answer(offer);
    console.log(`${peer} is to send to ${plain.local.address}:${plain.local.rtpPort}`);
    return answer;
  } catch (cause) {
    await session.close();
    throw cause;
  }
}

const page = `<!doctype html><button>Talk</button><audio autoplay></audio><script type="module">
document.querySelector("button").onclick = async () => {
  const pc = new RTCPeerConnection();
  pc.ontrack = ({ streams: [sound] }) => (document.querySelector("audio").srcObject = sound);
  const microphone = await navigator.mediaDevices.getUserMedia({ audio: true });
  for (const track of microphone.getTracks()) pc.addTrack(track, microphone);
  await pc.setLocalDescription();
  const answer = await fetch("/", { method: "POST", body: pc.localDescription.sdp });
  await pc.setRemoteDescription({ type: "answer", sdp: await answer.text() });
};
</script>`;

const server = createServer(async (request, response) => {
  if (request.method !== "POST") return response.setHeader("content-type", "text/html").end(page);
  if (!(Number(request.headers["content-length"]) < 20_000)) return response.writeHead(413).end();
  const answer = await talk(await text(request)).catch((cause: Error) => response.writeHead(400) && cause.message);
  return response.end(answer);
});
server.listen(Number(httpPort), bind, () => {
  console.log(`ready at http://${bind}:${(server.address() as AddressInfo).port}`);
});
process.once("SIGTERM", async () => {
  server.close();
  await relay.close();
});
