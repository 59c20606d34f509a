import { expect, test } from "vitest";
import { DEFAULT_WATCH_SETTINGS } from "../../../workers/contract/library.ts";
import { adoptSettings } from "./account-settings.ts";
import { preferences, setPreferences } from "./preferences.ts";

function memoryOfBrowser() {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
}

test("a changed account setting is applied once, and a later choice in the player is kept", () => {
  const storage = memoryOfBrowser();
  const settings = { ...DEFAULT_WATCH_SETTINGS, audioLanguage: "de", captionLanguage: "en" };
  expect(adoptSettings({ ...settings, dataSaver: true }, storage)).toBe(true);
  expect(preferences.value).toMatchObject({
    audioLanguage: "de",
    captions: true,
    dataSaver: true,
  });
  expect(storage.getItem("media-chrome-pref-subtitles-lang")).toBe("en");
  setPreferences({ dataSaver: false, captions: false });
  expect(adoptSettings({ ...settings, dataSaver: true }, storage)).toBe(false);
  // The player ignores a paused history.
  expect(adoptSettings({ ...settings, dataSaver: true, historyPaused: true }, storage)).toBe(false);
  expect(preferences.value).toMatchObject({ captions: false, dataSaver: false });
  expect(adoptSettings({ ...settings, playNext: true }, storage)).toBe(true);
  expect(preferences.value).toMatchObject({ captions: true, playNext: true, countsViews: true });
  expect(adoptSettings({ ...settings, playNext: true, countsViews: false }, storage)).toBe(true);
  expect(preferences.value.countsViews).toBe(false);
});

test("the account's language is applied once, and a later choice on this device is kept", () => {
  const storage = memoryOfBrowser();
  const chosen = () => storage.getItem("kinora.language");
  adoptSettings({ ...DEFAULT_WATCH_SETTINGS, siteLanguage: "de" }, storage);
  expect(chosen()).toBe("de");
  storage.setItem("kinora.language", "ar");
  adoptSettings({ ...DEFAULT_WATCH_SETTINGS, siteLanguage: "de" }, storage);
  expect(chosen()).toBe("ar");
  adoptSettings({ ...DEFAULT_WATCH_SETTINGS, siteLanguage: null }, storage);
  expect(chosen()).toBeNull();
  storage.setItem("kinora.language", "en");
  // An account without a language does not override it.
  adoptSettings(DEFAULT_WATCH_SETTINGS, storage);
  expect(chosen()).toBe("en");
});
