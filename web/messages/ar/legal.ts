import type { Translated } from "../../i18n/messages.ts";

export const messages: Translated<"legal"> = {
  "legal.imprint": "بيانات الناشر",
  "legal.privacy": "سياسة الخصوصية",
  "legal.terms": "شروط الاستخدام",
};
