import { z } from "zod";
import { Timestamp } from "./common.ts";
import { Role, Scope } from "./scope.ts";

/** The caller's own account, as its token sees it. */
export const Account = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  emailVerified: z.boolean(),
  twoFactorEnabled: z.boolean(),
  role: Role,
  /** What this token may do. */
  scopes: z.array(Scope),
  createdAt: Timestamp,
});
export type Account = z.infer<typeof Account>;
