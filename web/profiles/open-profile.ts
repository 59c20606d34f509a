import type { ViewerProfile } from "../../workers/contract/profiles.ts";
import { activateProfile, getWatchSettings } from "../api.ts";
import { browserStorage } from "../browser-storage.ts";
import { accessTokens } from "../http.ts";
import { adoptSettings } from "../player/preferences/account-settings.ts";
import { account } from "../session.ts";
import { rememberShownProfile } from "../shown-profile.ts";

/** Data that this browser stores for one profile, and must not show to the next. */
const PERSONAL_KEYS = ["kinora.searches", "kinora.resume"];

/**
 * Switches this browser to a profile, and reloads: earlier pages have loaded data of another profile.
 * @param address of the page to show
 * @throws ApiError pin_required, wrong_pin, pin_paused
 */
export async function openProfile(
  profile: ViewerProfile,
  pin: string | undefined,
  address: string,
): Promise<void> {
  await activateProfile(profile.id, pin);
  // A new token has the new profile at once.
  accessTokens.drop();
  // Videos that a visitor watched before signing in are added to the chosen profile.
  if (account.value?.profileId) for (const key of PERSONAL_KEYS) browserStorage().removeItem(key);
  const settings = await getWatchSettings().catch(() => null);
  if (settings) adoptSettings(settings);
  // Done last, because it makes other tabs reload.
  rememberShownProfile(profile);
  location.assign(address);
}
