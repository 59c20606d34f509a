import { expect, test } from "vitest";
import { decodeCaptions } from "./caption-encoding.ts";

/** The bytes of a text in an encoding, by asking its decoder for every character of one or two bytes. */
function encode(text: string, encoding: string): Uint8Array {
  const table = new Map<string, number[]>();
  const decoder = new TextDecoder(encoding);
  for (let first = 0; first < 256; first += 1) {
    const one = decoder.decode(Uint8Array.of(first));
    if (one.length === 1 && one !== "\uFFFD" && !table.has(one)) table.set(one, [first]);
  }
  for (let first = 0x81; first < 0xff; first += 1)
    for (let second = 0x40; second < 0xff; second += 1) {
      const two = decoder.decode(Uint8Array.of(first, second));
      if (two.length === 1 && two !== "\uFFFD" && !table.has(two)) table.set(two, [first, second]);
    }
  return Uint8Array.from(
    [...text].flatMap((character) => {
      const bytes = table.get(character);
      if (bytes === undefined) throw new Error(`${encoding} has no ${character}`);
      return bytes;
    }),
  );
}

function srt(...texts: string[]): string {
  return texts
    .map((text, index) => `${index + 1}\n00:00:0${index},000 --> 00:00:0${index},900\n${text}\n`)
    .join("\n");
}

test.each([
  ["windows-1251", "ru", ["Привет, как у тебя дела сегодня?", "Я не знаю, что сказать."]],
  ["koi8-r", "ru", ["Привет, как у тебя дела сегодня?", "Мы должны уйти до рассвета."]],
  ["windows-1250", "cs", ["Příliš žluťoučký kůň úpěl ďábelské ódy.", "Nevím, co ti mám říct."]],
  ["windows-1250", "pl", ["Zażółć gęślą jaźń, proszę cię bardzo."]],
  ["windows-1252", "fr", ["Où est la bibliothèque, s’il vous plaît ?", "Ça va très bien."]],
  ["windows-1253", "el", ["Καλημέρα, τι κάνεις σήμερα;", "Δεν ξέρω τι να σου πω."]],
  ["windows-1254", "tr", ["Günaydın, bugün nasılsın?", "Şafaktan önce buradan gitmeliyiz."]],
  ["windows-1255", "he", ["שלום, מה שלומך היום?", "אני לא יודע מה להגיד לך."]],
  ["windows-1256", "ar", ["مرحبا، كيف حالك اليوم؟", "يجب أن نغادر قبل الفجر."]],
  ["windows-1257", "lt", ["Labas rytas, kaip šiandien laikaisi?", "Aš nežinau, ką pasakyti."]],
  ["windows-874", "th", ["สวัสดี วันนี้เป็นอย่างไรบ้าง", "ฉันไม่รู้จะพูดอะไรกับคุณ", "เราต้องไปก่อนรุ่งสาง"]],
  ["shift_jis", "ja", ["こんにちは、今日は元気ですか。"]],
  ["euc-jp", "ja", ["夜明け前にここを出なければなりません。"]],
  ["gb18030", "zh", ["你好，你今天过得怎么样？", "我们必须在天亮之前离开这里。"]],
  ["big5", "zh", ["你好，你今天過得怎麼樣？", "我們必須在天亮之前離開這裡。"]],
  ["euc-kr", "ko", ["안녕하세요, 오늘은 어떻게 지내세요?"]],
])("captions in %s (%s) are decoded", (encoding, language, texts) => {
  const text = srt(...texts);
  expect(decodeCaptions(encode(text, encoding), language)).toBe(text);
});

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
    expect(decodeCaptions(encode(text, encoding))).toBe(text);
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

test("UTF-8 with one damaged place keeps the rest", () => {
  const bytes = new TextEncoder().encode(srt("Привет, как дела?", "Мы должны уйти."));
  bytes.set([0xff], bytes.lastIndexOf(0xd1));
  expect(decodeCaptions(bytes, "ru")).toContain("Привет, как дела?");
});

test("a file that is no text is not decoded", () => {
  expect(decodeCaptions(Uint8Array.from({ length: 3000 }, (_, index) => (index * 7) % 256))).toBe(
    undefined,
  );
});
