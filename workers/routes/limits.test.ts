import { Hono } from "hono";
import { expect, test } from "vitest";
import type { AppEnv } from "../context.ts";
import { ANONYMOUS } from "../domain/principal.ts";
import { limitRate } from "./limits.ts";

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
  await app.request("/", { headers: { "cf-connecting-ip": address } }, { READ_LIMIT: { limit } });
  return keys[0];
}

test("all addresses of one household count as one caller", async () => {
  expect(await keyOf("2001:db8:1:2::1")).toBe(await keyOf("2001:db8:1:2:ffff::9"));
  expect(await keyOf("2001:db8:1:2::1")).not.toBe(await keyOf("2001:db8:1:3::1"));
  expect(await keyOf("::ffff:192.0.2.7")).toBe(await keyOf("192.0.2.7"));
  expect(await keyOf("192.0.2.7")).not.toBe(await keyOf("192.0.2.8"));
});
