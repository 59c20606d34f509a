import { describe, expect, test } from "vitest";
import { AccessTokens } from "./access-token.ts";

const jwt = (iat: number, exp: number) => `h.${btoa(JSON.stringify({ iat, exp }))}.s`;

function memory(initial: Record<string, string> = {}) {
  const items = new Map(Object.entries(initial));
  return {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  };
}

describe("AccessTokens", () => {
  test("a visitor without a session causes no request", async () => {
    let requests = 0;
    const tokens = new AccessTokens(
      async () => (requests++, null),
      () => 0,
      memory(),
    );
    expect(await tokens.get()).toBeNull();
    expect(requests).toBe(0);
  });

  test("simultaneous callers share one request, and the token is reused for 90 % of its lifetime", async () => {
    let now = 5_000_000;
    let requests = 0;
    // Issued by a server whose clock is an hour ahead: only the lifetime counts.
    const tokens = new AccessTokens(
      async () => (requests++, jwt(3600, 4200)),
      () => now,
      memory(),
    );
    tokens.setSignedIn(true);
    await Promise.all([tokens.get(), tokens.get(), tokens.get()]);
    expect(requests).toBe(1);
    now += 539_000;
    await tokens.get();
    expect(requests).toBe(1);
    now += 2_000;
    await tokens.get();
    expect(requests).toBe(2);
  });

  test("the hint is removed once the session has ended", async () => {
    const tokens = new AccessTokens(
      async () => null,
      () => 0,
      memory({ "kinora.signed-in": "1" }),
    );
    expect(await tokens.get()).toBeNull();
    expect(tokens.signedIn).toBe(false);
  });

  test("the next caller repeats a failed request", async () => {
    let fail = true;
    const tokens = new AccessTokens(
      async () => {
        if (fail) throw new Error("offline");
        return jwt(0, 600);
      },
      () => 0,
      memory({ "kinora.signed-in": "1" }),
    );
    await expect(tokens.get()).rejects.toThrow("offline");
    fail = false;
    expect(await tokens.get()).toBe(jwt(0, 600));
  });
});
