import type { Translated } from "../../i18n/messages.ts";

export const messages: Translated<"browse"> = {
  "browse.categories": "Kategorien",
  "browse.emptyCategory": "In dieser Kategorie ist noch nichts öffentlich. Wähle oben eine andere.",
  "browse.emptyTag": "Kein öffentliches Video hat dieses Schlagwort.",
  "browse.searchWords": "Nach diesen Wörtern suchen",
  "creator.loading": "Der Kanal wird geladen",
  "creator.notFound": "Kanal nicht gefunden",
  "creator.playlists": "Serien und Playlists",
  "creator.edit": "Profil bearbeiten",
  "creator.joined": "Dabei seit {day}",
  "creator.followers": "{count, plural, one {# Follower} other {# Follower}}",
  "creator.manyFollowers": "{count} Follower",
  "following.reason": "Melde dich an, um Kanälen zu folgen und ihre neuen Videos zu sehen.",
  "following.creators": "Kanäle, denen du folgst",
  "following.empty": "Noch nichts Neues",
  "following.emptyText":
    "Folge Kanälen auf ihren Seiten. Ihre Videos erscheinen hier, die neuesten zuerst.",
};
