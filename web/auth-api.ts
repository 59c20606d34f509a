import type { AccountDetails } from "../workers/contract/accounts.ts";
import { ApiError, messageOf, readApiError } from "./api-error.ts";
import { send } from "./http.ts";

/** The signed-in account, as the pages need it. */
export interface SessionAccount extends Omit<AccountDetails, "createdAt"> {
  /** Other viewers than its holder use it too. */
  hasProfiles: boolean;
  /** The profile of this browser; null until one is chosen. */
  profileId: string | null;
  /** The profile has a maturity limit: it may watch and do nothing else. */
  isLimited: boolean;
}

/** The response to every sign-in call. `redirect` and `url` are set inside an OAuth flow. */
export interface SignInResult {
  twoFactorRedirect?: boolean;
  redirect?: boolean;
  url?: string;
}

/** The signed query with which the OAuth server sent the browser here. It continues that flow after the sign-in. */
function oauthQuery(): string | undefined {
  const query = location.search.slice(1);
  return new URLSearchParams(query).has("sig") ? query : undefined;
}

/**
 * Calls better-auth. These requests, and only these, carry the session cookie.
 * @param path below `/api/auth`
 * @throws ApiError with a message to show
 */
export async function auth<T>(path: string, body?: object): Promise<T> {
  const response = await send(`/api/auth${path}`, {
    method: body === undefined ? "GET" : "POST",
    credentials: "same-origin",
    headers: body === undefined ? {} : { "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify({ ...body, oauth_query: oauthQuery() }),
  });
  if (response.ok) return (await response.json().catch(() => null)) as T;
  const { status, code, message, fields } = await readApiError(response);
  throw new ApiError(status, code, () => messageOf(code, message), fields);
}

/** The signed-in account, or null without a session. better-auth omits fields that have their default value. */
export async function getSessionAccount(): Promise<SessionAccount | null> {
  const session = await auth<{
    user: Partial<SessionAccount> & Pick<SessionAccount, "id" | "name" | "email">;
    session: { profileId?: string | null; maturityLimit?: string | null };
  } | null>("/get-session");
  if (!session) return null;
  const { profileId = null, maturityLimit } = session.session;
  const isLimited = Boolean(maturityLimit);
  const defaults = { emailVerified: false, twoFactorEnabled: false, hasProfiles: false } as const;
  const role = isLimited ? "viewer" : (session.user.role ?? "viewer");
  return { ...defaults, ...session.user, role, profileId, isLimited };
}
