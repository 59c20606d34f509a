import { expect, test } from "vitest";
import { ENCODED_CAPTIONS, encodeText } from "../../../tests/support/encoded-captions.ts";
import { decodeCaptions } from "./caption-encoding.ts";

function srt(...texts: string[]): string {
  return texts
    .map((text, index) => `${index + 1}\n00:00:0${index},000 --> 00:00:0${index},900\n${text}\n`)
    .join("\n");
}

test.each(ENCODED_CAPTIONS.filter(([encoding]) => !encoding.startsWith("utf-16")))(
  "captions in %s (%s) are decoded",
  (encoding, language, texts) => {
    const text = srt(...texts);
    expect(decodeCaptions(encodeText(text, encoding), language)).toBe(text);
  },
);

test.each(["windows-1251", "shift_jis", "gb18030", "big5", "euc-kr"])(
  "captions in %s are decoded without knowing their language",
  (encoding) => {
    const texts = {
      "windows-1251": "Привет, как у тебя дела сегодня? Я не знаю, что сказать.",
      shift_jis: "それについて何と言えばいいのか分かりません。",
      gb18030: "我不知道该怎么跟你说这件事。",
      big5: "我不知道該怎麼跟你說這件事。",
      "euc-kr": "그것에 대해 무슨 말을 해야 할지 모르겠어요.",
    } as const;
    const text = srt(texts[encoding as keyof typeof texts]);
    expect(decodeCaptions(encodeText(text, encoding))).toBe(text);
  },
);

test.each([
  ["with a byte order mark", "\uFEFF"],
  ["without one", ""],
])("UTF-16 %s is decoded, whatever its byte order", (_, mark) => {
  const text = srt("Hello", "Привет", "你好");
  const little = new Uint8Array(
    Uint16Array.from([...mark, ...text], (c) => c.charCodeAt(0)).buffer,
  );
  const big = Uint8Array.from(little, (_byte, index) => little[index ^ 1] ?? 0);
  expect(decodeCaptions(little)).toBe(text);
  expect(decodeCaptions(big)).toBe(text);
});

test("UTF-8 with one damaged byte keeps the rest", () => {
  const bytes = new TextEncoder().encode(srt("Привет, как дела?", "Мы должны уйти."));
  bytes.set([0xff], bytes.lastIndexOf(0xd1));
  expect(decodeCaptions(bytes, "ru")).toContain("Привет, как дела?");
});

test("a file that is not text is not decoded", () => {
  expect(decodeCaptions(Uint8Array.from({ length: 3000 }, (_, index) => (index * 7) % 256))).toBe(
    undefined,
  );
});
