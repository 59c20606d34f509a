import { expect, test } from "vitest";
import { smallPosterOf } from "./small-poster.ts";

test.each([
  ["/images/v/1/files/images.1/poster-large.jpg", "/images/v/1/files/images.1/poster-small.jpg"],
  ["files/poster.2/poster-large.jpg", "files/poster.2/poster-small.jpg"],
  // Posters of a small video, and of one from before small posters existed.
  ["/images/v/1/files/images.1/poster.jpg", null],
  ["/images/v/1/files/images.1/my-poster-large.jpg", null],
])("the small poster beside %s is %s", (poster, small) => {
  expect(smallPosterOf(poster)).toBe(small);
});
