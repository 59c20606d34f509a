import type { Translated } from "../../i18n/messages.ts";

export const messages: Translated<"browse"> = {
  "browse.categories": "الفئات",
  "browse.emptyCategory": "لا يوجد شيء عام في هذه الفئة بعد. اختر فئة أخرى أعلاه.",
  "browse.emptyTag": "لا يوجد فيديو عام بهذا الوسم.",
  "browse.searchWords": "ابحث عن هذه الكلمات",
  "creator.loading": "جارٍ تحميل صفحة صانع المحتوى",
  "creator.notFound": "لم يُعثر على صانع المحتوى",
  "creator.playlists": "السلاسل وقوائم التشغيل",
  "creator.edit": "تعديل الملف",
  "creator.joined": "انضم في {day}",
  "creator.followers":
    "{count, plural, zero {لا متابعين} one {متابع واحد} two {متابعان} few {# متابعين} many {# متابعًا} other {# متابع}}",
  "creator.manyFollowers": "{count} متابع",
  "following.reason": "سجّل الدخول لمتابعة صنّاع المحتوى ومشاهدة فيديوهاتهم الجديدة.",
  "following.creators": "صنّاع المحتوى الذين تتابعهم",
  "following.empty": "لا جديد بعد",
  "following.emptyText": "تابِع صنّاع المحتوى من صفحاتهم. تظهر فيديوهاتهم هنا، الأحدث أولًا.",
};
