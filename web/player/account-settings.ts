import type { WatchSettings } from "../../workers/contract/library.ts";
import { browserStorage, type KeyValueStorage } from "../browser-storage.ts";
import { setPreferences } from "./preferences.ts";

const KEY = "kinora.watch-settings";
/** Where media-chrome keeps the language of captions. */
const CAPTION_LANGUAGE_KEY = "media-chrome-pref-subtitles-lang";

/**
 * Takes over how the account watches, once after each change there. What the viewer chooses in the player afterwards stays on
 * this device.
 * @returns whether there was a change
 */
export function adoptSettings(
  settings: WatchSettings,
  storage: KeyValueStorage = browserStorage(),
): boolean {
  const { audioLanguage, captionLanguage, playNext, dataSaver } = settings;
  const text = JSON.stringify({ audioLanguage, captionLanguage, playNext, dataSaver });
  if (storage.getItem(KEY) === text) return false;
  storage.setItem(KEY, text);
  if (captionLanguage !== null) storage.setItem(CAPTION_LANGUAGE_KEY, captionLanguage);
  setPreferences({
    audioLanguage: audioLanguage ?? "",
    captions: captionLanguage !== null,
    playNext,
    dataSaver,
  });
  return true;
}
