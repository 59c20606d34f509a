import { env } from "cloudflare:workers";
import { runBatch } from "../../../workers/db/client.ts";
import { libraryOf } from "../../../workers/db/history.ts";
import { enqueueEvent } from "../../../workers/db/outbox.ts";
import { newAccount, newVideo } from "./api.ts";
import { db } from "./transcoding.ts";

const followerOf = (videoId: string) => libraryOf(env, `follower of ${videoId}`);

/** A message about a new video, for a follower whose browser is removed when it cannot be notified. */
export const LOST_NOTIFICATION = {
  async change(): Promise<string> {
    const { userId } = await newAccount();
    const id = await newVideo(userId);
    await libraryOf(env, userId).addFollower(userId, `follower of ${id}`);
    await libraryOf(env, userId).setPushFollower(`follower of ${id}`, true);
    const browser = { endpoint: "https://example.com", p256dh: "", auth: "", createdAt: 1 };
    await followerOf(id).addPush(browser);
    await runBatch(db, [enqueueEvent(db, { kind: "notify-followers", videoId: id, after: "" })]);
    return id;
  },
  isDone: async (id: string): Promise<boolean> => (await followerOf(id).listPush()).length === 0,
};
