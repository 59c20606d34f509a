import { Hono } from "hono";
import { expect, test } from "vitest";
import type { AppEnv } from "../context.ts";
import { ANONYMOUS } from "../domain/principal.ts";
import { limitRate } from "./limits.ts";

/** Each limit counts up to three. */
function limitsOfThree() {
  const counts = new Map<string, number>();
  const limit = (name: string) => ({
    limit: async ({ key }: { key: string }) => {
      const count = (counts.get(name + key) ?? 0) + 1;
      counts.set(name + key, count);
      return { success: count <= 3 };
    },
  });
  return {
    READ_LIMIT: limit("read"),
    WRITE_LIMIT: limit("write"),
    ADDRESS_READ_LIMIT: { limit: async () => ({ success: true }) },
  };
}

test("reads of public data are not limited by other viewers' searches and writes behind the same address", async () => {
  const limits = limitsOfThree();
  const app = new Hono<AppEnv>()
    .use((c, next) => {
      c.set("principal", ANONYMOUS);
      return next();
    })
    .onError((error, c) => c.text(String(error), 429))
    .use(limitRate)
    .all("*", (c) => c.text("ok"));
  const statuses = async (method: string, path: string) => {
    const answers = [];
    for (let count = 0; count < 5; count++)
      answers.push(
        (await app.request(path, { method, headers: { "cf-connecting-ip": "192.0.2.7" } }, limits))
          .status,
      );
    return answers;
  };
  expect(await statuses("GET", "/v1/search")).toEqual([200, 200, 200, 429, 429]);
  expect(await statuses("POST", "/v1/beacons")).toEqual([200, 200, 200, 429, 429]);
  for (const path of ["/v1/videos/x", "/v1/feed", "/v1/videos/x/captions/de", "/v1/categories"])
    expect(await statuses("GET", path)).toEqual([200, 200, 200, 200, 200]);
  expect(await statuses("GET", "/v1/videos/x/related")).toEqual([429, 429, 429, 429, 429]);
});

/** The key under which the limit counts a caller from this address. */
async function keyOf(address: string): Promise<string | undefined> {
  const keys: string[] = [];
  const limit = ({ key }: { key: string }) => Promise.resolve({ success: keys.push(key) > 0 });
  const app = new Hono<AppEnv>()
    .use((c, next) => {
      c.set("principal", ANONYMOUS);
      return next();
    }, limitRate)
    .get("/", (c) => c.text("ok"));
  await app.request(
    "/",
    { headers: { "cf-connecting-ip": address } },
    { ADDRESS_READ_LIMIT: { limit } },
  );
  return keys[0];
}

test("all IPv6 addresses of one household count as one caller", async () => {
  expect(await keyOf("2001:db8:1:2::1")).toBe(await keyOf("2001:db8:1:2:ffff::9"));
  expect(await keyOf("2001:db8:1:2::1")).not.toBe(await keyOf("2001:db8:1:3::1"));
  expect(await keyOf("::ffff:192.0.2.7")).toBe(await keyOf("192.0.2.7"));
  expect(await keyOf("192.0.2.7")).not.toBe(await keyOf("192.0.2.8"));
});
