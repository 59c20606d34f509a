import type { Translated } from "../../i18n/messages.ts";

export const messages: Translated<"legal"> = {
  "legal.imprint": "Impressum",
  "legal.privacy": "Datenschutz",
  "legal.terms": "Nutzungsbedingungen",
};
