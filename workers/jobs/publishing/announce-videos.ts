import { ANONYMOUS } from "../../domain/principal.ts";
import type { PushMessage } from "../../contract/push.ts";
import { catalog, runBatch } from "../../db/client.ts";
import { publishedSince } from "../../db/followed-videos.ts";
import { libraryOf } from "../../db/history.ts";
import { enqueueEvent } from "../../db/outbox.ts";
import { findVideos } from "../../db/videos.ts";
import { isListed } from "../../domain/videos.ts";
import { log } from "../../log.ts";
import { relayOutbox } from "../../services/outbox.ts";
import { presentVideos } from "../../services/present-videos.ts";
import { pushKeys, sendPush } from "../../services/web-push.ts";

/** A video that became public longer ago is not announced, whatever changes now. */
const NEWS_MS = 86_400_000;
/** Each is a call to an object and a request per browser, of which an invocation has a thousand. */
const FOLLOWERS_PER_MESSAGE = 25;

/** Announces changed videos that have just been published to their followers, once each. */
export async function announceVideos(env: Env, videoIds: string[], now: number): Promise<void> {
  if (!pushKeys(env)) return;
  const db = catalog(env);
  for (const { id, ownerId } of await publishedSince(db, videoIds, now - NEWS_MS)) {
    if (!(await libraryOf(env, ownerId).announce(id, now))) continue;
    await runBatch(db, [enqueueEvent(db, { kind: "notify-followers", videoId: id, after: "" })]);
    await relayOutbox(env);
  }
}

/** Sends a message to the browsers of one follower. */
async function notifyFollower(
  env: Env,
  { ownerId, videoId }: { ownerId: string; videoId: string },
  followerId: string,
  message: PushMessage,
): Promise<void> {
  const library = libraryOf(env, followerId);
  const browsers = await library.listPush();
  const sent = await Promise.all(
    browsers.map((browser) => sendPush(env, browser, message, videoId)),
  );
  const gone = browsers.filter((_, index) => !sent[index]);
  if (gone.length > 0) await library.removePush(gone.map(({ endpoint }) => endpoint));
  // Followers without a registered browser are not notified again.
  if (gone.length === browsers.length)
    await libraryOf(env, ownerId).setPushFollower(followerId, false);
}

/**
 * Tells a page of the creator's followers of a video, and leaves the rest to another message. One follower who fails does not
 * stop the others. If the message comes twice, browsers show one notification all the same.
 */
export async function notifyFollowers(env: Env, videoId: string, after: string): Promise<void> {
  const db = catalog(env);
  const [row] = await findVideos(db, [videoId]);
  if (!row || !isListed(row)) return;
  const followers = await libraryOf(env, row.ownerId).pushFollowers(after, FOLLOWERS_PER_MESSAGE);
  const [video] = await presentVideos(env, db, [row], ANONYMOUS);
  if (!video || followers.length === 0) return;
  const message: PushMessage = {
    title: video.creator.name,
    body: video.title,
    path: `/watch/${videoId}`,
    image: video.poster,
  };
  await Promise.all(
    followers.map((followerId) =>
      notifyFollower(env, { ownerId: row.ownerId, videoId }, followerId, message).catch(
        (error: unknown) => log("push.refused", { videoId, error }),
      ),
    ),
  );
  const last = followers.at(-1);
  if (last === undefined || followers.length < FOLLOWERS_PER_MESSAGE) return;
  await runBatch(db, [enqueueEvent(db, { kind: "notify-followers", videoId, after: last })]);
  await relayOutbox(env);
}
