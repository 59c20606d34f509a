import type { AudienceSource } from "../../contract/audience-names.ts";
import { HUNDREDTHS } from "../../contract/hundredths.ts";
import type { Beacon } from "../../contract/beacons.ts";
import { MAX_PLAYBACK_RATE } from "../views.ts";
import { readTenths } from "./play-counts.ts";

/** A player's report on a playback so far. Its sums only grow. */
export interface AudienceReport {
  /** Seconds of the video. */
  watched: number;
  /** See `readTenths`. */
  plays: string;
  startupMs: number | null;
  rebufferingMs: number;
  source: AudienceSource;
  host: string | null;
  /** Two letters of ISO 3166, or XX. */
  country: string;
  device: string;
  captions: boolean;
}

/** The audience report of a beacon and its request; null without one, or below a view. */
export function audienceReportOf(
  { watched, audience }: Pick<Beacon, "watched" | "audience">,
  viewer: { country: string; device: string },
): AudienceReport | null {
  if (!audience) return null;
  const { plays, source, captions, rebufferingMs, startupMs = null, host } = audience;
  const isElsewhere = source === "external" || source === "embed";
  return {
    ...{ watched, plays, source, captions, rebufferingMs, startupMs },
    ...{ country: viewer.country, device: viewer.device },
    host: isElsewhere ? (host ?? null) : null,
  };
}

/** Allowance for clocks and the time that a message takes. */
const SLACK_MS = 2_000;

/** Whether so much can have happened since the playback began to fetch the video. */
export function isPossible(
  { watched, rebufferingMs }: Pick<AudienceReport, "watched" | "rebufferingMs">,
  elapsedMs: number,
): boolean {
  const limit = elapsedMs + SLACK_MS;
  return watched * 1000 <= limit * MAX_PLAYBACK_RATE && rebufferingMs <= limit;
}

/** Tenths are rounded, each up by half of one at most. */
const ROUNDING = 1.05;

/** Whether the hundredths that were played take no longer than what was watched. @param duration seconds */
export function isConsistent(
  { watched, plays }: Pick<AudienceReport, "watched" | "plays">,
  duration: number,
): boolean {
  const tenths = readTenths(plays).reduce((sum, count) => sum + count, 0);
  const hundredth = duration / HUNDREDTHS;
  return (tenths / 10) * hundredth <= watched * ROUNDING + hundredth + 1;
}
