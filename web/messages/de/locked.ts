import type { Translated } from "../../i18n/messages.ts";

export const messages: Translated<"locked"> = {
  "locked.title": "Dieses Video ist privat",
  "locked.password": "Passwort des Videos",
  "locked.watch": "Ansehen",
  "locked.invited":
    "Nur eingeladene Konten können es ansehen. Melde dich mit der eingeladenen Adresse an.",
  "locked.signIn": "Mit einem eingeladenen Konto anmelden",
  "locked.signedInAs":
    "Du bist als {email} angemeldet. Wurde eine andere deiner Adressen eingeladen, melde dich mit dieser an.",
  "locked.unconfirmed":
    "Deine Adresse {email} ist nicht bestätigt. Wurde sie eingeladen, <link>bestätige sie</link> zuerst.",
  "locked.premiere": "Premiere",
  "locked.left": "Zeit bis zum Beginn",
  "locked.daysLeft": "{count, plural, one {{days} Tag} other {{days} Tage}}, {rest}",
  "locked.startsNow": "Beginnt gleich …",
  "locked.startsAt": "Beginnt am {time}",
  "locked.by": "Von <link>{name}</link>",
  "locked.someone": "diesem Kanal",
  "locked.notify":
    "Folge {name}, um beim Beginn benachrichtigt zu werden. Das Video startet auf dieser Seite automatisch.",
  "locked.wrongPassword": "Das ist nicht das Passwort dieses Videos.",
  "locked.paused": "Zu viele falsche Passwörter. Versuche es später noch einmal.",
  "locked.linkEnded":
    "Dieser Link ist abgelaufen oder wurde widerrufen. Bitte die Person, die ihn dir geschickt hat, um einen neuen.",
  "locked.gone": "Dieses Video gibt es nicht, oder es wird nicht mehr geteilt.",
};
