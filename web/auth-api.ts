import { ApiError } from "./api-error.ts";
import { send } from "./http.ts";

export interface User {
  id: string;
  name: string;
  email: string;
  emailVerified: boolean;
  role: "viewer" | "creator" | "admin";
  twoFactorEnabled: boolean;
}

/** better-auth's machine codes that deserve a sentence of ours; the others come with a readable message. */
const SENTENCES: Record<string, string> = {
  INVALID_EMAIL_OR_PASSWORD: "This email and password do not match an account.",
  USER_ALREADY_EXISTS: "There is already an account with this email. Sign in instead.",
  USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL:
    "There is already an account with this email. Sign in instead.",
  EMAIL_NOT_VERIFIED: "Confirm your email first: we have sent you a link.",
  INVALID_TOKEN: "This link has expired or was already used. Ask for a new one.",
  INVALID_CODE: "This code is not right. Codes change every 30 seconds.",
  INVALID_TWO_FACTOR_COOKIE: "Signing in took too long. Start again.",
  PASSWORD_COMPROMISED: "This password appears in known data leaks. Choose another.",
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
  const answer = (await response.json().catch(() => null)) as
    | (T & { code?: string; message?: string; detail?: string; error_description?: string })
    | null;
  if (response.ok) return answer as T;
  const code = answer?.code ?? "unexpected_answer";
  const sentence =
    response.status === 429
      ? "Too many attempts. Wait a minute, then try again."
      : (SENTENCES[code] ??
        answer?.detail ??
        answer?.error_description ??
        answer?.message ??
        "This did not work. Try again in a moment.");
  throw new ApiError(response.status, code, sentence);
}

/** The signed-in user, or null. */
export async function getSessionUser(): Promise<User | null> {
  const session = await auth<{
    user: Partial<User> & { id: string; name: string; email: string };
  } | null>("/get-session");
  if (!session) return null;
  return { emailVerified: false, role: "viewer", twoFactorEnabled: false, ...session.user };
}
