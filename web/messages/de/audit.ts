import type { Translated } from "../../i18n/messages.ts";

export const messages: Translated<"audit"> = {
  "audit.title": "Protokoll",
  "audit.text":
    "Was alle getan haben, die diese Website betreiben, und was den Zugang zu Konten geändert hat. Einträge lassen sich weder ändern noch vorzeitig löschen.",
  "audit.action": "Aktion",
  "audit.actor": "Konto-ID",
  "audit.target": "ID dessen, worum es ging",
  "audit.since": "Von",
  "audit.until": "Bis",
  "audit.search": "Suchen",
  "audit.csv": "CSV exportieren",
  "audit.jsonl": "JSON-Zeilen exportieren",
  "audit.verify": "Kette prüfen",
  "audit.sound":
    "{count, plural, one {# Eintrag ist} other {# Einträge sind}} wie geschrieben. Neuester Hash: {hash}",
  "audit.broken.changed": "Eintrag {seq} wurde geändert, nachdem er geschrieben war.",
  "audit.broken.unlinked":
    "Eintrag {seq} folgt nicht auf den davor: Einer von beiden wurde ersetzt.",
  "audit.broken.missing": "Vor {seq} fehlen Einträge.",
  "audit.none": "Nichts gefunden",
  "audit.noneText": "Kein Eintrag passt. Suche nach weniger.",
  "audit.nobody": "Niemand angemeldet",
  "audit.command": "Ein Befehl des Betreibers",
  "audit.from": "von {address}",
  "audit.details": "Einzelheiten",
  "audit.detailsName": "Einzelheiten zu Eintrag {seq}",
  "audit.before": "Vorher",
  "audit.after": "Nachher",
  "audit.request": "Anfrage {id}",
  "audit.hash": "Hash {hash}",
};
