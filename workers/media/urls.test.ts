import { expect, test } from "vitest";
import { type ImageSource, imageUrls } from "./urls.ts";

const video: ImageSource = {
  id: "A".repeat(22),
  version: 3,
  visibility: "public",
  state: "ready",
  deletedAt: null,
  posterPath: "files/images.1/poster.jpg",
  storyboardPath: "files/images.1/storyboard.vtt",
  previewPath: null,
};
const none = { poster: null, storyboard: null, preview: null };

test("the images of a public video have open, immutable URLs", () => {
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
] as const)("$visibility and $state: images need a token", (change) => {
  expect(imageUrls({ ...video, ...change })).toEqual(none);
  expect(imageUrls({ ...video, ...change }, "t.o.k").poster).toBe(
    `/media/t.o.k/${video.id}/3/files/images.1/poster.jpg`,
  );
});
