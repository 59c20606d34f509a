import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { CRONS } from "../../workers/domain/crons.ts";
import { ROOT } from "./settings.ts";

test("wrangler.toml has exactly the crons that the Worker knows", () => {
  const list = /^crons = (\[.*\])$/m.exec(readFileSync(join(ROOT, "wrangler.toml"), "utf8"))?.[1];
  expect(JSON.parse(list ?? "[]")).toEqual(Object.values(CRONS));
});
