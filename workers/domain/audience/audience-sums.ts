import { HUNDREDTHS } from "../../contract/hundredths.ts";
import type { AudienceSums } from "../../contract/messages.ts";
import type { AudienceReport } from "./audience-report.ts";
import { readTenths } from "./play-counts.ts";

export const MINUTE_MS = 60_000;
export const DAY_MS = 86_400_000;

/** The report of a view, and what was already counted of that view. */
export interface ViewReport {
  videoId: string;
  /** Milliseconds since the epoch. */
  at: number;
  report: AudienceReport;
  /** Null for the first report. */
  counted: AudienceReport | null;
  /** The search by which the viewer found the video. */
  query: string | null;
}

/** What counting has to know about a video. */
export interface CountedVideo {
  ownerId: string;
  /** Seconds; null while unknown. */
  duration: number | null;
}

const NOTHING = Array.from({ length: HUNDREDTHS }, () => 0);
const MAX_REACHED = 10;

const floor = (time: number, stepMs: number): number => time - (time % stepMs);

/** Adds up what viewers did, by video. */
export class AudienceTally {
  readonly #videos = new Map<string, AudienceSums>();
  readonly #rows = new Map<string, (string | number | number[])[]>();

  /** Adds views of a video. */
  addViews(videoId: string, { ownerId }: CountedVideo, at: number, views: number): void {
    this.#minute(videoId, ownerId, at)[1] += views;
  }

  /** Adds what is new in a report. */
  addReport({ videoId, at, report, counted, query }: ViewReport, video: CountedVideo): void {
    const isFirst = counted === null;
    const watched = Math.max(0, report.watched - (counted?.watched ?? 0));
    const startups = report.startupMs !== null && (counted?.startupMs ?? null) === null ? 1 : 0;
    const minute = this.#minute(videoId, video.ownerId, at);
    minute[2] += Number(isFirst);
    minute[3] += watched;
    minute[4] += startups;
    minute[5] += startups * (report.startupMs ?? 0);
    minute[6] += Math.max(0, report.rebufferingMs - (counted?.rebufferingMs ?? 0));
    this.#addPlays(videoId, video.ownerId, at, report, counted);
    // For a continuing view, the facts of its first report apply.
    const { source, host, country, device, captions } = counted ?? report;
    const values = { source, country, device, captions: captions ? "on" : "off" };
    for (const [dimension, value] of Object.entries({ ...values, host, search: query })) {
      if (value === null) continue;
      const row = this.#value(videoId, video.ownerId, at, dimension, value);
      row[3] += Number(isFirst);
      row[4] += watched;
    }
  }

  #addPlays(
    videoId: string,
    ownerId: string,
    at: number,
    report: AudienceReport,
    counted: AudienceReport | null,
  ): void {
    const before = counted ? readTenths(counted.plays) : NOTHING;
    const curve = this.#curve(videoId, ownerId, at);
    curve[1] += Number(counted === null);
    for (const [index, tenths] of readTenths(report.plays).entries()) {
      const was = before[index]!;
      if (tenths <= was) continue;
      curve[2][index]! += Math.min(MAX_REACHED, tenths) - Math.min(MAX_REACHED, was);
      curve[3][index]! += tenths - was;
    }
  }

  sums(): AudienceSums[] {
    return [...this.#videos.values()];
  }

  #video(videoId: string, ownerId: string): AudienceSums {
    const known = this.#videos.get(videoId);
    if (known) return known;
    const created: AudienceSums = { videoId, ownerId, minutes: [], values: [], curves: [] };
    this.#videos.set(videoId, created);
    return created;
  }

  #row<Row extends (string | number | number[])[]>(
    list: Row[],
    key: string,
    create: () => Row,
  ): Row {
    const known = this.#rows.get(key) as Row | undefined;
    if (known) return known;
    const created = create();
    this.#rows.set(key, created);
    list.push(created);
    return created;
  }

  #minute(videoId: string, ownerId: string, at: number): AudienceSums["minutes"][number] {
    const start = floor(at, MINUTE_MS);
    const { minutes } = this.#video(videoId, ownerId);
    return this.#row(minutes, `${videoId} ${start}`, () => [start, 0, 0, 0, 0, 0, 0]);
  }

  #value(videoId: string, ownerId: string, at: number, dimension: string, value: string) {
    const day = floor(at, DAY_MS);
    const { values } = this.#video(videoId, ownerId);
    const key = `${videoId} ${day} ${dimension} ${value}`;
    return this.#row<AudienceSums["values"][number]>(values, key, () => [
      day,
      dimension,
      value,
      0,
      0,
    ]);
  }

  #curve(videoId: string, ownerId: string, at: number): AudienceSums["curves"][number] {
    const day = floor(at, DAY_MS);
    const { curves } = this.#video(videoId, ownerId);
    return this.#row(curves, `${videoId} ${day} curve`, () => [day, 0, [...NOTHING], [...NOTHING]]);
  }
}

/** A message of a queue has at most 128 KB. */
const MAX_CHARACTERS = 90_000;

/** Sums in groups that each fit into a message. */
export function inMessages(sums: readonly AudienceSums[]): AudienceSums[][] {
  const groups: AudienceSums[][] = [];
  let room = 0;
  for (const each of sums) {
    const size = JSON.stringify(each).length;
    if (size > room || groups.length === 0) {
      groups.push([]);
      room = MAX_CHARACTERS;
    }
    groups.at(-1)!.push(each);
    room -= size;
  }
  return groups;
}
