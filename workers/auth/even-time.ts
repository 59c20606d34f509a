import type { AuthSettings } from "./settings.ts";

/**
 * The least time that these responses take, so that their duration does not reveal whether an address has an account, which
 * makes a difference in work (rows written, a mail handed over). It is well above what the work takes: one scrypt and some
 * writes to D1.
 */
export const MIN_RESPONSE_MS = 750;

/** True if a response must take as long for an address with an account as for one without. */
function isTimingSensitive(path: string, succeeded: boolean, settings: AuthSettings): boolean {
  switch (path) {
    case "/sign-in/email":
      return !succeeded;
    case "/sign-up/email":
      // Closed sign-up looks nothing up, and with open sign-up the response itself reveals a taken address.
      return settings.SIGNUP === "verified";
    case "/request-password-reset":
    case "/send-verification-email":
      return true;
    default:
      return false;
  }
}

/**
 * Delays a response until its duration reveals nothing.
 * @param path below `/api/auth`
 */
export async function withEvenTiming(
  path: string,
  settings: AuthSettings,
  respond: () => Promise<Response>,
): Promise<Response> {
  const start = Date.now();
  let succeeded = false;
  try {
    const response = await respond();
    succeeded = response.ok;
    return response;
  } finally {
    // An error takes as long as a refusal, because it may come from a step that only an existing account needs.
    if (isTimingSensitive(path, succeeded, settings))
      await scheduler.wait(Math.max(0, start + MIN_RESPONSE_MS - Date.now()));
  }
}
