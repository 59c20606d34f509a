import type { AppScope } from "../workers/contract/accounts.ts";

/** What each scope permits, as the consent page and the settings say it. */
const SCOPE_NAMES: Record<AppScope, string> = {
  openid: "Know who you are",
  profile: "See your name and role",
  email: "See your email address",
  offline_access: "Stay connected when you’re not using it",
  "videos:read": "See your videos, including private ones",
  "videos:write": "Edit and delete your videos",
  "uploads:write": "Upload videos to your account",
  "search:read": "Search videos",
  "playback:token": "Play the videos you can watch",
  "history:read": "See your watch history",
  "history:write": "Change and clear your watch history",
  "library:read": "See your watchlist, likes, playlists and settings for watching",
  "library:write": "Change your watchlist, likes, playlists and settings for watching",
  admin: "Manage this site",
};

/** The name of a scope, or the scope itself if this build does not know it. */
export function scopeName(scope: string): string {
  return Object.hasOwn(SCOPE_NAMES, scope) ? SCOPE_NAMES[scope as AppScope] : scope;
}
