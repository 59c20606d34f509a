import { env } from "cloudflare:workers";
import { runBatch, catalog } from "../../../workers/db/client.ts";
import { enqueueEvent } from "../../../workers/db/outbox.ts";
import { uploads } from "../../../workers/db/schema.ts";
import { uploadLinks } from "../../../workers/db/upload-link-schema.ts";
import { findLink } from "../../../workers/db/upload-links.ts";
import { newId } from "../../../workers/domain/id.ts";
import { newAccount, newVideo } from "./api.ts";

/** A link that leads to no server on the internet: its message is handled once the creator can see the error. */
export const LOST_LINK = {
  change: async (): Promise<string> => {
    const db = catalog(env);
    const uploadId = newId();
    const { userId: ownerId } = await newAccount();
    const videoId = await newVideo(ownerId, { state: "uploading" });
    const now = Date.now();
    await runBatch(db, [
      db.insert(uploads).values({
        ...{
          id: uploadId,
          videoId,
          ownerId,
          filename: "a.mp4",
          size: 10,
          contentType: "video/mp4",
        },
        ...{ partSize: 10, partCount: 1, key: `sources/${uploadId}`, multipartId: "none" },
        ...{ createdAt: now, expiresAt: now + 3_600_000 },
      }),
      db
        .insert(uploadLinks)
        .values({ uploadId, videoId, url: "https://127.0.0.1/a.mp4", size: 10, dueAt: now }),
      enqueueEvent(db, { kind: "read-link", uploadId }, now),
    ]);
    return uploadId;
  },
  isDone: async (uploadId: string): Promise<boolean> =>
    (await findLink(catalog(env), uploadId))?.errorCode === "link_refused",
};
