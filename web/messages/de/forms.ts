import type { Translated } from "../../i18n/messages.ts";

export const messages: Translated<"forms"> = {
  "field.empty": "Fülle dieses Feld aus.",
  "field.choose": "Wähle mindestens einen Eintrag.",
  "field.atLeast": "Verwende mindestens {count, plural, one {# Zeichen} other {# Zeichen}}.",
  "field.atMost": "Verwende höchstens {count, plural, one {# Zeichen} other {# Zeichen}}.",
  "field.exactly": "Verwende genau {count, plural, one {# Zeichen} other {# Zeichen}}.",
  "field.entries": "Verwende höchstens {count, plural, one {# Eintrag} other {# Einträge}}.",
  "field.orMore": "Gib {limit, number} oder mehr an.",
  "field.orLess": "Gib {limit, number} oder weniger an.",
  "image.unreadable": "Dein Browser kann diese Datei nicht als Bild lesen. Wähle eine andere.",
  "field.invalid": "Das ist nicht gültig.",

  "rule.noPermission": "Wähle mindestens eine Berechtigung.",
  "rule.redirectUri":
    "Verwende eine https-Adresse, eine http-Adresse dieses Computers oder eine mit dem Schema einer App, zum Beispiel com.example.app:/done.",
  "rule.redirectParts": "Lass Fragment, Benutzernamen und Platzhalter weg.",
  "rule.onlyConfidential": "Nur eine vertrauliche App kann im Namen deines Kontos handeln.",
  "rule.needsRedirect": "Eine App, in der man sich anmeldet, braucht eine Weiterleitungs-URI.",
  "rule.languageCode": "Verwende ein Sprachkürzel, zum Beispiel en oder pt-BR.",
  "rule.countryCodes": "Verwende Länderkürzel aus zwei Buchstaben, zum Beispiel DE.",
  "rule.origin": "Verwende den Ursprung einer Website, zum Beispiel https://example.com.",
  "rule.addressRanges": "Verwende Adressbereiche, zum Beispiel 203.0.113.0/24.",
  "rule.keyKind": "Verwende einen JSON Web Key der Art Ed25519 oder RSA.",
  "rule.publicMembers":
    "Verwende nur die Felder eines öffentlichen Schlüssels: kty und crv mit x, oder kty und n mit e.",
  "rule.keyLength": "Der Schlüssel ist abgeschnitten: In Ed25519-Schlüsseln hat x 43 Zeichen.",
  "rule.keyBits": "Verwende einen Schlüssel mit mindestens 2048 Bit.",
  "rule.keyExponent": "Verwende einen Schlüssel mit einem üblichen Exponenten in e.",
  "rule.keyText": "Verwende base64url.",
  "rule.lineBreaks": "Lass Zeilenumbrüche und Steuerzeichen weg.",
  "rule.controlCharacters": "Lass Steuerzeichen außer Zeilenumbrüchen weg.",
  "rule.visible": "Verwende sichtbare Zeichen.",
  "visibility.public": "öffentlich",
  "visibility.unlisted": "nicht gelistet",
  "visibility.private": "privat",
};
