import { DurableObject } from "cloudflare:workers";
import type { AudienceSums } from "../../contract/messages.ts";
import type { KnownVideo } from "../../db/audience-store.ts";
import { catalog } from "../../db/client.ts";
import type { Like } from "../../db/like-store.ts";
import type { ViewerPick } from "../../db/popular-searches.ts";
import { type ViewBatch, type ViewClaim, ViewStore } from "../../db/view-store.ts";
import { applyViewFlush, countedVideos, type OldView, type ViewFlush } from "../../db/views.ts";
import type { AudienceReport } from "../../domain/audience/audience-report.ts";
import { AudienceTally } from "../../domain/audience/audience-sums.ts";
import { hashAccount } from "../../domain/viewer-hash.ts";
import { log } from "../../log.ts";

/** How long views wait in a counter, so that one statement adds many of them to the catalogue. */
const FLUSH_INTERVAL_MS = 30_000;
const RETRY_INTERVAL_MS = 60_000;
/** Playbacks are remembered while their tokens may be valid, and a day longer. */
const MAX_PLAYBACK_AGE_MS = 2 * 86_400_000;
const CLEANUP_INTERVAL_MS = 6 * 3_600_000;

/**
 * Counts views, likes and picks of search results, each once, for a share of the videos, and adds them to CATALOG in batches
 * (docs/decisions/552-view-counters.md, 600-library.md). Accepted changes are stored here until CATALOG has them.
 * Details of the views go to the events queue (800-analytics.md).
 */
export class ViewCounter extends DurableObject<Env> {
  readonly #store = new ViewStore(this.ctx.storage);
  #flushing: Promise<void> | null = null;

  /** The gate saw a playback fetch the video itself, for the first time at `at`. */
  async noteFetch(videoId: string, sessionId: string, at: number): Promise<void> {
    this.#store.noteFetch(videoId, sessionId, at);
    await this.#wakeWithin(CLEANUP_INTERVAL_MS);
  }

  /** @param report what else the player says of the playback; it counts if the playback is a view */
  async countView(claim: ViewClaim, report: AudienceReport | null = null): Promise<void> {
    const isView = this.#store.countView(claim);
    const isNews = report !== null && this.#store.audience.note({ ...claim, report });
    if (isView || isNews) await this.#wakeWithin(FLUSH_INTERVAL_MS);
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

  /** Withdraws likes, all of videos of this counter. */
  async removeLikes(likes: Like[]): Promise<void> {
    for (const like of likes) this.#store.likes.remove(like);
    await this.#wakeWithin(FLUSH_INTERVAL_MS);
  }

  /** Remembers views that CATALOG has counted. */
  async importViews(rows: OldView[]): Promise<void> {
    this.#store.importViews(rows);
    await this.#wakeWithin(CLEANUP_INTERVAL_MS);
  }

  /** Schedules `alarm` within this time. */
  async #wakeWithin(ms: number): Promise<void> {
    const alarm = await this.ctx.storage.getAlarm();
    const due = Date.now() + ms;
    if (alarm === null || alarm > due) await this.ctx.storage.setAlarm(due);
  }

  /** Never throws, because the platform gives up an alarm that fails several times. */
  override async alarm(): Promise<void> {
    let nextMs = CLEANUP_INTERVAL_MS;
    try {
      await this.flush();
      this.#store.forgetPlaybacks(Date.now() - MAX_PLAYBACK_AGE_MS);
      this.#store.audience.forget(Date.now() - MAX_PLAYBACK_AGE_MS);
      if (this.#store.hasWaiting()) nextMs = FLUSH_INTERVAL_MS;
    } catch (error) {
      log("views.not-flushed", { error });
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
    const db = catalog(this.env);
    while (this.#store.hasWaiting()) {
      const batch = this.#store.nextBatch();
      const known = await this.#known(batch.views.map(({ videoId }) => videoId));
      const flush = flushOf(batch, known);
      await applyViewFlush(db, flush);
      this.#store.finish(batch.sequence, viewSums(batch, known), Date.now());
    }
    const { audience } = this.#store;
    for (let ids = audience.waitingVideos(); ids.length > 0; ids = audience.waitingVideos())
      audience.count(ids, await this.#known(ids), Date.now());
    await this.#sendAudience();
  }

  async #known(videoIds: readonly string[]): Promise<Map<string, KnownVideo>> {
    if (videoIds.length === 0) return new Map();
    const secret = this.env.BETTER_AUTH_SECRET;
    const found = await countedVideos(catalog(this.env), [...new Set(videoIds)]);
    const known = new Map<string, KnownVideo>();
    for (const [id, video] of found)
      known.set(id, { ...video, creator: await hashAccount(secret, video.ownerId) });
    return known;
  }

  /** Sends what was counted to where analytics are kept. What the queue does not take waits for the next time. */
  async #sendAudience(): Promise<void> {
    const { audience } = this.#store;
    for (let next = audience.nextMessage(); next !== null; next = audience.nextMessage()) {
      await this.env.EVENTS.send(next);
      audience.finishMessage(next.id);
    }
  }
}

type KnownVideos = ReadonlyMap<string, KnownVideo>;

/** The views that count: views by the video's own creator do not. */
function foreignViews({ views }: Pick<ViewBatch, "views">, known: KnownVideos): ViewBatch["views"] {
  return views.filter(({ videoId, who }) => who === "" || known.get(videoId)?.creator !== who);
}

function flushOf(batch: ViewBatch, known: KnownVideos): ViewFlush {
  const { counter, sequence, picks, likes } = batch;
  const foreign = foreignViews(batch, known);
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

/** The same views for analytics. */
function viewSums(batch: ViewBatch, known: KnownVideos): AudienceSums[] {
  const tally = new AudienceTally();
  for (const { videoId, at } of foreignViews(batch, known)) {
    const video = known.get(videoId);
    if (video) tally.addViews(videoId, video, at, 1);
  }
  return tally.sums();
}
