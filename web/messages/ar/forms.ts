import type { Translated } from "../../i18n/messages.ts";

export const messages: Translated<"forms"> = {
  "field.empty": "املأ هذا الحقل.",
  "field.choose": "اختر واحدًا على الأقل.",
  "field.atLeast":
    "استخدم على الأقل {count, plural, zero {# حرف} one {حرفًا واحدًا} two {حرفين} few {# أحرف} many {# حرفًا} other {# حرف}}.",
  "field.atMost":
    "استخدم على الأكثر {count, plural, zero {# حرف} one {حرفًا واحدًا} two {حرفين} few {# أحرف} many {# حرفًا} other {# حرف}}.",
  "field.exactly":
    "استخدم {count, plural, zero {# حرف} one {حرفًا واحدًا} two {حرفين} few {# أحرف} many {# حرفًا} other {# حرف}}.",
  "field.entries":
    "استخدم على الأكثر {count, plural, zero {# إدخال} one {إدخالًا واحدًا} two {إدخالين} few {# إدخالات} many {# إدخالًا} other {# إدخال}}.",
  "field.orMore": "أدخل {limit, number} أو أكثر.",
  "field.orLess": "أدخل {limit, number} أو أقل.",
  "image.unreadable": "لا يستطيع متصفحك قراءة هذا الملف كصورة. اختر ملفًا آخر.",
  "field.invalid": "هذا غير صالح.",

  "rule.noPermission": "اختر إذنًا واحدًا على الأقل.",
  "rule.redirectUri":
    "استخدم عنوان https، أو عنوان http لهذا الحاسوب، أو عنوانًا بمخطط تطبيق مثل com.example.app:/done.",
  "rule.redirectParts": "احذف الجزء المرجعي واسم المستخدم وأحرف البدل.",
  "rule.onlyConfidential": "لا يمكن إلا لتطبيق سري أن يتصرف نيابة عن حسابك.",
  "rule.needsRedirect": "يحتاج التطبيق الذي يسجّل دخول المستخدمين إلى عنوان إعادة توجيه.",
  "rule.languageCode": "استخدم رمز لغة مثل en أو pt-BR.",
  "rule.countryCodes": "استخدم رموز دول من حرفين مثل DE.",
  "rule.origin": "استخدم عنوان موقع أساسيًا مثل https://example.com.",
  "rule.addressRanges": "استخدم نطاقات عناوين مثل 203.0.113.0/24.",
  "rule.keyKind": "استخدم مفتاح JSON Web Key من نوع Ed25519 أو RSA.",
  "rule.publicMembers": "استخدم حقول المفتاح العام فقط: kty وcrv مع x، أو kty وn مع e.",
  "rule.keyLength": "المفتاح مبتور: يتكون x من 43 حرفًا في مفاتيح Ed25519.",
  "rule.keyBits": "استخدم مفتاحًا من 2048 بت على الأقل.",
  "rule.keyExponent": "استخدم مفتاحًا بأسّ معتاد في e.",
  "rule.keyText": "استخدم ترميز base64url.",
  "rule.lineBreaks": "احذف فواصل الأسطر وأحرف التحكم.",
  "rule.controlCharacters": "احذف أحرف التحكم ما عدا فواصل الأسطر.",
  "rule.visible": "استخدم أحرفًا مرئية.",
  "rule.future": "اختر وقتًا في المستقبل.",
  "rule.twoYears": "اختر وقتًا خلال سنتين.",
  "rule.afterStart": "اختر وقتًا بعد وقت النشر.",
  "rule.slug": "استخدم الأحرف الصغيرة والأرقام فقط.",
  "visibility.public": "عام",
  "visibility.unlisted": "غير مدرج",
  "visibility.private": "خاص",
  "chart.none": "لا توجد أرقام بعد",
  "chart.table": "كجدول",
  "chart.tableName": "كجدول: {name}",
  "chart.time": "الوقت",
};
