import type { WatchSettings } from "../../../workers/contract/library.ts";
import { adoptLanguage } from "../../account-language.ts";
import { browserStorage, type KeyValueStorage } from "../../browser-storage.ts";
import { setPreferences } from "./preferences.ts";

const KEY = "kinora.watch-settings";
/** The key under which media-chrome stores the caption language. */
const CAPTION_LANGUAGE_KEY = "media-chrome-pref-subtitles-lang";

/**
 * Applies the account's viewing settings, once after each change there. Later choices in the player stay on this
 * device.
 * @returns whether there was a change
 */
export function adoptSettings(
  settings: WatchSettings,
  storage: KeyValueStorage = browserStorage(),
): boolean {
  adoptLanguage(settings, storage);
  const { audioLanguage, captionLanguage, playNext, dataSaver, countsViews } = settings;
  const text = JSON.stringify({
    ...{ audioLanguage, captionLanguage, playNext, dataSaver },
    // The stored form from before this choice existed.
    ...(!countsViews && { countsViews }),
  });
  if (storage.getItem(KEY) === text) return false;
  storage.setItem(KEY, text);
  if (captionLanguage !== null) storage.setItem(CAPTION_LANGUAGE_KEY, captionLanguage);
  setPreferences({
    audioLanguage: audioLanguage ?? "",
    captions: captionLanguage !== null,
    playNext,
    dataSaver,
    countsViews,
  });
  return true;
}
