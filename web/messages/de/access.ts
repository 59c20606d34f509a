import type { Translated } from "../../i18n/messages.ts";

export const messages: Translated<"access"> = {
  "ways.title": "Privat teilen",
  "ways.loading": "Zugriffsrechte werden geladen",
  "ways.text":
    "Teile dieses private Video mit bestimmten Personen. In Suche, Listen und Feeds erscheint es nicht. Änderungen gelten hier sofort.",
  "ways.notPrivate":
    "Das gilt, solange das Video privat ist. Zurzeit können es alle ansehen, die es finden.",
  "ways.page": "Link der Seite",
  "ways.embed": "Code zum Einbetten",

  "ways.password": "Passwort",
  "ways.noPassword": "Wer das Passwort kennt, kann das Video ansehen. Es ist keines gesetzt.",
  "ways.passwordSet":
    "Wer das Passwort kennt, kann das Video ansehen. Gesetzt: {day}. Ein neues Passwort beendet laufende Wiedergaben.",
  "ways.newPassword": "Neues Passwort",
  "ways.passwordHint": "Mindestens {count} Zeichen. Es kann nicht wieder angezeigt werden.",
  "ways.setPassword": "Passwort setzen",
  "ways.changePassword": "Passwort ändern",
  "ways.removePassword": "Passwort entfernen",

  "ways.links": "Links, die ablaufen",
  "ways.linksText":
    "Wer so einen Link hat, kann das Video ansehen, bis der Link abläuft oder du ihn widerrufst.",
  "ways.neverOpened": "Noch nicht geöffnet",
  "ways.opened":
    "{count, plural, one {Einmal geöffnet, {day}} other {#-mal geöffnet, zuletzt {day}}}",
  "ways.expires": "Läuft ab: {time}",
  "ways.expired": "Abgelaufen: {time}",
  "ways.copyLink": "Link für {name} kopieren",
  "ways.revokeLink": "Link für {name} widerrufen",
  "ways.revoke": "Widerrufen",
  "ways.newLink": "Neuer Link",
  "ways.linkName": "Für wen ist der Link?",
  "ways.linkNameHint": "Nur du siehst diesen Namen.",
  "ways.expiresAt": "Läuft ab am",
  "ways.createLink": "Link erstellen",

  "ways.accounts": "Eingeladene Konten",
  "ways.accountsText":
    "Nur diese Konten können das Video nach der Anmeldung mit bestätigter E-Mail-Adresse ansehen. Wer noch kein Konto hat, kann eines erstellen.",
  "ways.neverWatched": "Noch nicht angesehen",
  "ways.watched": "Zuletzt angesehen: {day}",
  "ways.removeAccount": "{email} entfernen",
  "ways.emails": "E-Mail-Adressen",
  "ways.emailsHint": "Eine pro Zeile, höchstens 50 auf einmal",
  "ways.notify": "Eine E-Mail mit dem Link senden",
  "ways.invite": "Einladen",
};
