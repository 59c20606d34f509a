import type { Translated } from "../../i18n/messages.ts";

export const messages: Translated<"studio"> = {
  "studio.reason": "Melde dich an, um Videos hochzuladen und zu verwalten.",
  "studio.noCreator": "Mit deinem Konto kannst du keine Videos hochladen",
  "studio.noCreatorText": "Bitte einen Administrator dieser Website, dich dafür freizuschalten.",
  "studio.videos": "Videos",
  "studio.bin": "Papierkorb",
  "studio.loading": "Deine Videos werden geladen",
  "studio.empty": "Noch keine Videos",
  "studio.emptyText":
    "Hier erscheinen die Videos, die du hochlädst, mit dem Fortschritt ihrer Umwandlung.",
  "studio.uploadFirst": "Lade dein erstes Video hoch",
  "studio.edit": "Bearbeiten",
  "studio.editTitle": "{title} bearbeiten",
  "studio.deleteTitle": "{title} löschen",
  "studio.transcodingOf": "Umwandlung von {title}",
  "studio.days": "{count, plural, =1 {einen Tag} one {# Tag} other {# Tage}}",
  "studio.someTime": "einige Zeit",
  "studio.keptFile": "Deine hochgeladene Datei bleibt erhalten.",
  "studio.yourTime": "Das ist um {time} deiner Zeit.",

  "state.uploading": "Wird hochgeladen",
  "state.queued": "In der Warteschlange",
  "state.processing": "Wird umgewandelt",
  "state.playable": "Abspielbar, wird noch umgewandelt",
  "state.ready": "Fertig",
  "state.failed": "Fehlgeschlagen",

  "visibility.public": "öffentlich",
  "visibility.unlisted": "nicht gelistet",
  "visibility.private": "privat",
  "visibility.publicText": "Öffentlich: Alle können es finden und ansehen",
  "visibility.unlistedText": "Nicht gelistet: Alle mit dem Link können es ansehen",
  "visibility.privateText": "Privat: Nur du kannst es ansehen",

  "bin.empty": "Papierkorb leeren",
  "bin.loading": "Dein Papierkorb wird geladen",
  "bin.isEmpty": "Dein Papierkorb ist leer",
  "bin.emptyText":
    "Videos, die du löschst, bleiben {time} hier, und du kannst sie wiederherstellen.",
  "bin.quota":
    "Gelöschte Videos bleiben {time} hier und zählen zu deinem Speicherplatz. Wenn du den Papierkorb leerst, werden {size} frei.",
  "bin.restored": "„{title}“ ist wieder in „Meine Videos“.",
  "bin.erased": "„{title}“ ist endgültig gelöscht.",
  "bin.deleted": "Gelöscht: {day}",
  "bin.erasedOn": "Endgültig gelöscht {day}",
  "bin.restore": "Wiederherstellen",
  "bin.restoreTitle": "{title} wiederherstellen",
  "bin.erase": "Endgültig löschen",
  "bin.eraseTitle": "Endgültig löschen: {title}",
  "bin.emptyQuestion": "Papierkorb leeren?",
  "bin.eraseQuestion": "Dieses Video endgültig löschen?",
  "bin.emptyWarning":
    "Alle Videos in deinem Papierkorb werden mit den hochgeladenen Dateien endgültig gelöscht. Das lässt sich nicht rückgängig machen.",
  "bin.eraseWarning":
    "„{title}“ wird mit der hochgeladenen Datei endgültig gelöscht. Das lässt sich nicht rückgängig machen.",
  "bin.undoText": "<title>„{name}“</title> ist in deinem <link>Papierkorb</link>.",
  "bin.undo": "Rückgängig machen",

  "delete.question": "Dieses Video löschen?",
  "delete.text": "„{title}“ verschwindet für alle, und Links dorthin funktionieren nicht mehr.",
  "delete.uploading": "Der Upload endet. Das lässt sich nicht rückgängig machen.",
  "delete.noBin":
    "Diese Website bewahrt gelöschte Videos nicht auf: Das lässt sich nicht rückgängig machen.",
  "delete.restorable": "Du kannst es {time} lang aus deinem Papierkorb wiederherstellen.",

  "captions.title": "Untertitel",
  "captions.removeLanguage": "Untertitel entfernen: {language}",
  "captions.dropped":
    "{count, plural, =1 {Ein Untertitel ist beschädigt und wurde weggelassen.} one {# Untertitel ist beschädigt und wurde weggelassen.} other {# Untertitel sind beschädigt und wurden weggelassen.}}",
  "captions.languageHint": "Ein Sprachkürzel wie en, de oder pt-BR",
  "captions.file": "Untertiteldatei",
  "captions.fileHint": "WebVTT oder SubRip, in jeder Zeichenkodierung",
  "captions.add": "Untertitel hinzufügen",

  "details.title": "Details",
  "details.downloads": "Zuschauern das Herunterladen dieses Videos erlauben",
  "details.encrypt":
    "Dieses Video verschlüsseln (nicht mehr zu ändern, sobald die Umwandlung begonnen hat)",
  "details.alwaysEncode":
    "Dieses Video immer neu kodieren, auch wenn die Datei unverändert veröffentlicht werden könnte (nicht mehr zu ändern, sobald die Umwandlung begonnen hat)",
  "details.videoTitle": "Titel",
  "details.description": "Beschreibung",
  "details.category": "Kategorie",
  "details.language": "Sprache",
  "details.notSet": "Nicht angegeben",
  "details.people": "Besetzung und Stab",
  "details.peopleHint": "Trenne Namen mit Kommas, die bekanntesten zuerst",
  "details.tags": "Schlagwörter",
  "details.tagsHint": "Trenne Schlagwörter mit Kommas",
  "details.rating": "Altersfreigabe",
  "details.ratingHint": "Profile mit Altersgrenze sehen nur Videos mit einer Freigabe.",
  "details.notRated": "Ohne Angabe",
  "details.visibility": "Sichtbarkeit",

  "rules.title": "Einschränkungen der Wiedergabe",
  "rules.countries": "Länder",
  "rules.all": "Alle Länder",
  "rules.allow": "Nur diese Länder",
  "rules.deny": "Alle außer diesen Ländern",
  "rules.codes": "Länderkürzel",
  "rules.codesHint":
    "Je zwei Buchstaben, zum Beispiel DE, AT, CH. Wer aus einem unbekannten Land kommt, kann nicht zuschauen.",
  "rules.embedding": "Einbetten",
  "rules.anywhere": "Jede Website",
  "rules.theseSites": "Nur diese Websites",
  "rules.sites": "Websites",
  "rules.sitesHint":
    "Zum Beispiel https://shop.example. Lass das Feld leer, um das Einbetten nur auf dieser Website zu erlauben.",

  "poster.title": "Vorschaubild",
  "poster.frameAt": "Bild bei {time}",
  "poster.use": "Dieses Bild verwenden",
  "poster.creating": "Das neue Vorschaubild wird erstellt.",

  "link.title": "Teilen",
  "link.private":
    "Nur du kannst dieses Video ansehen. Um es zu teilen, mache es öffentlich oder nicht gelistet.",
  "link.link": "Link",
  "link.embed": "Code zum Einbetten",

  "file.selected": "Ausgewählte Datei",
  "file.checking": "Die Datei wird geprüft …",
  "file.unknown": "Keine Vorschau verfügbar. Die Datei wird nach dem Hochladen geprüft.",
  "file.audioOnly":
    "Diese Datei enthält Ton, aber kein Bild. Entferne sie und wähle eine andere Datei.",
  "file.unreadable":
    "Diese Datei lässt sich nicht als Video lesen. Sie ist vielleicht beschädigt oder in einem Format, das nicht unterstützt wird. Entferne sie und wähle eine andere Datei.",
  "file.frame": "Bild aus der ausgewählten Datei",
  "file.duration": "Dauer",
  "file.resolution": "Auflösung",
  "file.codecs": "Codecs",

  "timeline.title": "Umwandlung",
  "timeline.count": "{done} von {total} Aufgaben",
  "timeline.later": "Die Umwandlung beginnt, wenn die Datei vollständig hochgeladen ist.",
  "timeline.tasks": "Aufgaben",
  "timeline.waiting": "Wartet",
  "timeline.queued": "In der Warteschlange",
  "timeline.running": "Läuft",
  "timeline.done": "Fertig",
  "timeline.dead": "Fehlgeschlagen",
  "timeline.attempt": "{state}, Versuch {attempt}",
  "timeline.showFinished":
    "{count, plural, one {# fertige Aufgabe anzeigen} other {# fertige Aufgaben anzeigen}}",

  "task.part": "{title}, Teil {part} von {count}",
  "task.plan": "Prüfung der Datei",
  "task.remux": "Umschreiben der Datei für die Verarbeitung",
  "task.images": "Vorschaubild, Vorschau und Storyboard",
  "task.captions": "Untertitel in der Datei",
  "task.finish": "Veröffentlichung",
  "task.video": "Video",
  "task.videoCopy": "Video, wie hochgeladen",
  "task.videoHeight": "Video, {height}p",
  "task.videoOthers": "Video, andere Auflösungen",
  "task.videoOthersSet": "Video, andere Auflösungen, Gruppe {set}",
  "task.videoCodec": "Video, {codec}",
  "task.download": "Download, {format}",
  "task.posterFrom": "Vorschaubild von {time}",
  "task.audio": "Ton",
  "task.audioTrack": "Ton, Spur {track}",
  "task.audioWebm": "Ton für WebM",

  "upload.title": "Video hochladen",
  "upload.alwaysEncode":
    "Dieses Video immer neu kodieren. Sonst wird eine Datei, die Browser abspielen können, unverändert in ihrer eigenen Auflösung veröffentlicht. Entscheide das, bevor du eine Datei wählst.",
  "upload.encrypt":
    "Dieses Video verschlüsseln. Verschlüsselte Videos haben keine Downloads und kein DASH. Entscheide das, bevor du eine Datei wählst.",
  "upload.note":
    "Jedes Video- oder Audioformat. Uploads gehen nach dem Neuladen oder einer Unterbrechung der Verbindung weiter.",
  "upload.drop": "Ziehe ein Video hierher oder {browse}",
  "upload.browse": "wähle eine Datei",
  "upload.resume": "Upload fortsetzen",
  "upload.resumeAll": "Uploads fortsetzen",
  "upload.published": "Veröffentlicht",
  "upload.publishedText":
    "„{title}“ kann angesehen werden, sobald der erste Teil umgewandelt ist. Lass diesen Tab offen, bis die Datei vollständig hochgeladen ist.",
  "upload.viewProgress": "Fortschritt ansehen",
  "upload.publish": "Veröffentlichen",
  "upload.chooseFirst":
    "Wähle zuerst eine Datei. Sie wird hochgeladen, während du die Details ausfüllst.",
  "upload.changeLater": "Du kannst diese Details später ändern.",
  "upload.complete":
    "Die Datei ist vollständig hochgeladen. Veröffentliche das Video, wenn die Details fertig sind.",
  "upload.chooseAgain": "Wähle die Datei noch einmal, um den Upload fortzusetzen.",
  "upload.stalled": "Der Upload stockt. Prüfe deine Verbindung und versuche es noch einmal.",
  "upload.etagHidden":
    "Der Speicher gibt den ETag-Header nicht für diese Website frei. Prüfe seine CORS-Einstellungen.",
  "upload.refused": "Der Speicher hat einen Teil der Datei abgelehnt (Status {status}).",
  "upload.notSigned": "Der Server hat keine Upload-URL für Teil {number} der Datei geliefert.",
  "upload.offline":
    "Der Speicher ist nicht erreichbar. Prüfe deine Verbindung und versuche es noch einmal.",
};
