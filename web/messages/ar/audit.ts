import type { Translated } from "../../i18n/messages.ts";

export const messages: Translated<"audit"> = {
  "audit.title": "سجل التدقيق",
  "audit.text":
    "ما فعله القائمون على هذا الموقع، وما غيّر من يستطيع الدخول إلى حساب. لا يمكن تغيير المدخلات ولا حذفها قبل موعدها.",
  "audit.action": "الإجراء",
  "audit.actor": "معرّف الحساب أو بريده",
  "audit.target": "معرّف الهدف",
  "audit.since": "من",
  "audit.until": "إلى",
  "audit.search": "بحث",
  "audit.csv": "تصدير CSV",
  "audit.jsonl": "تصدير أسطر JSON",
  "audit.verify": "فحص السلسلة",
  "audit.sound":
    "{count, plural, zero {لا مدخلات} one {مدخل واحد لم يتغيّر} two {مدخلان لم يتغيّرا} few {# مدخلات لم تتغيّر} many {# مدخلًا لم يتغيّر} other {# مدخل لم يتغيّر}}. أحدث بصمة: {hash}",
  "audit.broken.changed": "غُيّر المدخل {seq} بعد كتابته.",
  "audit.broken.unlinked": "المدخل {seq} لا يتبع الذي قبله: استُبدل أحدهما.",
  "audit.broken.missing": "هناك مدخلات مفقودة قبل {seq}.",
  "audit.none": "لم يُعثر على شيء",
  "audit.noneText": "لا مدخل مطابق. جرّب عوامل تصفية أقل.",
  "audit.nobody": "بلا حساب",
  "audit.command": "أمر من المشغّل",
  "audit.from": "من {address}",
  "audit.details": "التفاصيل",
  "audit.detailsName": "تفاصيل المدخل {seq}",
  "audit.before": "قبل",
  "audit.after": "بعد",
  "audit.request": "الطلب {id}",
  "audit.hash": "البصمة {hash}",
};
