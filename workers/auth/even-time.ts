import type { AuthSettings } from "./settings.ts";

/**
 * Milliseconds that these answers take at least, so that the work behind them, which differs with whether an address
 * has an account (rows written, a mail handed over), cannot be read off the clock. Well above what the work takes: a
 * run of scrypt and some writes to D1.
 */
export const FLOOR = 750;

/** Whether an answer must take as long for an address with an account as for one without. */
function isEvened(path: string, succeeded: boolean, settings: AuthSettings): boolean {
  switch (path) {
    case "/sign-in/email":
      return !succeeded;
    case "/sign-up/email":
      // Closed, nothing is looked up; open, the answer itself tells a taken address from a free one.
      return settings.SIGNUP === "verified";
    case "/request-password-reset":
    case "/send-verification-email":
      return true;
    default:
      return false;
  }
}

/**
 * Holds an answer back until it tells nothing by its time.
 * @param path below `/api/auth`
 */
export async function evenly(
  path: string,
  settings: AuthSettings,
  answer: () => Promise<Response>,
): Promise<Response> {
  const start = Date.now();
  const response = await answer();
  if (isEvened(path, response.ok, settings))
    await scheduler.wait(Math.max(0, start + FLOOR - Date.now()));
  return response;
}
