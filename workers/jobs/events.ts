import { z } from "zod";
import { EventMessage } from "../contract/messages.ts";
import { catalog } from "../db/client.ts";
import { deleteMessages } from "../db/outbox.ts";
import { storeView } from "../services/beacons.ts";
import { storePick } from "../services/search/popular.ts";
import { log } from "../log.ts";
import { syncDownloads } from "./downloads.ts";
import { indexVideos } from "./index-video.ts";
import { purgeVideo } from "./purge.ts";

/** Multiplied by the number of attempts so far. */
const RETRY_DELAY_SECONDS = 5;

/** The number of a message's row in the outbox; messages from before an update have none. */
const OutboxReference = z.object({ row: z.int().optional() });

/**
 * Handles each message separately, so that only a message that fails is delivered again. The outbox forgets those that were
 * handled; if that fails, they are sent once more, which does no harm.
 */
export async function handleEvents(batch: MessageBatch, env: Env): Promise<void> {
  const handled: number[] = [];
  for (const message of batch.messages) {
    try {
      await handleEvent(EventMessage.parse(message.body), env);
      const { row } = OutboxReference.parse(message.body);
      if (row !== undefined) handled.push(row);
      message.ack();
    } catch (error) {
      log("event.failed", { body: message.body, attempts: message.attempts, error: String(error) });
      message.retry({ delaySeconds: RETRY_DELAY_SECONDS * message.attempts });
    }
  }
  await deleteMessages(catalog(env), handled).catch((error: unknown) =>
    log("event.failed", { handled, error: String(error) }),
  );
}

async function handleEvent(event: EventMessage, env: Env): Promise<void> {
  switch (event.kind) {
    case "purge-video":
      return purgeVideo(env, event.videoId);
    case "sync-downloads":
      return syncDownloads(env, event.videoId);
    case "index-video":
      return indexVideos(env, [event.videoId]);
    case "search-pick":
      return storePick(env, event);
    case "view":
      return storeView(env, event);
  }
}
