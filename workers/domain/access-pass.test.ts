import { expect, test } from "vitest";
import { readPass, writePass } from "./access-pass.ts";

test("an altered or expired access pass is refused", async () => {
  const now = Date.now();
  const pass = {
    videoId: "v".repeat(22),
    via: "link",
    id: "l".repeat(22),
    until: now + 5,
  } as const;
  const text = await writePass("secret", pass);
  expect(await readPass("secret", text, now)).toEqual(pass);
  expect(await readPass("secret", text, now + 5)).toBeNull();
  expect(await readPass("other", text, now)).toBeNull();
  for (const [from, to] of [
    ["vvv", "vvw"],
    [".link.", ".password."],
    ["lll", "llm"],
    [`.${pass.until}.`, `.${pass.until + 1}.`],
  ] as const)
    expect(await readPass("secret", text.replace(from, to), now)).toBeNull();
});
