import { DurableObject } from "cloudflare:workers";
import { catalog } from "../db/client.ts";
import type { Like } from "../db/like-store.ts";
import type { ViewerPick } from "../db/popular-searches.ts";
import { type ViewBatch, type ViewClaim, ViewStore } from "../db/view-store.ts";
import { applyViewFlush, type OldView, ownersOf, type ViewFlush } from "../db/views.ts";
import { hashAccount } from "../domain/viewer-hash.ts";
import { log } from "../log.ts";

/** How long views wait in a counter, so that one statement adds many of them to the catalogue. */
const FLUSH_INTERVAL_MS = 30_000;
const RETRY_INTERVAL_MS = 60_000;
/** Playbacks are remembered while their tokens may live, and a day longer. */
const MAX_PLAYBACK_AGE_MS = 2 * 86_400_000;
const CLEANUP_INTERVAL_MS = 6 * 3_600_000;

/**
 * Counts views, likes and picks of search results, each once, for a share of the videos, and adds them to CATALOG in batches
 * (docs/decisions/552-view-counters.md, 600-library.md). What it has accepted is stored here until CATALOG has it.
 */
export class ViewCounter extends DurableObject<Env> {
  readonly #store = new ViewStore(this.ctx.storage);
  #flushing: Promise<void> | null = null;

  /** The gate saw a playback fetch the video itself, for the first time at `at`. */
  async noteFetch(videoId: string, sessionId: string, at: number): Promise<void> {
    this.#store.noteFetch(videoId, sessionId, at);
    await this.#wakeWithin(CLEANUP_INTERVAL_MS);
  }

  async countView(claim: ViewClaim): Promise<void> {
    if (this.#store.countView(claim)) await this.#wakeWithin(FLUSH_INTERVAL_MS);
  }

  /** Counts a search that led to a video. */
  async countPick(pick: ViewerPick): Promise<void> {
    this.#store.countPick(pick);
    await this.#wakeWithin(FLUSH_INTERVAL_MS);
  }

  async addLike(like: Like): Promise<void> {
    this.#store.likes.add(like);
    await this.#wakeWithin(FLUSH_INTERVAL_MS);
  }

  /** Takes back likes, all of videos of this counter. */
  async removeLikes(likes: Like[]): Promise<void> {
    for (const like of likes) this.#store.likes.remove(like);
    await this.#wakeWithin(FLUSH_INTERVAL_MS);
  }

  /** Remembers views that CATALOG has counted. */
  async importViews(rows: OldView[]): Promise<void> {
    this.#store.importViews(rows);
    await this.#wakeWithin(CLEANUP_INTERVAL_MS);
  }

  /** Has `alarm` called within this time. */
  async #wakeWithin(ms: number): Promise<void> {
    const alarm = await this.ctx.storage.getAlarm();
    const due = Date.now() + ms;
    if (alarm === null || alarm > due) await this.ctx.storage.setAlarm(due);
  }

  /** Never throws: the platform gives up an alarm that fails some times. */
  override async alarm(): Promise<void> {
    let nextMs = CLEANUP_INTERVAL_MS;
    try {
      await this.flush();
      this.#store.forgetPlaybacks(Date.now() - MAX_PLAYBACK_AGE_MS);
      if (this.#store.hasWaiting()) nextMs = FLUSH_INTERVAL_MS;
    } catch (error) {
      log("views.not-flushed", { error: String(error) });
      nextMs = RETRY_INTERVAL_MS;
    }
    if (!this.#store.isEmpty()) await this.#wakeWithin(nextMs);
  }

  /** Adds all that waits to CATALOG. */
  async flush(): Promise<void> {
    this.#flushing ??= this.#flushAll().finally(() => (this.#flushing = null));
    await this.#flushing;
  }

  async #flushAll(): Promise<void> {
    while (this.#store.hasWaiting()) {
      const batch = this.#store.nextBatch();
      const db = catalog(this.env);
      const owners = await ownersOf(db, [...new Set(batch.views.map(({ videoId }) => videoId))]);
      await applyViewFlush(db, await flushOf(batch, owners, this.env.BETTER_AUTH_SECRET));
      this.#store.finish(batch.sequence);
    }
  }
}

/** Views per video, without those of its own creator. */
async function flushOf(
  { counter, sequence, views, picks, likes }: ViewBatch,
  owners: ReadonlyMap<string, string>,
  secret: string,
): Promise<ViewFlush> {
  const creators = new Map<string, string>();
  for (const [videoId, ownerId] of owners)
    creators.set(videoId, await hashAccount(secret, ownerId));
  const foreign = views.filter(({ videoId, who }) => who === "" || creators.get(videoId) !== who);
  const byVideo = new Map<string, { videoId: string; count: number; at: number }>();
  for (const { videoId, at } of foreign) {
    const before = byVideo.get(videoId);
    byVideo.set(videoId, {
      videoId,
      count: (before?.count ?? 0) + 1,
      at: Math.max(before?.at ?? 0, at),
    });
  }
  const watched = foreign.filter(({ who }) => who !== "");
  return { counter, sequence, views: [...byVideo.values()], watched, picks, likes };
}
