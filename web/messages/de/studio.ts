import type { Translated } from "../../i18n/messages.ts";

export const messages: Translated<"studio"> = {
  "studio.reason": "Melde dich an, um Videos hochzuladen und zu verwalten.",
  "studio.noCreator": "Mit deinem Konto kannst du keine Videos hochladen",
  "studio.noCreatorText": "Bitte einen Administrator dieser Website, dich dafür freizuschalten.",
  "studio.videos": "Videos",
  "studio.playlists": "Serien und Playlists",
  "studio.editPage": "Deine Seite bearbeiten",
  "studio.analytics": "Statistik",
  "studio.bin": "Papierkorb",
  "studio.loading": "Deine Videos werden geladen",
  "studio.empty": "Noch keine Videos",
  "studio.emptyText":
    "Hier erscheinen die Videos, die du hochlädst, mit dem Fortschritt ihrer Umwandlung.",
  "studio.uploadFirst": "Lade dein erstes Video hoch",
  "studio.edit": "Bearbeiten",
  "studio.tabs": "Teile dieses Videos",
  "studio.processing": "Verarbeitung",
  "studio.preview": "Vorschau",
  "studio.editTitle": "{title} bearbeiten",
  "studio.deleteTitle": "{title} löschen",
  "studio.transcodingOf": "Umwandlung von {title}",
  "studio.days": "{count, plural, =1 {einen Tag} one {# Tag} other {# Tage}}",
  "studio.someTime": "einige Zeit",
  "studio.keptFile": "Deine hochgeladene Datei bleibt erhalten.",
  "studio.yourTime": "In deiner Zeitzone: {time}.",
  "studio.unfinished": "Der Upload ist nicht abgeschlossen.",
  "studio.uploadOf": "Upload von {title}",
  "studio.resume": "Fortsetzen",
  "studio.resumeTitle": "Fortsetzen: {title}",
  "studio.show": "Upload anzeigen",
  "studio.showTitle": "Upload anzeigen: {title}",
  "studio.discard": "Verwerfen",
  "studio.discardTitle": "Verwerfen: {title}",
  "studio.sameFile": "Diese Datei hast du schon. Diese Videos sind ebenfalls aus ihr entstanden:",

  "state.uploading": "Wird hochgeladen",
  "state.queued": "In der Warteschlange",
  "state.processing": "Wird umgewandelt",
  "state.playable": "Abspielbar, wird noch umgewandelt",
  "state.ready": "Fertig",
  "state.failed": "Fehlgeschlagen",

  "visibility.publicText": "Öffentlich: Alle können es finden und ansehen",
  "visibility.unlistedText": "Nicht gelistet: Alle mit dem Link können es ansehen",
  "visibility.privateText": "Privat: Nur du kannst es ansehen",

  "schedule.willStart": "Dieses Video wird am {time} öffentlich.",
  "schedule.willEnd": "Dieses Video wird am {time} privat.",
  "schedule.badge": "Geplant",

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
  "bin.undoMany":
    "{count, plural, one {# Video liegt} other {# Videos liegen}} in deinem <link>Papierkorb</link>.",
  "bin.undo": "Rückgängig machen",

  "delete.question": "Dieses Video löschen?",
  "delete.text": "„{title}“ verschwindet für alle, und Links dorthin funktionieren nicht mehr.",
  "delete.uploading": "Der Upload wird abgebrochen. Das lässt sich nicht rückgängig machen.",
  "delete.noBin":
    "Diese Website bewahrt gelöschte Videos nicht auf: Das lässt sich nicht rückgängig machen.",
  "delete.restorable": "Du kannst es {time} lang aus deinem Papierkorb wiederherstellen.",

  "language.likely": "Vorschläge",
  "language.all": "Alle Sprachen",
  "leave.text": "Deine Änderungen an diesem Video sind nicht gespeichert.",

  "details.title": "Details",
  "details.downloads": "Zuschauern das Herunterladen dieses Videos erlauben",
  "details.encrypt":
    "Dieses Video verschlüsseln (nicht mehr zu ändern, sobald die Umwandlung begonnen hat)",
  "details.alwaysEncode":
    "Dieses Video immer neu kodieren, auch wenn die Datei unverändert veröffentlicht werden könnte (nicht mehr zu ändern, sobald die Umwandlung begonnen hat)",
  "details.videoTitle": "Titel",
  "details.titleMissing": "Gib einen Titel ein.",
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

  "file.selected": "Ausgewählte Datei",
  "file.checking": "Die Datei wird geprüft …",
  "file.unknown": "Keine Vorschau verfügbar. Die Datei wird nach dem Hochladen geprüft.",
  "file.audioOnly":
    "Diese Datei enthält Ton, aber kein Bild. Entferne sie und wähle eine andere Datei.",
  "file.audioAccepted":
    "Diese Datei enthält nur Ton. Zu sehen ist dann ihr Coverbild oder ihre Wellenform.",
  "file.unreadable":
    "Diese Datei lässt sich nicht als Video lesen. Sie ist vielleicht beschädigt oder in einem Format, das nicht unterstützt wird. Entferne sie und wähle eine andere Datei.",
  "file.frame": "Bild aus der ausgewählten Datei",
  "file.duration": "Dauer",
  "file.resolution": "Auflösung",
  "file.codecs": "Codecs",

  "upload.published": "Veröffentlicht",
  "upload.trim": "Vor dem Hochladen kürzen",
  "upload.title": "Videos hochladen",
  "upload.choose": "Dateien auswählen",
  "upload.drop": "Ziehe Videos oder Ordner hierher",
  "upload.browse": "Dateien auswählen",
  "upload.browseFolder": "Ordner auswählen",
  "upload.note":
    "Jedes Video- oder Audioformat. Uploads werden nach dem Neuladen oder einer Verbindungsunterbrechung fortgesetzt.",
  "upload.fromLink": "Von einem Link",
  "upload.links": "Links zu Videodateien",
  "upload.linksHint":
    "Einer pro Zeile. Die Website liest die Dateien selbst, du kannst diese Seite also schließen.",
  "upload.addLinks": "Von Links hochladen",
  "upload.linkInvalid": "Das ist kein Link: „{link}“. Links beginnen mit https://.",
  "upload.stateReading": "Wird vom Link gelesen",
  "upload.linkRefused":
    "Dieser Link funktioniert nicht. Er muss mit https:// beginnen und zu einem öffentlichen Server führen.",
  "upload.linkUnreachable": "Die Datei lässt sich von diesem Link nicht lesen.",
  "upload.linkChanged":
    "Die Datei hinter dem Link hat sich beim Lesen geändert. Versuche es noch einmal.",
  "upload.linkTooSlow":
    "Der Server dieses Links ist zu langsam oder sendet die Datei nur als Ganzes. Lade die Datei herunter und dann hier hoch.",
  "upload.linkUnknown": "Füge den Link noch einmal ein, um es erneut zu versuchen.",
  "upload.dismiss": "Ausblenden",
  "upload.refusedEmpty": "„{name}“ ist leer.",
  "upload.refusedSize": "„{name}“ ist mit {size} zu groß. Eine Datei darf höchstens {limit} haben.",
  "upload.refusedQuota":
    "„{name}“ hat {size}, aber von deinem Speicherplatz sind nur {free} frei. Lösche Videos, die du nicht mehr brauchst, und leere dann deinen Papierkorb.",
  "upload.refusedKind":
    "„{name}“ ist kein Video. Wähle eine Videodatei, zum Beispiel MP4, MOV, MKV oder WebM.",
  "upload.refusedUnreadable":
    "„{name}“ lässt sich nicht lesen. Vielleicht wurde die Datei verschoben oder gelöscht, oder ein anderes Programm sperrt sie.",
  "upload.alreadyListed": "„{name}“ ist schon in der Liste.",
  "upload.duplicate": "„{name}“ hast du schon: Es ist das Video <link>{title}</link>.",
  "upload.duplicateAgain": "Trotzdem hochladen",
  "upload.duplicateAgainOf": "Trotzdem hochladen: {name}",
  "upload.duplicateSkip": "Überspringen",
  "upload.duplicateSkipOf": "Überspringen: {name}",
  "upload.defaults": "Details für neue Dateien",
  "upload.defaultsHint":
    "Dateien, die du ab jetzt auswählst, beginnen mit diesen Details. Du kannst sie für jede Datei ändern.",
  "upload.defaultsForAll":
    "{count, plural, one {Für die Datei unten übernehmen} other {Für die # Dateien unten übernehmen}}",
  "upload.alwaysEncode":
    "Diese Videos immer neu kodieren. Sonst wird eine Datei, die Browser abspielen können, unverändert in ihrer eigenen Auflösung veröffentlicht.",
  "upload.encrypt":
    "Diese Videos verschlüsseln. Verschlüsselte Videos haben keine Downloads und kein DASH.",
  "upload.playlist": "Playlist",
  "upload.noPlaylist": "Keine",
  "upload.files": "Deine Dateien",
  "upload.count": "{uploaded} von {files, plural, one {# Datei} other {# Dateien}} hochgeladen",
  "upload.totalProgress": "Alle Uploads",
  "upload.progressOf": "Upload von {name}",
  "upload.sentOf": "{sent} von {size}",
  "upload.rate": "{size}/s",
  "upload.timeLeft": "noch {time}",
  "upload.willContinue": "Offline. Geht weiter, sobald du wieder online bist.",
  "upload.pauseAll": "Alle anhalten",
  "upload.resumeAll": "Alle fortsetzen",
  "upload.publishAll":
    "{count, plural, one {# Video veröffentlichen} other {# Videos veröffentlichen}}",
  "upload.clear": "Fertige ausblenden",
  "upload.stateWaiting": "Wartet",
  "upload.stateElsewhere": "Wird in einem anderen Tab hochgeladen",
  "upload.stateUploading": "Wird hochgeladen",
  "upload.statePaused": "Angehalten",
  "upload.stateFailed": "Upload fehlgeschlagen",
  "upload.stateMissing": "Wähle diese Datei noch einmal, um fortzufahren",
  "upload.stateUploaded": "Hochgeladen",
  "upload.detailsOf": "Details von {name}",
  "upload.pause": "Anhalten",
  "upload.pauseOf": "Anhalten: {name}",
  "upload.resume": "Fortsetzen",
  "upload.resumeOf": "Fortsetzen: {name}",
  "upload.retryOf": "Erneut versuchen: {name}",
  "upload.up": "Nach oben",
  "upload.upOf": "Nach oben: {name}",
  "upload.down": "Nach unten",
  "upload.downOf": "Nach unten: {name}",
  "upload.removeOf": "Entfernen: {name}",
  "upload.removeQuestion": "Diese Datei entfernen?",
  "upload.removeUnfinished":
    "Der Upload von „{name}“ wird abgebrochen, und der bereits gesendete Teil wird gelöscht.",
  "upload.removeUploaded":
    "„{name}“ verschwindet aus dieser Liste. Das Video bleibt in „Meine Videos“ und ist privat.",
  "upload.publishing": "Wird veröffentlicht",
  "upload.complete":
    "Die Datei ist vollständig hochgeladen. Veröffentliche das Video, wenn die Details fertig sind.",
  "upload.chooseAgain": "Wähle die Datei noch einmal, um den Upload fortzusetzen.",
  "upload.fileChanged":
    "Die Datei wurde verschoben, geändert oder gelöscht. Wähle sie noch einmal, um fortzufahren.",
  "upload.viewProgress": "Fortschritt ansehen",
  "upload.publish": "Veröffentlichen",
  "upload.changeLater": "Du kannst diese Details später ändern.",
  "upload.stalled": "Der Upload stockt. Prüfe deine Verbindung und versuche es noch einmal.",
  "upload.etagHidden":
    "Der Speicher gibt den ETag-Header nicht für diese Website frei. Prüfe seine CORS-Einstellungen.",
  "upload.refused": "Der Speicher hat einen Teil der Datei abgelehnt (Status {status}).",
  "upload.notSigned": "Der Server hat keine Upload-URL für Teil {number} der Datei geliefert.",
  "upload.offline":
    "Der Speicher ist nicht erreichbar. Prüfe deine Verbindung und versuche es noch einmal.",

  "notice.videoCopied":
    "Die Datei ist bereit für das Web. Ihr Video wird in {track} unverändert veröffentlicht, ohne neu kodiert zu werden.",
  "notice.audioCopied":
    "Die Tonspur „{track}“ wird unverändert veröffentlicht, ohne neu kodiert zu werden.",
  "notice.audioUnreadable":
    "Die Tonspur „{track}“ hat ein Format, das nicht gelesen werden kann. Das Video wird ohne sie veröffentlicht.",
  "notice.audioLeftOut":
    "Ein Video hat höchstens {count, number} Tonspuren. „{track}“ wird weggelassen.",
  "notice.captionsAreImages":
    "Die Untertitel „{track}“ sind Bilder und lassen sich nicht in Text umwandeln. Lade sie als WebVTT oder SubRip hoch.",
  "notice.captionsUnreadable":
    "Die Untertitel „{track}“ können nicht gelesen werden. Lade sie als WebVTT oder SubRip hoch.",
  "notice.captionsLeftOut":
    "Ein Video hat höchstens {count, number} Untertitelspuren. „{track}“ wird weggelassen.",
  "notice.cuesDropped":
    "{count, plural, one {# Untertitel in „{track}“ ist beschädigt und wurde weggelassen.} other {# Untertitel in „{track}“ sind beschädigt und wurden weggelassen.}}",
  "notice.encodedAsChosen":
    "Das Video wird in jeder Auflösung kodiert, wie du es für dieses Video gewählt hast.",
  "notice.encodedContainer":
    "Das Video wird in jeder Auflösung kodiert, weil die Datei kein MP4 oder MOV mit einem vollständigen Index ist und sich nicht einfach in eines kopieren lässt.",
  "notice.encodedCodec":
    "Das Video wird in jeder Auflösung kodiert, weil es kein progressives H.264 mit 8 Bit und 4:2:0 ist.",
  "notice.encodedShape":
    "Das Video wird in jeder Auflösung kodiert, weil es gedreht, beschnitten oder sehr groß ist oder keine quadratischen Pixel hat.",
  "notice.encodedFrameTimes":
    "Das Video wird in jeder Auflösung kodiert, weil seine Bildrate schwankt oder über 60 liegt oder weil Bild und Ton verschieden lang sind.",
  "notice.encodedKeyFrames":
    "Das Video wird in jeder Auflösung kodiert, weil seine Keyframes mehr als 5 Sekunden auseinanderliegen oder Bilder vor ihnen von ihnen abhängen.",
  "notice.encodedBitrate":
    "Das Video wird in jeder Auflösung kodiert, weil es weniger Bits braucht, als die Datei hat.",
};
