import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { PartUrls, UploadCreated } from "../contract/uploads.ts";
import { catalog } from "../db/client.ts";
import { uploads } from "../db/schema.ts";
import { sourceKey } from "../media/storage-keys.ts";
import { call, newAccount, problemOf } from "../../tests/support/worker/api.ts";
import { expireUploads } from "./expire.ts";
import { purgeVideo } from "./purge.ts";

/** The same races as in tests/races, one call at a time there, here in the real runtime with its own timing. */
const ROUNDS = 20;
const FILE = { filename: "a.mp4", size: 3, contentType: "video/mp4" };

/** An upload whose only part is stored and recorded. */
async function uploadedFile() {
  const { app } = await newAccount();
  const upload = UploadCreated.parse(await (await call(app, "POST", "/v1/uploads", FILE)).json());
  const path = `/v1/uploads/${upload.id}`;
  const urls = await call(app, "POST", `${path}/parts`, { partNumbers: [1] });
  const url = PartUrls.parse(await urls.json()).parts[0]?.url ?? "";
  const stored = await fetch(url, { method: "PUT", body: "abc" });
  await call(app, "PUT", `${path}/parts/1`, { etag: stored.headers.get("etag") });
  return { app, upload, path };
}

test.each([
  {
    rival: "expiry",
    run: async ({ upload }: Awaited<ReturnType<typeof uploadedFile>>) => {
      await catalog(env).update(uploads).set({ expiresAt: 1 }).where(eq(uploads.id, upload.id));
      await expireUploads(env);
    },
  },
  {
    rival: "abort",
    run: ({ app, path }: Awaited<ReturnType<typeof uploadedFile>>) => call(app, "DELETE", path),
  },
])("$rival against complete: a success keeps the source, and the loser says so", async (given) => {
  const completed: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const file = await uploadedFile();
    const { videoId, id } = file.upload;
    const [answer] = await Promise.all([
      call(file.app, "POST", `${file.path}/complete`),
      given.run(file),
    ]);
    await purgeVideo(env, videoId);
    const source = await env.MEDIA.head(sourceKey(videoId, id));
    const video = await call(file.app, "GET", `/v1/videos/${videoId}`);
    if (answer.status === 200) {
      completed.push(round);
      expect(source?.size).toBe(FILE.size);
      expect(video.status).toBe(200);
    } else {
      expect((await problemOf(answer)).code).toBe("upload_closed");
      expect(source).toBeNull();
      expect(video.status).toBe(404);
    }
  }
  console.log(`${given.rival}: complete won ${completed.length} of ${ROUNDS}`);
});
