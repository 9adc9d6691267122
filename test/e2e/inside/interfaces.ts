import { networkInterfaces } from "node:os";

const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
const addresses = all.filter(({ family }) => family === "IPv4").map(({ address }) => address);
console.log(JSON.stringify({ addresses }));
