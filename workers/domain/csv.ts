/**
 * Characters that start a formula in spreadsheets, which wide forms and leading spaces do not change for some of them. Source:
 * https://owasp.org/www-community/attacks/CSV_Injection
 */
const FORMULA = /^[\t\r\n]|^\s*[=+\-@＝＋－＠]/;

function field(value: string | number): string {
  const text = typeof value === "string" && FORMULA.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A table as CSV with a line of names. Source: https://www.rfc-editor.org/rfc/rfc4180 */
export function csvOf(rows: readonly (readonly (string | number)[])[]): string {
  return rows.map((row) => `${row.map(field).join(",")}\r\n`).join("");
}
