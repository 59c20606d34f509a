import type { Translated } from "../../i18n/messages.ts";

export const messages: Translated<"audit"> = {
  "audit.title": "Protokoll",
  "audit.text":
    "Alle Aktionen derer, die diese Website betreiben, und alle Änderungen am Zugang zu Konten. Einträge lassen sich weder ändern noch vorzeitig löschen.",
  "audit.action": "Aktion",
  "audit.actor": "Konto-ID oder E-Mail",
  "audit.target": "ID des Ziels",
  "audit.since": "Von",
  "audit.until": "Bis",
  "audit.search": "Suchen",
  "audit.csv": "CSV exportieren",
  "audit.jsonl": "JSON-Zeilen exportieren",
  "audit.verify": "Kette prüfen",
  "audit.sound":
    "{count, plural, one {# Eintrag ist} other {# Einträge sind}} unverändert. Neuester Hash: {hash}",
  "audit.broken.changed": "Eintrag {seq} wurde nachträglich geändert.",
  "audit.broken.unlinked":
    "Eintrag {seq} passt nicht zum vorherigen: Einer von beiden wurde ersetzt.",
  "audit.broken.missing": "Vor {seq} fehlen Einträge.",
  "audit.none": "Nichts gefunden",
  "audit.noneText": "Kein Eintrag passt. Versuche weniger Filter.",
  "audit.nobody": "Kein Konto",
  "audit.command": "Ein Befehl des Betreibers",
  "audit.from": "von {address}",
  "audit.details": "Einzelheiten",
  "audit.detailsName": "Einzelheiten zu Eintrag {seq}",
  "audit.before": "Vorher",
  "audit.after": "Nachher",
  "audit.request": "Anfrage {id}",
  "audit.hash": "Hash {hash}",
};
