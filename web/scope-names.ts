import type { AppScope } from "../workers/contract/account.ts";

/** What a scope lets an app or a token do, as a sentence part for people. */
export const SCOPE_NAMES: Record<AppScope, string> = {
  openid: "Know who you are",
  profile: "See your name and role",
  email: "See your email address",
  offline_access: "Stay connected when you are away",
  "videos:read": "See your films, private ones too",
  "videos:write": "Change and delete your films",
  "uploads:write": "Upload films in your name",
  "search:read": "Search films",
  "playback:token": "Play films that you can play",
  "history:read": "See what you have watched, and how far",
  "history:write": "Change and erase what you have watched",
  admin: "Administer this site",
};

/** The same for a scope that came from a server. */
export const scopeName = (scope: string): string =>
  scope in SCOPE_NAMES ? SCOPE_NAMES[scope as AppScope] : scope;
