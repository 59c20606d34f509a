import type { Translated } from "../../i18n/messages.ts";

export const messages: Translated<"locked"> = {
  "locked.title": "هذا الفيديو خاص",
  "locked.password": "كلمة مرور الفيديو",
  "locked.watch": "مشاهدة",
  "locked.invited": "لا تشاهده إلا الحسابات المدعوة. سجّل الدخول بالعنوان الذي دُعي.",
  "locked.signIn": "تسجيل الدخول بحساب مدعو",
  "locked.signedInAs": "سجّلت الدخول بالعنوان {email}. إذا دُعي عنوان آخر من عناوينك فسجّل الدخول به.",
  "locked.unconfirmed": "عنوانك {email} غير مؤكد. إذا دُعي هذا العنوان <link>فأكّده</link> أولًا.",
  "locked.wrongPassword": "هذه ليست كلمة مرور هذا الفيديو.",
  "locked.paused": "كلمات مرور خاطئة كثيرة. حاول مرة أخرى لاحقًا.",
  "locked.linkEnded": "انتهت صلاحية هذا الرابط أو أُلغي. اطلب رابطًا جديدًا ممن أرسله إليك.",
  "locked.gone": "هذا الفيديو غير موجود، أو لم يعد مُشارَكًا.",
};
