import { catalog, catalogReplica, runBatch } from "../db/client.ts";
import { enqueueEvent } from "../db/outbox.ts";
import { getTranscode } from "../db/transcoding/transcodes.ts";
import { loadLivePublication } from "./publications.ts";
import { readDeliveryLog } from "../db/revocations.ts";
import { findVideo } from "../db/videos.ts";
import { type ViewCounterEnv, viewCounterOf } from "../db/views.ts";
import { MAX_PLAYBACK_TOKEN_AGE_MS } from "../domain/revocations.ts";
import { log } from "../log.ts";
import type { MediaCatalog } from "../media/media-catalog.ts";
import { type OutboxEnv, relayOutbox } from "./outbox.ts";

type CatalogEnv = OutboxEnv & Pick<Env, "CATALOG"> & ViewCounterEnv;

/** Starts a comparison of a video with its objects at once, if it should have the one that a viewer requested. */
async function reportMissing(
  env: CatalogEnv,
  videoId: string,
  version: number,
  path: string,
): Promise<void> {
  const video = await findVideo(catalogReplica(env), videoId);
  if (video?.version !== version || video.state !== "ready" || video.deletedAt !== null) return;
  log("storage.missing", { videoId, version, path });
  const db = catalog(env);
  await runBatch(db, [enqueueEvent(db, { kind: "check-video", videoId })]);
  await relayOutbox(env);
}

/**
 * The catalogue as delivery reads it, from the nearest replica unless it must be current. Each read opens the replica for itself, since a request
 * for a segment reads nothing.
 */
export function mediaCatalog(env: CatalogEnv): MediaCatalog {
  const replica = () => catalogReplica(env);
  return {
    findVideo: async (videoId) => findVideo(replica(), videoId),
    findContentKey: async (videoId, version) =>
      (await getTranscode(replica(), { videoId, version }))?.contentKey ?? null,
    loadLivePublication: async (videoId, version) =>
      loadLivePublication(replica(), videoId, version),
    reportMissing: (videoId, version, path) => reportMissing(env, videoId, version, path),
    reportFetch: async (videoId, sessionId, at) =>
      viewCounterOf(env, videoId).noteFetch(videoId, sessionId, at),
    readDeliveryLog: async (after) => {
      // From the primary: a replica may not know the latest revocations, and this is read only every half minute.
      const { keys, revoked } = await readDeliveryLog(catalog(env), after);
      const revocations = revoked.map(({ until, ...entry }) => ({
        ...entry,
        until: until ?? entry.at + MAX_PLAYBACK_TOKEN_AGE_MS,
      }));
      return { keys, revocations };
    },
  };
}
