/** XML 1.0 section 2.2: control characters that no document may contain, not even escaped. */
// oxlint-disable-next-line no-control-regex
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;
const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

export const XML_DECLARATION = `<?xml version="1.0" encoding="UTF-8"?>`;

/** Text for an element or an attribute. */
export function escapeXml(text: string): string {
  return text.replaceAll(FORBIDDEN, "").replaceAll(/[&<>"']/g, (mark) => ENTITIES[mark] ?? mark);
}

/** An element that contains a text. */
export const xmlElement = (name: string, text: string | number): string =>
  `<${name}>${escapeXml(String(text))}</${name}>`;
