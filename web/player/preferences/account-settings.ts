import type { WatchSettings } from "../../../workers/contract/library.ts";
import { adoptLanguage } from "../../account-language.ts";
import { browserStorage, type KeyValueStorage } from "../../browser-storage.ts";
import { setPreferences } from "./preferences.ts";

const KEY = "kinora.watch-settings";
/** The key under which media-chrome stores the caption language. */
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
  adoptLanguage(settings, storage);
  const { audioLanguage, captionLanguage, playNext, dataSaver, countsViews } = settings;
  const text = JSON.stringify({
    ...{ audioLanguage, captionLanguage, playNext, dataSaver },
    // As it was stored before there was this choice.
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
