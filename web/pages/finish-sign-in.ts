import type { SignInResult } from "../auth-api.ts";
import { refreshSession } from "../session.ts";

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
  route(next);
}
