import { refreshSession } from "../session.ts";

/** Answer of every sign-in call: an OAuth flow says where to go on. */
export interface SignInAnswer {
  twoFactorRedirect?: boolean;
  redirect?: boolean;
  url?: string;
}

/** Finishes a sign-in: back to the app that asked for it, or on in the site. */
export async function goOn(
  answer: SignInAnswer | null,
  route: (path: string) => void,
  next: string,
): Promise<void> {
  if (answer?.redirect && answer.url) {
    location.assign(answer.url);
    return;
  }
  await refreshSession();
  route(next);
}
