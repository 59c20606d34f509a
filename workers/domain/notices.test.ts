import { expect, it } from "vitest";
import { CopyRefusal, NoticeCode } from "../contract/notices.ts";
import { noticeSentence } from "./notices.ts";

it("every notice is a sentence that names the track or resolution", () => {
  for (const code of NoticeCode.options.filter((one) => one !== "video_encoded")) {
    const sentence = noticeSentence({ code, track: "Commentary", count: 2 });
    expect(sentence).toContain("Commentary");
    expect(sentence).toMatch(/\.$/);
  }
});

it.each(CopyRefusal.options)(
  "a video that is encoded because of %s has its own notice",
  (reason) => {
    const sentence = noticeSentence({ code: "video_encoded", track: "", reason });
    const others = CopyRefusal.options.filter((other) => other !== reason);
    expect(sentence).toMatch(/^The video is encoded in every resolution, .+\.$/);
    for (const other of others)
      expect(noticeSentence({ code: "video_encoded", track: "", reason: other })).not.toBe(
        sentence,
      );
  },
);
