import { computed, signal } from "@preact/signals";
import { auth, getSessionUser, type User } from "./auth-api.ts";
import { accessTokens } from "./http.ts";

/** undefined while it is not known yet, null without a session. */
export const user = signal<User | null | undefined>(undefined);
export const canCreate = computed(
  () => user.value?.role === "creator" || user.value?.role === "admin",
);

/** Asks who is signed in; call at start and after anything that changes it. */
export async function refreshSession(): Promise<void> {
  try {
    const found = await getSessionUser();
    accessTokens.setSignedIn(found !== null);
    user.value = found;
  } catch {
    // Without an answer the site works as for a visitor; the next call tells what is wrong.
    user.value ??= null;
  }
}

/** Ends the session of this browser. */
export async function signOut(): Promise<void> {
  await auth("/sign-out", {});
  accessTokens.setSignedIn(false);
  user.value = null;
}
