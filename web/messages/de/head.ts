import type { Translated } from "../../i18n/messages.ts";

export const messages: Translated<"head"> = {
  "head.video": "„{title}“ auf {site} ansehen.",
  "head.premiere": "Premiere: {time}.",
  "head.premiereSoon": "Die Premiere beginnt bald.",
  "head.category": "{category} auf {site} ansehen.",
  "head.tag": "Videos zu {tag} auf {site}.",
  "head.creator": "Videos von {name} auf {site}.",
  "head.playlist": "{count, plural, one {# Video} other {# Videos}} von {name} auf {site}.",
};
