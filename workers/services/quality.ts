import type { Quality } from "../contract/beacons.ts";
import { count, observe } from "../count.ts";

/** The labels of a report. */
interface ReportingViewer {
  /** The group whose reports are limited together. */
  limitKey: string;
  device: string;
  browser: string;
  /** Two letters of ISO 3166, or XX. */
  country: string;
  /** The browser asks not to be tracked (`DNT`, `Sec-GPC`). */
  isUnwanted: boolean;
}

const COUNTERS = [
  ["quality.playing.ms", "playingMs"],
  ["quality.rebuffering.ms", "rebufferingMs"],
  ["quality.rebuffers", "rebuffers"],
  ["quality.switches", "renditionSwitches"],
  ["quality.frames", "frames"],
  ["quality.dropped", "droppedFrames"],
  ["quality.kilobits", "kilobits"],
] as const;

/**
 * Adds a player's report to the sums. Reports cannot be trusted: the schema bounds the values of one report, and the
 * limit bounds the reports per address, so that false reports never weigh more than thirty viewers. Reports beyond the
 * limit are ignored, not refused: thirty viewers are a sufficient sample of a school with one address.
 */
export async function recordQuality(
  { QUALITY_LIMIT }: Pick<Env, "QUALITY_LIMIT">,
  { limitKey, device, browser, country, isUnwanted }: ReportingViewer,
  quality: Quality,
): Promise<void> {
  const isTaken = !isUnwanted && (await QUALITY_LIMIT.limit({ key: limitKey })).success;
  count("quality.reports", { outcome: isTaken ? "taken" : isUnwanted ? "unwanted" : "limited" });
  if (!isTaken) return;
  const dimensions = Object.entries({ all: "", device, browser, country });
  for (const [dimension, value] of dimensions) add({ dimension, value }, quality);
  if (quality.error) count("quality.errors", { code: quality.error });
}

function add(labels: { dimension: string; value: string }, quality: Quality): void {
  if (quality.started) count("quality.plays", labels);
  if (quality.startupMs !== undefined) observe("quality.startup.ms", labels, quality.startupMs);
  if (quality.exitedBeforeStart) count("quality.exits", labels);
  if (quality.error) count("quality.failures", labels);
  for (const [metric, field] of COUNTERS)
    if (quality[field] > 0) count(metric, labels, quality[field]);
}
