import { expect, it } from "vitest";
import { NoticeCode } from "../contract/notices.ts";
import { noticeSentence } from "./notices.ts";

it("every notice is a sentence that names the track", () => {
  for (const code of NoticeCode.options) {
    const sentence = noticeSentence({ code, track: "Commentary", count: 2 });
    expect(sentence).toContain('"Commentary"');
    expect(sentence).toMatch(/\.$/);
  }
});
