import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { beforeEach, expect, test } from "vitest";
import { tasks, transcodes } from "../../db/transcoding-schema.ts";
import { ownerKey, taskArchiveKey } from "../../media/storage-keys.ts";
import { collectLeftovers } from "./collect.ts";
import { ScriptedTranscoder } from "../../../tests/support/worker/scripted-transcoder.ts";
import {
  db,
  jobContext,
  queuedVideo,
  stopEverything,
  videoRow,
  work,
} from "../../../tests/support/worker/transcoding.ts";

beforeEach(stopEverything);
const HOUR_MS = 3_600_000;
const context = jobContext();

const keysOf = async (prefix: string) =>
  (await env.MEDIA.list({ prefix })).objects.map(({ key }) => key);

test("an hour after a transcode ends, only the output of losing attempts is removed", async () => {
  const id = await queuedVideo();
  let attempts = 0;
  const transcoder = new ScriptedTranscoder().on("video", async function* (request) {
    for await (const event of ScriptedTranscoder.perform(request)) {
      // The first attempt stores everything, but its runner stops before it can report the result.
      if (event.type === "done" && ++attempts === 1) {
        yield { type: "failed", code: "runner_restarted", detail: "", permanent: false };
        return;
      }
      yield event;
    }
  });
  await work(transcoder);
  expect((await videoRow(id)).state).toBe("ready");
  const before = await keysOf(`${id}/1/`);
  const losers = before.filter(
    (key) => key.includes("/0.1/") && before.includes(key.replace("/0.1/", "/0.2/")),
  );
  expect(losers.length).toBeGreaterThan(0);

  await collectLeftovers(context, Date.now());
  expect(await keysOf(`${id}/1/`)).toEqual(before);
  await collectLeftovers(context, Date.now() + 2 * HOUR_MS);
  expect(await keysOf(`${id}/1/`)).toEqual(before.filter((key) => !losers.includes(key)));
});

test("only the source of a failed version is kept", async () => {
  const id = await queuedVideo();
  const transcoder = new ScriptedTranscoder().on("audio", () => [
    { type: "failed", code: "damaged_file", detail: "The file is damaged.", permanent: true },
  ]);
  await work(transcoder);
  const { sourceKey } = await videoRow(id);
  expect(await keysOf(`${id}/1/`)).not.toEqual([]);
  await collectLeftovers(context, Date.now() + 2 * HOUR_MS);
  expect(await keysOf(`${id}/`)).toEqual([ownerKey(id), taskArchiveKey(id, 1, 1)]);
  expect(await env.MEDIA.head(sourceKey ?? "")).not.toBeNull();
});

test("a version that is still being transcoded is left alone", async () => {
  const id = await queuedVideo();
  await env.MEDIA.put(`${id}/1/h264-360/0.1/00000.m4s`, "segment");
  await db.update(tasks).set({ attempt: 2 }).where(eq(tasks.videoId, id));
  await collectLeftovers(context, Date.now() + 2 * HOUR_MS);
  expect(await keysOf(`${id}/`)).toHaveLength(1);
  const [row] = await db.select().from(transcodes).where(eq(transcodes.videoId, id));
  expect(row?.sweptAt).toBeNull();
});
