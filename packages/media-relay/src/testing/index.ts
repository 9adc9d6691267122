export {
  decodePcmu,
  decodePcmuSample,
  encodePcmu,
  encodePcmuSample,
  peakOfDbm0,
  zeroDbm0Peak,
} from "../packet/pcmu.ts";
export { type Compound, middleOf, type Report, type ReportBlock, readCompound } from "../packet/rtcp.ts";
export { makeRtp, rtp, rtpPayload } from "../packet/rtp.ts";
export { digitOf, eventOf, makeTelephoneEvent, telephoneEvent } from "../packet/telephone-event.ts";
export { FakeClock } from "./fake-clock.ts";
export { MemoryNetwork, type OnArrival, type Weather } from "./memory-network.ts";
export { RtpPeer } from "./rtp-peer.ts";
export { seededRandom } from "./seeded-random.ts";
export { levelOfHz, levelOfHzInPcmu, loudestHz } from "./tone-level.ts";
