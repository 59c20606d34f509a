import { env as settings, WorkerEntrypoint } from "cloudflare:workers";
import { AppError } from "./domain/errors.ts";
import { regionOf } from "./domain/region.ts";
import { refuseUnsafeSettings } from "./domain/unsafe-settings.ts";
import type { Delivery } from "./media/admission.ts";
import { countingStorage } from "./media/counted-bucket.ts";
import { serveCreatorImage } from "./media/creator-images.ts";
import { handleMedia } from "./media/gate.ts";
import { handleImages, serveOpenImages } from "./media/images.ts";
import { serveStored } from "./media/stored-media.ts";
import { count } from "./count.ts";
import { problemResponse } from "./problem.ts";
import {
  cachedForAll,
  forViewer,
  isPublicRead,
  publicReadRequest,
  tagOfPlaylist,
  tagOfVideo,
} from "./routes/public-reads.ts";
import { mediaCatalog } from "./services/media-catalog.ts";
import { countingRequest, isWork, sendMetrics, sendMetricsSoon } from "./services/metrics.ts";

export { AccountLibrary } from "./db/account-library.ts";
export { ClaimDesk } from "./jobs/runners/claim-desk-object.ts";
export { Runner, RunnerApi } from "./jobs/runners/runner.ts";
export { ViewCounter } from "./jobs/views/view-counter.ts";

/** The entrypoint behind Workers Cache (wrangler.toml): the gate fetches whole objects through it. */
export class Media extends WorkerEntrypoint<Env> {
  override fetch(request: Request): Promise<Response> {
    count("cache.misses", { entry: "media" });
    sendMetricsSoon(this.env, this.ctx);
    return serveStored(request, countingStorage(this.env), mediaCatalog(this.env));
  }
}

/**
 * The entrypoint behind Workers Cache for what everyone sees alike: the home page, lists, related videos and playlists
 * without an account, and which images are public (docs/decisions/551-cached-public-reads.md).
 */
export class PublicReads extends WorkerEntrypoint<Env> {
  override async fetch(request: Request): Promise<Response> {
    count("cache.misses", { entry: "public" });
    sendMetricsSoon(this.env, this.ctx);
    const openImages = await serveOpenImages(request, mediaCatalog(this.env));
    if (openImages) return openImages;
    const { app } = await import("./app.ts");
    return cachedForAll(await app.fetch(request, countingStorage(this.env), this.ctx));
  }

  /** Drops all responses that show these videos. An entrypoint can purge only its own cache, hence this call. */
  async purge(videoIds: string[]): Promise<void> {
    // workerd has no Workers Cache locally (cloudflare/workerd#6865).
    await this.ctx.cache?.purge({ tags: videoIds.map(tagOfVideo) });
  }

  async purgePlaylists(ids: string[]): Promise<void> {
    await this.ctx.cache?.purge({ tags: ids.map(tagOfPlaylist) });
  }
}

// While the Worker starts: a deployment that throws here is refused.
refuseUnsafeSettings(settings);
regionOf(settings);

function delivery(env: Env, ctx: ExecutionContext): Delivery {
  return {
    env,
    ctx,
    catalog: mediaCatalog(env),
  };
}

/**
 * Delivery comes before the API, whose middleware has nothing to do with a segment. The rest of the Worker is evaluated by
 * the first call that needs it, so that an isolate that only delivers starts without the API and its auth library
 * (docs/decisions/275-lazy-api.md).
 */
function serve(
  request: Request<unknown, IncomingRequestCfProperties>,
  pathname: string,
  env: Env,
  ctx: ExecutionContext,
): Response | Promise<Response> {
  // No path has an empty segment. Matched loosely, it could mean another path to a proxy than to us.
  if (pathname.includes("//"))
    return problemResponse(new AppError("not_found", `${pathname} does not exist.`), pathname);
  if (pathname.startsWith("/media/")) return handleMedia(request, pathname, delivery(env, ctx));
  const creatorImage = serveCreatorImage(request, pathname, env);
  if (creatorImage) return creatorImage;
  if (pathname.startsWith("/images/")) return handleImages(request, pathname, delivery(env, ctx));
  if (isPublicRead(request, pathname)) {
    count("cache.lookups", { entry: "public" });
    return ctx.exports.PublicReads.fetch(publicReadRequest(request)).then(forViewer);
  }
  return import("./app.ts").then(({ app }) => app.fetch(request, env, ctx));
}

/** The bindings with the settings of the site, for what is no request to the API. */
async function configuredEnv(env: Env): Promise<Env> {
  const { withSettings } = await import("./services/site-settings.ts");
  return withSettings(countingStorage(env));
}

export default {
  fetch: (request, env, ctx) => {
    const { pathname } = new URL(request.url);
    const own = countingStorage(env);
    return countingRequest(pathname, env, ctx, () => serve(request, pathname, own, ctx));
  },
  queue: async (batch, env, ctx) => {
    count("invocations", { kind: "queue" });
    count("messages.delivered", { queue: batch.queue }, batch.messages.length);
    const [{ consume }, own] = await Promise.all([import("./jobs/consume.ts"), configuredEnv(env)]);
    await consume(batch, own, (videoId) => ctx.exports.PublicReads.purge([videoId]));
    // Sent at once, because a queue delivers no more messages while an invocation waits.
    if (isWork(batch)) await sendMetrics(env);
  },
  scheduled: async ({ cron }, env) => {
    count("invocations", { kind: "cron" });
    const [{ purposeOf, sweep }, own] = await Promise.all([
      import("./jobs/sweep.ts"),
      configuredEnv(env),
    ]);
    await sweep(own, purposeOf(cron));
    await sendMetrics(env);
  },
} satisfies ExportedHandler<Env>;
