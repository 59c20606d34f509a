import { expect, test } from "vitest";
import { captionsKey } from "./keys.ts";
import { captionPath, type ImageSource, imageUrls } from "./urls.ts";

const video: ImageSource = {
  id: "A".repeat(22),
  version: 3,
  visibility: "public",
  state: "ready",
  posterPath: "files/images.1/poster.jpg",
  storyboardPath: "files/images.1/storyboard.vtt",
  previewPath: null,
};
const none = { poster: null, storyboard: null, preview: null };

test("the images of a public video are plain, immutable URLs", () => {
  expect(imageUrls(video)).toEqual({
    poster: `/images/${video.id}/3/files/images.1/poster.jpg`,
    storyboard: `/images/${video.id}/3/files/images.1/storyboard.vtt`,
    preview: null,
  });
});

test.each([
  { visibility: "private", state: "ready" },
  { visibility: "unlisted", state: "ready" },
  { visibility: "public", state: "processing" },
] as const)("$visibility and $state: images only with a grant", (change) => {
  expect(imageUrls({ ...video, ...change })).toEqual(none);
  expect(imageUrls({ ...video, ...change }, "t.o.k").poster).toBe(
    `/media/t.o.k/${video.id}/3/files/images.1/poster.jpg`,
  );
});

test("captions are addressed below the version, whether embedded or uploaded", () => {
  expect(captionPath(captionsKey(video.id, "en", 2), video.id, 3)).toBe("captions/en.2.vtt");
  expect(captionPath(`${video.id}/3/files/captions.1/en.vtt`, video.id, 3)).toBe(
    "files/captions.1/en.vtt",
  );
});
