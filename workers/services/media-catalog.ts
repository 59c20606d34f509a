import { catalog, catalogReplica } from "../db/client.ts";
import { getTranscode } from "../db/transcoding/transcodes.ts";
import { loadLivePublication } from "./publications.ts";
import { readDeliveryLog } from "../db/revocations.ts";
import { findVideo } from "../db/videos.ts";
import { MAX_PLAYBACK_TOKEN_AGE_MS } from "../domain/revocations.ts";
import type { MediaCatalog } from "../media/media-catalog.ts";

/**
 * The catalogue as delivery reads it, from the nearest replica unless it must be current. Each read opens the replica for itself, since a request
 * for a segment reads nothing.
 */
export function mediaCatalog(env: Pick<Env, "CATALOG">): MediaCatalog {
  const replica = () => catalogReplica(env);
  return {
    findVideo: async (videoId) => findVideo(replica(), videoId),
    findContentKey: async (videoId, version) =>
      (await getTranscode(replica(), { videoId, version }))?.contentKey ?? null,
    loadLivePublication: async (videoId, version) =>
      loadLivePublication(replica(), videoId, version),
    readDeliveryLog: async (after) => {
      // From the primary: a replica may not know yet what was revoked, and is asked only every half minute.
      const { keys, revoked } = await readDeliveryLog(catalog(env), after);
      const revocations = revoked.map(({ until, ...entry }) => ({
        ...entry,
        until: until ?? entry.at + MAX_PLAYBACK_TOKEN_AGE_MS,
      }));
      return { keys, revocations };
    },
  };
}
