import { expect, test } from "vitest";
import { signUp } from "../../tests/support/accounts.ts";
import { authWith } from "../../tests/support/auth-settings.ts";
import { newId } from "../domain/id.ts";

/** As a deployment with mail runs it. */
const site = authWith({ REQUIRE_EMAIL_VERIFICATION: "true" });
const PAIRS = 3;

const ATTEMPTS: Record<string, (email: string) => object> = {
  "/sign-in/email": (email) => ({ email, password: "not the password" }),
  "/sign-up/email": (email) => ({ email, password: "correct horse battery", name: "Eve" }),
  "/request-password-reset": (email) => ({ email }),
  "/send-verification-email": (email) => ({ email }),
};

/** The answer without what is new in every one: ids, times and the address that was asked for. */
async function answerOf(response: Response, email: string): Promise<object> {
  const text = await response.text();
  const body = text
    .replaceAll(email, "EMAIL")
    .replaceAll(/"[0-9A-Za-z]{22}"/g, '"ID"')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME");
  const headers = [...response.headers.keys()].toSorted();
  return { status: response.status, body, headers, cookies: response.headers.getSetCookie() };
}

const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

test.concurrent.each(Object.keys(ATTEMPTS))(
  "%s answers the same, and after the same time, whether an address has an account or not",
  async (path) => {
    const times = { known: [] as number[], unknown: [] as number[] };
    for (let pair = 0; pair < PAIRS; pair++) {
      const known = (await signUp("viewer")).email;
      const unknown = `${newId().toLowerCase()}@example.com`;
      const ask = async (email: string, spent: number[]) => {
        const start = Date.now();
        const response = await site(path, ATTEMPTS[path]?.(email));
        spent.push(Date.now() - start);
        return answerOf(response, email);
      };
      expect(await ask(known, times.known)).toEqual(await ask(unknown, times.unknown));
    }
    const ratio = median(times.known) / median(times.unknown);
    console.log(`${path}: known / unknown address ${ratio.toFixed(3)}`);
    expect(ratio).toBeGreaterThan(0.8);
    expect(ratio).toBeLessThan(1.25);
  },
);
