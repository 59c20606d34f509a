import type { Translated } from "../../i18n/messages.ts";

export const messages: Translated<"access"> = {
  "ways.title": "Privat teilen",
  "ways.loading": "Wer zuschauen darf, wird geladen",
  "ways.text":
    "Lass einige Menschen dieses private Video ansehen. In Suche, Listen und Feeds steht es nicht. Änderungen gelten hier sofort.",
  "ways.notPrivate":
    "Das gilt, solange das Video privat ist. Jetzt können es alle ansehen, die es finden.",
  "ways.page": "Link der Seite",
  "ways.embed": "Code zum Einbetten",

  "ways.password": "Passwort",
  "ways.noPassword": "Wer das Passwort kennt, kann zuschauen. Es ist keines gesetzt.",
  "ways.passwordSet":
    "Wer das Passwort kennt, kann zuschauen. Gesetzt: {day}. Ein neues beendet, was damit abgespielt wird.",
  "ways.newPassword": "Neues Passwort",
  "ways.passwordHint": "Mindestens {count} Zeichen. Es kann nicht wieder angezeigt werden.",
  "ways.setPassword": "Passwort setzen",
  "ways.changePassword": "Passwort ändern",
  "ways.removePassword": "Passwort entfernen",

  "ways.links": "Links, die ablaufen",
  "ways.linksText": "Wer so einen Link hat, kann zuschauen, bis er abläuft oder du ihn widerrufst.",
  "ways.neverOpened": "Noch nicht geöffnet",
  "ways.opened":
    "{count, plural, one {Einmal geöffnet, {day}} other {#-mal geöffnet, zuletzt {day}}}",
  "ways.expires": "Läuft ab: {time}",
  "ways.expired": "Abgelaufen: {time}",
  "ways.copyLink": "Link für {name} kopieren",
  "ways.revokeLink": "Link für {name} widerrufen",
  "ways.revoke": "Widerrufen",
  "ways.newLink": "Neuer Link",
  "ways.linkName": "Für wen er ist",
  "ways.linkNameHint": "Nur du siehst diesen Namen.",
  "ways.expiresAt": "Läuft ab am",
  "ways.createLink": "Link erstellen",

  "ways.accounts": "Eingeladene Konten",
  "ways.accountsText":
    "Nur sie können nach der Anmeldung zuschauen, mit bestätigter E-Mail-Adresse. Wer noch kein Konto hat, kann eines erstellen.",
  "ways.neverWatched": "Hat noch nicht zugeschaut",
  "ways.watched": "Zuletzt zugeschaut: {day}",
  "ways.removeAccount": "{email} entfernen",
  "ways.emails": "E-Mail-Adressen",
  "ways.emailsHint": "Eine pro Zeile, höchstens 50 auf einmal",
  "ways.notify": "Eine E-Mail mit dem Link senden",
  "ways.invite": "Einladen",
};
