import { computed, signal } from "@preact/signals";
import { auth, getSessionAccount, type SessionAccount } from "./auth-api.ts";
import { browserStorage } from "./browser-storage.ts";
import { accessTokens } from "./http.ts";
import { whenBack } from "./offline.ts";
import { forgetPages } from "./page-memory.ts";
import { withMessages } from "./i18n/load-messages.ts";

/** The signed-in account: undefined until the server has answered, null without a session. */
export const account = signal<SessionAccount | null | undefined>(undefined);
/** Every role except viewer: staff are creators too. */
export const canCreate = computed(() => account.value && account.value.role !== "viewer");

/**
 * Whether a profile has to be chosen: the account has several, or the holder's is locked, and none has been chosen
 * here.
 */
export function isUndecided({ hasProfiles, isLimited, profileId }: SessionAccount): boolean {
  return profileId === null && (hasProfiles || isLimited);
}

/** Percentage of the uploads of this tab, for the header; null without one. Lives here because Uppy loads late. */
export const uploadProgress = signal<number | null>(null);

/** The videos that this tab is uploading: the share of each file that was sent, 0 to 1, by video id. */
export const uploadsHere = signal<ReadonlyMap<string, number>>(new Map());

/** The address at this browser's push service to which the account sends notifications; absent if it sends none. */
export const PUSH_ENDPOINT_KEY = "kinora.push-endpoint";
const UPLOADS_KEY = "kinora.uploads-pending";

/** Whether this browser has files that are not uploaded yet: the next visit continues, on any page. */
export function setUploadsPending(isPending: boolean): void {
  if (isPending) browserStorage().setItem(UPLOADS_KEY, "1");
  else browserStorage().removeItem(UPLOADS_KEY);
}

async function continueUploads(accountId: string): Promise<void> {
  const { openQueue } = await withMessages("studio", import("./studio/upload/open-queue.ts"));
  openQueue(accountId);
}

function setAccount(current: SessionAccount | null): void {
  if (account.value && account.value.id !== current?.id) forgetPages();
  account.value = current;
}

/** Asks the server who is signed in. Call it at start and after anything that changes it. */
export async function refreshSession(): Promise<void> {
  try {
    const current = await getSessionAccount();
    accessTokens.setSignedIn(current !== null);
    setAccount(current);
    // The code loads for visitors with an account and waits until the session is known.
    if (current && !current.isLimited && !isUndecided(current))
      import("./library/merge-local.ts")
        .then(({ mergeLocalLibrary }) => mergeLocalLibrary())
        .catch(() => undefined);
    if (current && browserStorage().getItem(PUSH_ENDPOINT_KEY))
      import("./notifications.ts")
        .then(({ renewNotifications }) => renewNotifications())
        .catch(() => undefined);
    if (current && browserStorage().getItem(UPLOADS_KEY))
      continueUploads(current.id).catch(() => undefined);
  } catch {
    // Without a response the site works as for a visitor; the next call shows the error.
    account.value ??= null;
    const stop = whenBack(() => {
      stop();
      void refreshSession();
    });
  }
}

/** Ends this browser's session. */
export async function signOut(): Promise<void> {
  await auth("/sign-out", {});
  // The next viewer in this browser must not get any of them.
  import("./notifications.ts")
    .then(({ stopNotifications }) => stopNotifications())
    .catch(() => undefined);
  accessTokens.setSignedIn(false);
  setAccount(null);
}
