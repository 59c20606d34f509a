import { expect, test } from "vitest";
import { CopyRefusal, NoticeCode } from "../../workers/contract/notices.ts";
import { noticeSentence } from "../../workers/domain/notices.ts";
import { noticeText } from "./notice-text.ts";

const notices = [
  ...NoticeCode.options.flatMap((code) =>
    [1, 16].map((count) => ({ code, track: "Commentary", count })),
  ),
  ...CopyRefusal.options.map((reason) => ({ code: "video_encoded" as const, track: "", reason })),
];

test.each(notices)("the studio says in English what the API says: %o", (notice) => {
  const shown = noticeText(notice).replaceAll(/[“”]/g, '"').replaceAll("can’t", "cannot");
  expect(shown).toBe(noticeSentence(notice));
});
