import { z } from "zod";
import { Role } from "../contract/accounts.ts";

/** An OpenID Connect provider to sign in with: Google, Keycloak, a company's own. */
const Provider = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]{1,32}$/),
  name: z.string().min(1),
  discoveryUrl: z.url({ protocol: /^https?$/ }),
  clientId: z.string().min(1),
  clientSecret: z.string().min(1),
});

const Flag = z
  .enum(["true", "false"])
  .default("false")
  .transform((value) => value === "true");

const Settings = z
  .object({
    SIGNUP_ROLE: Role,
    AUTH_ATTEMPTS_PER_MINUTE: z.coerce.number().int().positive(),
    ALLOW_DYNAMIC_REGISTRATION: Flag,
    SIGNUP: z.enum(["verified", "open", "closed"]),
    CHECK_BREACHED_PASSWORDS: Flag,
    DEV_MAIL: Flag,
    MAIL_FROM: z.string().min(1),
    MAIL_ENDPOINT: z.union([z.literal(""), z.url()]),
    /** These two are secrets that a deployment may do without. */
    MAIL_API_KEY: z.string().optional(),
    OIDC_PROVIDERS: z
      .string()
      .default("[]")
      .transform((text) => JSON.parse(text))
      .pipe(z.array(Provider)),
  })
  .transform((settings) => {
    const hasMail = settings.DEV_MAIL || settings.MAIL_ENDPOINT !== "";
    // No mail, no proof of an address: closed, since at an open door the answers tell who has an account.
    const isClosed = settings.SIGNUP === "verified" && !hasMail;
    return { ...settings, SIGNUP: isClosed ? "closed" : settings.SIGNUP };
  });
export type AuthSettings = z.infer<typeof Settings>;

/** What the operator has set for sign-in. @throws ZodError that names the variable which does not fit */
export const authSettings = (env: Env): AuthSettings => Settings.parse(env);
