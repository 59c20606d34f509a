import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { signUp } from "../../tests/support/worker/accounts.ts";
import { authWith } from "../../tests/support/worker/auth-settings.ts";
import { newId } from "../domain/id.ts";
import { problemOf } from "../../tests/support/worker/api.ts";
import { MIN_RESPONSE_MS } from "./even-time.ts";

/** A deployment with mail. `npm run bench:accounts` compares the times of its responses. */
const site = authWith({ SIGNUP: "verified" });
const ATTEMPTS: Record<string, (email: string) => object> = {
  "/sign-in/email": (email) => ({ email, password: "not the password" }),
  "/sign-up/email": (email) => ({ email, password: "correct horse battery", name: "Eve" }),
  "/request-password-reset": (email) => ({ email }),
  "/send-verification-email": (email) => ({ email }),
};

const newEmail = () => `${newId().toLowerCase()}@example.com`;

/** The response without the parts that always differ: ids, times and the address. */
async function answerOf(response: Response, email: string): Promise<object> {
  const text = await response.text();
  const body = text
    .replaceAll(email, "EMAIL")
    .replaceAll(/"[0-9A-Za-z]{22}"/g, '"ID"')
    .replace(/"requestId":"[^"]+"/, "")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME");
  const headers = [...response.headers.keys()].toSorted();
  return { status: response.status, body, headers, cookies: response.headers.getSetCookie() };
}

test.each(Object.keys(ATTEMPTS))(
  "%s responds the same whether or not the address has an account",
  async (path) => {
    const attempt = async (email: string) => {
      const start = Date.now();
      const response = await site(path, ATTEMPTS[path]?.(email));
      // The response is delayed, so that its duration reveals nothing.
      expect(Date.now() - start).toBeGreaterThanOrEqual(MIN_RESPONSE_MS);
      return answerOf(response, email);
    };
    const { email } = await signUp("viewer");
    const [known, unknown] = await Promise.all([attempt(email), attempt(newEmail())]);
    expect(known).toEqual(unknown);
  },
);

const CLOSED: Record<string, Record<string, string>> = {
  "verified, without mail": { SIGNUP: "verified", DEV_MAIL: "false" },
  "closed, without mail": { SIGNUP: "closed", DEV_MAIL: "false" },
  "closed, with mail": { SIGNUP: "closed" },
};

test.each(Object.entries(CLOSED))(
  "%s: sign-up is refused in the same way for every address and body",
  async (_name, settings) => {
    const closed = authWith(settings);
    const { email: taken } = await signUp("viewer");
    const free = newEmail();
    const body = (email: string) => ATTEMPTS["/sign-up/email"]?.(email);
    const expected = await answerOf(await closed("/sign-up/email", body(free)), free);
    expect(await answerOf(await closed("/sign-up/email", body(taken)), taken)).toEqual(expected);
    const short = { ...body(taken), password: "short" };
    expect(await answerOf(await closed("/sign-up/email", short), taken)).toEqual(expected);
    expect(await problemOf(await closed("/sign-up/email", {}))).toMatchObject({
      status: 403,
      code: "sign_up_closed",
    });
    const row = env.CATALOG.prepare("SELECT id FROM user WHERE email = ?").bind(free);
    expect(await row.first()).toBeNull();
  },
);
