import { env, exports } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { expectProblem, insertVideo, ORIGIN, tokenFor } from "../../tests/support/worker/media.ts";

const get = (path: string): Promise<Response> => exports.default.fetch(`${ORIGIN}${path}`);

describe("images of public videos", () => {
  const segment = "h264-360/0.1/00000.m4s";
  const poster = "files/images.1/poster.jpg";
  const withPoster = async (change: Parameters<typeof insertVideo>[0]): Promise<string> => {
    const id = await insertVideo({ posterPath: poster, ...change });
    await env.MEDIA.put(`${id}/1/${poster}`, "jpeg");
    await env.MEDIA.put(`${id}/1/files/captions.1/en.vtt`, "WEBVTT");
    return id;
  };

  test("are open to everyone and immutable", async () => {
    const response = await get(`/images/${await withPoster({})}/1/${poster}`);
    expect([response.status, await response.text(), response.headers.get("cache-control")]).toEqual(
      [200, "jpeg", "public, max-age=31536000, immutable"],
    );
  });

  test.each([
    { visibility: "private" },
    { visibility: "unlisted" },
    { state: "failed" },
    { deletedAt: 1 },
  ] as const)("are not found when the video is %o", async (change) => {
    const id = await withPoster(change);
    await expectProblem(await get(`/images/${id}/1/${poster}`), "not_found", id);
  });

  test("no other file of the video is served as an image", async () => {
    const id = await withPoster({});
    await env.MEDIA.put(`${id}/1/${segment}`, "segment");
    for (const path of [
      segment,
      "files/captions.1/en.vtt",
      "files/images.1/video.mp4",
      `../../sources/${id}/original`,
    ]) {
      await expectProblem(await get(`/images/${id}/1/${path}`), "not_found", id);
    }
  });

  test("a poster that has just been chosen is served at once", async () => {
    const id = await withPoster({});
    expect((await get(`/images/${id}/1/${poster}`)).status).toBe(200);
    const chosen = "files/poster.1/poster.jpg";
    await env.MEDIA.put(`${id}/1/${chosen}`, "chosen");
    await env.CATALOG.prepare("UPDATE videos SET poster_path = ? WHERE id = ?")
      .bind(chosen, id)
      .run();
    const response = await get(`/images/${id}/1/${chosen}`);
    expect([response.status, await response.text()]).toEqual([200, "chosen"]);
    await expectProblem(await get(`/images/${id}/1/${poster}`), "not_found", id);
  });

  test("are served for any video with a playback token", async () => {
    const id = await withPoster({ visibility: "private" });
    const response = await get(`/media/${await tokenFor(id)}/${id}/1/${poster}`);
    expect([response.status, await response.text()]).toEqual([200, "jpeg"]);
  });
});
