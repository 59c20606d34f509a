import { env, exports } from "cloudflare:workers";
import { expect } from "vitest";
import { catalog } from "../../../workers/db/client.ts";
import { applyViewFlush, type ViewFlush, viewCounterOf } from "../../../workers/db/views.ts";
import { newId } from "../../../workers/domain/id.ts";
import { ORIGIN } from "./media.ts";

/** Adds the views of a separate counter to the catalogue. */
export function addFlush(flush: Partial<ViewFlush>): Promise<void> {
  const nothing = { views: [], watched: [], picks: [], likes: [] };
  return applyViewFlush(catalog(env), { counter: newId(), sequence: 1, ...nothing, ...flush });
}

/** Adds views of a video to the catalogue. */
export function addViews(videoId: string, count: number, at = Date.now()): Promise<void> {
  return addFlush({ views: [{ videoId, count, at }] });
}

/** Makes the counter of a video add its waiting views to the catalogue. */
export async function flushViews(videoId: string): Promise<void> {
  await viewCounterOf(env, videoId).flush();
}

const SEGMENTS = ["h264-480/0.1/init.mp4", "h264-480/0.1/00000.m4s"] as const;

/** Stores an init segment and a segment of a video. */
export async function putSegments(videoId: string): Promise<void> {
  for (const path of SEGMENTS) await env.MEDIA.put(`${videoId}/1/${path}`, new Uint8Array(64));
}

/** Requests both from the gate, as a player does. */
export async function fetchSegments(
  videoId: string,
  token: string,
  init: RequestInit = {},
): Promise<void> {
  for (const path of SEGMENTS) {
    const response = await exports.default.fetch(
      `${ORIGIN}/media/${token}/${videoId}/1/${path}`,
      init,
    );
    expect(response.ok).toBe(true);
    await response.arrayBuffer();
  }
}
