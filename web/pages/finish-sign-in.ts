import type { SignInResult } from "../auth-api.ts";
import { getWatchSettings } from "../api.ts";
import { language } from "../i18n/translate.ts";
import { adoptSettings } from "../player/preferences/account-settings.ts";
import { account, isUndecided, refreshSession } from "../session.ts";

/** After a successful sign-in: back to the app that asked for it (OAuth), or on to `next` in the site. */
export async function finishSignIn(
  result: SignInResult | null,
  route: (path: string) => void,
  next: string,
): Promise<void> {
  if (result?.redirect && result.url) {
    location.assign(result.url);
    return;
  }
  await refreshSession();
  // On a new device the account's settings apply at once; if they cannot be loaded, the device's apply.
  const isKnown = account.value && !isUndecided(account.value);
  const settings = isKnown ? await getWatchSettings().catch(() => null) : null;
  if (settings) adoptSettings(settings);
  if (settings?.siteLanguage && settings.siteLanguage !== language()) location.assign(next);
  else route(next);
}
