import { ApiError } from "./api-error.ts";
import { errorOf, send } from "./http.ts";

export interface User {
  id: string;
  name: string;
  email: string;
  emailVerified: boolean;
  role: "viewer" | "creator" | "admin";
  twoFactorEnabled: boolean;
}

/** Codes of refusals that deserve a sentence of ours; the others come with a readable detail. */
const SENTENCES: Record<string, string> = {
  invalid_email_or_password: "This email and password do not match an account.",
  user_already_exists: "There is already an account with this email. Sign in instead.",
  user_already_exists_use_another_email:
    "There is already an account with this email. Sign in instead.",
  email_not_verified: "Confirm your email first: we have sent you a link.",
  invalid_token: "This link has expired or was already used. Ask for a new one.",
  invalid_code: "This code is not right. Codes change every 30 seconds.",
  invalid_two_factor_cookie: "Signing in took too long. Start again.",
  rate_limited: "Too many attempts. Wait a minute, then try again.",
  password_compromised: "This password appears in known data leaks. Choose another.",
};

/** The signed query with which the OAuth server sent the browser here, to go on from after a sign-in. */
const oauthQuery = (): string | undefined => {
  const query = location.search.slice(1);
  return new URLSearchParams(query).has("sig") ? query : undefined;
};

/**
 * One call of better-auth. These, and only these, carry the session cookie.
 * @param path below `/api/auth`
 * @throws ApiError with a sentence to show
 */
export async function auth<T>(path: string, body?: object): Promise<T> {
  const response = await send(`/api/auth${path}`, {
    method: body === undefined ? "GET" : "POST",
    credentials: "same-origin",
    headers: body === undefined ? {} : { "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify({ ...body, oauth_query: oauthQuery() }),
  });
  if (response.ok) return (await response.json().catch(() => null)) as T;
  const error = await errorOf(response);
  throw new ApiError(error.status, error.code, SENTENCES[error.code] ?? error.message);
}

/** The signed-in user, or null. */
export async function getSessionUser(): Promise<User | null> {
  const session = await auth<{
    user: Partial<User> & { id: string; name: string; email: string };
  } | null>("/get-session");
  if (!session) return null;
  return { emailVerified: false, role: "viewer", twoFactorEnabled: false, ...session.user };
}
