import type { Figures } from "./figures.ts";

const namespace = "Trunkline";
const dimension = "Stack";
const resolutionSeconds = 60;

/** CloudWatch knows no minutes and no MiB: the former have no unit there, the latter are its megabytes. */
const units: Readonly<Record<string, "None" | "Count" | "Percent" | "Megabytes">> = {
  Alive: "None",
  TrunkUp: "None",
  TalkMinutes: "None",
  ProcessMemoryMiB: "Megabytes",
  MemoryUsedPercent: "Percent",
  DataDiskUsedPercent: "Percent",
};

/** A log line out of which CloudWatch makes metrics: its Embedded Metric Format. What is not known is left out. */
export function embedded(stack: string, atMs: number, figures: Figures): string {
  const known = Object.entries(figures).filter(([, value]) => value !== undefined && Number.isFinite(value));
  const metrics = known.map(([name]) => ({
    Name: name,
    Unit: units[name] ?? "Count",
    StorageResolution: resolutionSeconds,
  }));
  const directive = { Namespace: namespace, Dimensions: [[dimension]], Metrics: metrics };
  return JSON.stringify({
    _aws: { Timestamp: atMs, CloudWatchMetrics: [directive] },
    [dimension]: stack,
    ...Object.fromEntries(known),
  });
}
