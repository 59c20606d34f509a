import type { Avatar } from "../workers/contract/avatars.ts";
import { browserStorage } from "./browser-storage.ts";

/** The current profile of this browser, as shown in the header. */
export interface ShownProfile {
  id: string;
  name: string;
  avatar: Avatar;
  kids: boolean;
}

const KEY = "kinora.profile";

export function rememberShownProfile({ id, name, avatar, kids }: ShownProfile): void {
  browserStorage().setItem(KEY, JSON.stringify({ id, name, avatar, kids }));
}

/** @param id of the session's profile; null without one */
export function shownProfile(id: string | null): ShownProfile | null {
  try {
    const stored = JSON.parse(browserStorage().getItem(KEY) ?? "null") as ShownProfile | null;
    return stored?.id === id ? stored : null;
  } catch {
    return null;
  }
}

/**
 * Reloads a page after another profile has been opened: in another tab, or before the browser restored the page from
 * its memory. Its content and playback belong to the previous profile.
 * @param current the profile that the page knows; undefined without an account
 */
export function followProfile(current: () => string | null | undefined): void {
  const check = () => {
    const known = current();
    if (known !== undefined && shownProfile(known) === null && browserStorage().getItem(KEY))
      location.reload();
  };
  addEventListener("pageshow", ({ persisted }) => persisted && check());
  addEventListener("storage", ({ key }) => key === KEY && check());
}
