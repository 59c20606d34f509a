import { z } from "zod";
import { Role } from "../contract/accounts.ts";
import { Flag, MailSettings } from "../services/mailer.ts";

/** The only algorithm that access tokens are signed with, and the only one that is accepted. */
export const ACCESS_TOKEN_ALGORITHM = "ES256";

/** An OpenID Connect provider to sign in with, such as Google or Keycloak. */
const Provider = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]{1,32}$/),
  name: z.string().min(1),
  discoveryUrl: z.url({ protocol: /^https?$/ }),
  clientId: z.string().min(1),
  clientSecret: z.string().min(1),
});

const Settings = z
  .object({
    SIGNUP_ROLE: Role,
    AUTH_ATTEMPTS_PER_MINUTE: z.coerce.number().int().positive(),
    ALLOW_DYNAMIC_REGISTRATION: Flag,
    SIGNUP: z.enum(["verified", "open", "closed"]),
    CHECK_BREACHED_PASSWORDS: Flag,
    ...MailSettings.shape,
    /** A secret, and optional. */
    OIDC_PROVIDERS: z
      .string()
      .default("[]")
      .transform((text) => JSON.parse(text))
      .pipe(z.array(Provider)),
  })
  .transform((settings) => {
    const hasMail = settings.DEV_MAIL || settings.MAIL_ENDPOINT !== "";
    // Without mail no address can be verified. Sign-up is closed then, because an open one reveals who has an account.
    const isClosed = settings.SIGNUP === "verified" && !hasMail;
    return { ...settings, SIGNUP: isClosed ? "closed" : settings.SIGNUP };
  });
export type AuthSettings = z.infer<typeof Settings>;

/** The settings for sign-in in wrangler.toml. @throws ZodError that names an invalid variable */
export const authSettings = (env: Env): AuthSettings => Settings.parse(env);
