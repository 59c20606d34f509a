/** Sentences in the encodings that caption files have, and their bytes. */

function utf16(text: string, isBigEndian: boolean): Uint8Array {
  const little = new Uint8Array(Uint16Array.from(text, (c) => c.charCodeAt(0)).buffer);
  return isBigEndian ? little.map((_, index) => little[index ^ 1] ?? 0) : little;
}

/** The bytes of a text in an encoding, found by decoding every sequence of one or two bytes. */
export function encodeText(text: string, encoding: string): Uint8Array {
  if (encoding.startsWith("utf-16")) return utf16(text, encoding === "utf-16be");
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

/** Encoding, language (BCP 47), and text. */
export const ENCODED_CAPTIONS: readonly [encoding: string, language: string, texts: string[]][] = [
  ["utf-16le", "sv", ["\uFEFFGod morgon, hur mår du?", "Jag vet inte."]],
  ["utf-16be", "fi", ["\uFEFFHyvää huomenta, mitä kuuluu?", "En tiedä."]],
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
];
