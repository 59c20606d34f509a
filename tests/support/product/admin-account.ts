import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { inject } from "vitest";
import { ApiClient } from "../../../scripts/api-client.ts";
import { ROOT } from "../../../scripts/dev/settings.ts";

export const ADMIN = {
  name: "Ada Quay",
  email: "ada.quay@example.com",
  password: "nine quiet harbour lamps",
};

/** Makes an account of the running product an admin with the command line tool. It has to sign in again. */
export async function makeAdmin(email: string): Promise<void> {
  const environment = { ...process.env, KINORA_STATE: inject("state") };
  const command = [join(ROOT, "scripts/admin.ts"), email];
  await promisify(execFile)(process.execPath, command, { env: environment });
}

/** Signs the admin of the running product in. The account is created, and made an admin, if it is not. */
export async function signInAsAdmin(): Promise<ApiClient> {
  const api = new ApiClient(inject("origin"));
  // If two files begin at the same time, one may find that the other has just created the account.
  await api.signIn(ADMIN).catch(() => api.signIn(ADMIN));
  await makeAdmin(ADMIN.email);
  await api.signIn(ADMIN);
  return api;
}
