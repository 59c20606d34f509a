import type { Translated } from "../../i18n/messages.ts";

export const messages: Translated<"access"> = {
  "ways.title": "مشاركة خاصة",
  "ways.loading": "جارٍ تحميل صلاحيات المشاهدة",
  "ways.text":
    "اسمح لبعض الأشخاص بمشاهدة هذا الفيديو الخاص. لن يظهر في البحث والقوائم والخلاصات. تُحفظ التغييرات هنا فورًا.",
  "ways.notPrivate": "يسري هذا ما دام الفيديو خاصًا. يمكن الآن لكل من يجده أن يشاهده.",
  "ways.page": "رابط صفحته",
  "ways.embed": "رمز التضمين",

  "ways.password": "كلمة المرور",
  "ways.noPassword": "يمكن لكل من يعرف كلمة المرور أن يشاهد. لم تُعيَّن أي كلمة.",
  "ways.passwordSet":
    "يمكن لكل من يعرف كلمة المرور أن يشاهد. عُيّنت {day}. تُنهي كلمة مرور جديدة عمليات التشغيل الجارية.",
  "ways.newPassword": "كلمة مرور جديدة",
  "ways.passwordHint": "{count} أحرف على الأقل. لا يمكن عرضها مرة أخرى.",
  "ways.setPassword": "تعيين كلمة المرور",
  "ways.changePassword": "تغيير كلمة المرور",
  "ways.removePassword": "إزالة كلمة المرور",

  "ways.links": "روابط تنتهي صلاحيتها",
  "ways.linksText": "يمكن لكل من لديه رابط كهذا أن يشاهد حتى تنتهي صلاحيته أو تلغيه.",
  "ways.neverOpened": "لم يُفتح بعد",
  "ways.opened":
    "{count, plural, zero {لم يُفتح} one {فُتح مرة واحدة، {day}} two {فُتح مرتين، آخرها {day}} few {فُتح # مرات، آخرها {day}} many {فُتح # مرة، آخرها {day}} other {فُتح # مرة، آخرها {day}}}",
  "ways.expires": "تنتهي صلاحيته {time}",
  "ways.expired": "انتهت صلاحيته {time}",
  "ways.copyLink": "نسخ الرابط المخصص لـ {name}",
  "ways.revokeLink": "إلغاء الرابط المخصص لـ {name}",
  "ways.revoke": "إلغاء",
  "ways.newLink": "رابط جديد",
  "ways.linkName": "لمن هذا الرابط؟",
  "ways.linkNameHint": "أنت وحدك ترى هذا الاسم.",
  "ways.expiresAt": "تنتهي صلاحيته في",
  "ways.createLink": "إنشاء رابط",

  "ways.accounts": "الحسابات المدعوة",
  "ways.accountsText":
    "يمكن لهذه الحسابات وحدها المشاهدة بعد تسجيل الدخول بعنوان بريد مؤكد. من ليس لديه حساب يمكنه إنشاء حساب.",
  "ways.neverWatched": "لم يشاهد بعد",
  "ways.watched": "آخر مشاهدة {day}",
  "ways.removeAccount": "إزالة {email}",
  "ways.emails": "عناوين البريد الإلكتروني",
  "ways.emailsHint": "عنوان في كل سطر، 50 على الأكثر في المرة",
  "ways.notify": "إرسال رسالة إليهم بالرابط",
  "ways.invite": "دعوة",
};
