import type { Translated } from "../../i18n/messages.ts";

export const messages: Translated<"head"> = {
  "head.video": "شاهد «{title}» على {site}.",
  "head.premiere": "العرض الأول: {time}.",
  "head.premiereSoon": "يبدأ العرض الأول قريبًا.",
  "head.category": "{category}: شاهد على {site}.",
  "head.tag": "فيديوهات عن {tag} على {site}.",
  "head.creator": "فيديوهات {name} على {site}.",
  "head.playlist":
    "{count, plural, zero {لا فيديوهات} one {فيديو واحد} two {فيديوهان} few {# فيديوهات} many {# فيديو} other {# فيديو}} من {name} على {site}.",
};
