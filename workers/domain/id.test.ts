import { expect, test } from "vitest";
import { Id } from "../contract/common.ts";
import { newId } from "./id.ts";

test("ids match the contract and are unique", () => {
  const ids = Array.from({ length: 1000 }, newId);
  for (const id of ids) expect(Id.safeParse(id).success).toBe(true);
  expect(new Set(ids).size).toBe(1000);
});
