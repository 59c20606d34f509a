import { expect, test } from "vitest";
import { authFetch, signUp, type TestAccount } from "../../tests/support/worker/accounts.ts";
import { devMails } from "../services/mailer.ts";

async function resetToken({ email }: TestAccount): Promise<string> {
  const before = devMails.length;
  await authFetch("/request-password-reset", { body: { email } });
  const mail = devMails.find(({ to, subject }) => to === email && subject.includes("Reset"));
  expect(devMails.length).toBeGreaterThanOrEqual(before);
  return /token=(\S+)/.exec(mail?.text ?? "")?.[1] ?? "";
}

const reset = async (token: string): Promise<number> =>
  (await authFetch("/reset-password", { body: { token, newPassword: "a-new-password-1" } })).status;

test("a new reset link invalidates older ones, and changing the password invalidates all", async () => {
  const account = await signUp("viewer");
  const [older, newer] = [await resetToken(account), await resetToken(account)];
  expect(older).not.toBe(newer);
  expect(await reset(newer)).toBe(200);
  expect(await reset(older)).toBe(400);

  const other = await signUp("viewer");
  const open = await resetToken(other);
  const body = { currentPassword: other.password, newPassword: "a-new-password-2" };
  const changed = await authFetch("/change-password", { cookie: other.cookie, body });
  expect(changed.status).toBe(200);
  expect(await reset(open)).toBe(400);
});
