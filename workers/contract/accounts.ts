import { z } from "zod";
import { WatchSettings } from "./library.ts";
import { Chapter } from "./chapters.ts";
import { Id, Timestamp } from "./common.ts";
import { Creator } from "./creators.ts";
import { APP_SCOPES, ROLES, SCOPES } from "./scopes.ts";
import { SigningKey } from "./signing-keys.ts";
import { lineOfText } from "./text.ts";

export const Scope = z.enum(SCOPES);
export type Scope = z.infer<typeof Scope>;

export const Role = z.enum(ROLES);
export type Role = z.infer<typeof Role>;

/** An account, as its holder sees it. */
const AccountDetails = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  emailVerified: z.boolean(),
  twoFactorEnabled: z.boolean(),
  role: Role,
  createdAt: Timestamp,
});
export type AccountDetails = z.infer<typeof AccountDetails>;

/** The ways to sign in, for the pages that offer them. */
export const SignInOptions = z.object({
  /** OpenID Connect providers, for `POST /api/auth/sign-in/social` with `provider` set to the id. */
  providers: z.array(z.object({ id: z.string(), name: z.string() })),
  /** Visitors can sign up with an email address and a password. */
  signUp: z.boolean(),
  /** A new account can sign in only after its email address was verified. */
  emailVerification: z.boolean(),
  /** A forgotten password can be reset by email. */
  passwordReset: z.boolean(),
});

/** Name of a token or an app. */
export const CredentialName = lineOfText(80);

/** RFC 5321 section 4.5.3.1.3, as corrected by RFC 3696 erratum 1690. */
export const EMAIL_MAX = 254;

/** Display name of an account. */
export const AccountName = lineOfText(80);

const NO_SCOPE = "must have at least one permission";

export const TokenCreate = z.strictObject({
  name: CredentialName,
  scopes: z.array(Scope).min(1, NO_SCOPE),
  expiresInDays: z.int().min(1).max(365).default(90),
});
export type TokenCreate = z.infer<typeof TokenCreate>;

/** A personal access token, without its secret. */
export const Token = z.object({
  id: Id,
  name: z.string(),
  /** The last characters of the token. */
  hint: z.string(),
  scopes: z.array(Scope),
  createdAt: Timestamp,
  expiresAt: Timestamp,
  /** null until first used; at most a minute behind. */
  lastUsedAt: Timestamp.nullable(),
});
export type Token = z.infer<typeof Token>;
export const TokenList = z.object({ items: z.array(Token) });
/** The only response that ever contains the token itself. */
export const TokenCreated = Token.extend({ token: z.string() });
export type TokenCreated = z.infer<typeof TokenCreated>;

export const AppScope = z.enum(APP_SCOPES);
export type AppScope = z.infer<typeof AppScope>;

/**
 * The caller's own account, as its token may see it: everything with the token of a session. Other tokens see name and
 * role with the scope `profile`, the email address with `email`, and never the second factor.
 */
export const Account = AccountDetails.partial().extend({
  id: z.string(),
  /** The scopes of this token. */
  scopes: z.array(AppScope),
});
export type Account = z.infer<typeof Account>;

/** Credentials to revoke in addition to the account's sessions. */
export const AccessRevocation = z.strictObject({
  /** All personal access tokens. */
  tokens: z.boolean(),
  /** The access of all apps, including the account's own apps that act as it. */
  apps: z.boolean(),
});

/** https, http on the loopback interface (RFC 8252 section 7.3), or the reverse-domain scheme of a native app. */
export const RedirectUri = z
  .union(
    [
      z.url({ protocol: /^https$/, hostname: /^(?!localhost$|127\.0\.0\.1$|\[::1\]$)/ }),
      z.url({ protocol: /^http$/, hostname: /^(localhost|127\.0\.0\.1|\[::1\])$/ }),
      z.url({ protocol: /^[a-z][a-z0-9-]*(\.[a-z0-9-]+)+$/ }),
    ],
    "must be an https address, an http address of this computer, or one with the scheme of an app, such as com.example.app:/done",
  )
  .refine(
    (uri) => uri.length <= 500 && !/[#@*\s]/.test(uri),
    "must not have a fragment, user name or wildcard",
  );

export const AppCreate = z
  .strictObject({
    name: CredentialName,
    redirectUris: z.array(RedirectUri).max(10).default([]),
    scopes: z.array(AppScope).min(1, NO_SCOPE),
    /** A server can keep a secret; a browser or mobile app cannot, and proves itself by PKCE alone. */
    confidential: z.boolean(),
    /** May get tokens for itself (client_credentials) that act as the account that registered it. */
    actsAsOwner: z.boolean().default(false),
  })
  .refine((app) => app.confidential || !app.actsAsOwner, {
    path: ["actsAsOwner"],
    message: "only a confidential app can act as your account",
  })
  .refine((app) => app.actsAsOwner || app.redirectUris.length > 0, {
    path: ["redirectUris"],
    message: "an app that signs people in needs a redirect URI",
  });
export type AppCreate = z.infer<typeof AppCreate>;

export const App = z.object({
  clientId: z.string(),
  name: z.string(),
  redirectUris: z.array(z.string()),
  scopes: z.array(z.string()),
  confidential: z.boolean(),
  actsAsOwner: z.boolean(),
  createdAt: Timestamp,
});
export type App = z.infer<typeof App>;
export const AppList = z.object({ items: z.array(App) });
/** The only response that ever contains the secret; null for a public app. */
export const AppCreated = App.extend({ clientSecret: z.string().nullable() });

/** An app that the account has authorised. */
export const Grant = z.object({
  clientId: z.string(),
  name: z.string(),
  scopes: z.array(z.string()),
  grantedAt: Timestamp,
});
export const GrantList = z.object({ items: z.array(Grant) });

/** Everything stored about an account, except its secrets. */
export const AccountExport = z.object({
  exportedAt: Timestamp,
  account: AccountDetails,
  sessions: z.array(
    z.object({
      createdAt: Timestamp,
      expiresAt: Timestamp,
      ipAddress: z.string().nullable(),
      userAgent: z.string().nullable(),
    }),
  ),
  /** The account as a creator; images as addresses. */
  profile: Creator.pick({ about: true, links: true, avatar: true, banner: true }).nullable(),
  videos: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      description: z.string(),
      category: z.string(),
      tags: z.array(z.string()),
      people: z.array(z.string()),
      language: z.string().nullable(),
      visibility: z.string(),
      state: z.string(),
      maturityRating: z.string().nullable(),
      duration: z.number().nullable(),
      seriesId: z.string().nullable(),
      /** Your own list; null if other chapters are shown. */
      chapters: z.array(Chapter).nullable(),
      captions: z.array(z.object({ language: z.string(), label: z.string() })),
      sourceBytes: z.int(),
      /** Serves the uploaded file for a day; null while it is being uploaded. `npm run export` fetches everything. */
      sourceUrl: z.string().nullable(),
      createdAt: Timestamp,
      publishedAt: Timestamp.nullable(),
    }),
  ),
  passkeys: z.array(z.object({ name: z.string().nullable(), createdAt: Timestamp.nullable() })),
  /** `credential` is the password; anything else is an identity provider. */
  signIns: z.array(z.object({ provider: z.string(), createdAt: Timestamp })),
  signingKeys: z.array(SigningKey),
  tokens: z.array(Token),
  apps: z.array(App),
  grants: z.array(Grant),
  /** Whether the account gets the weekly mail with new videos. */
  weeklyMail: z.boolean(),
  follows: z.array(z.object({ creatorId: z.string(), since: Timestamp })),
  /** The profiles of the account, and what each has watched and saved. The name of the first may be the account's name. */
  profiles: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      avatar: z.string(),
      kids: z.boolean(),
      maturityLimit: z.string().nullable(),
      locked: z.boolean(),
      createdAt: Timestamp,
      /** How far each video was watched, in seconds; the latest ten thousand videos. */
      watched: z.array(
        z.object({
          videoId: z.string(),
          position: z.number(),
          finished: z.boolean(),
          at: Timestamp,
        }),
      ),
      watchlist: z.array(z.object({ videoId: z.string(), at: Timestamp })),
      likes: z.array(z.object({ videoId: z.string(), at: Timestamp })),
      watchSettings: WatchSettings,
    }),
  ),
  playlists: z.array(
    z.object({
      id: z.string(),
      kind: z.string(),
      title: z.string(),
      description: z.string(),
      visibility: z.string(),
      createdAt: Timestamp,
      updatedAt: Timestamp,
      videos: z.array(z.object({ videoId: z.string(), season: z.int(), episode: z.int() })),
    }),
  ),
  /** Browsers that get notifications of new videos. */
  pushSubscriptions: z.array(z.object({ endpoint: z.string(), at: Timestamp })),
});
export type AccountExport = z.infer<typeof AccountExport>;
