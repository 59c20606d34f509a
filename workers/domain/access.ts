import type { Role, Scope } from "../contract/accounts.ts";
import { MODERATORS, OPERATORS, ROLES, STAFF } from "../contract/scopes.ts";
import { AppError } from "./errors.ts";
import { insufficientScope, isAdmin, isModerator, type Principal, signedIn } from "./principal.ts";

type RoleOrAnonymous = Role | "anonymous";

export interface Rule {
  /** Roles that may call the operation. */
  roles: readonly RoleOrAnonymous[];
  /** Scope that a signed-in caller's token must have. */
  scope: Scope | null;
  /**
   * Whose resource it may be. `any`: no resource, or a public one. `visible`: the caller's own, a public or unlisted one that
   * can be watched, or a private one opened to them. `own`: the caller's own; an admin with the `admin` scope passes both.
   * `self`: looked up among the caller's own, even for admins. `site`: of the deployment, for all whose role may call it.
   */
  resource: "any" | "visible" | "own" | "self" | "site";
  /** Moderators, too, may use what only its owner sees: they decide about hidden videos, and about first publications. */
  moderators?: true;
  /**
   * Only with a token of the account's own session: neither an app nor a script may pass on its rights, nor may a profile
   * with a maturity limit, unless `limited` says so.
   */
  session?: true;
  /** Whether profiles with a maturity limit may call it: without saying, all that needs no session. */
  limited?: boolean;
}

const EVERYONE = ["anonymous", ...ROLES] as const;
const MEMBERS = ROLES;
/** Whoever does something for the site is a creator like any other beside it. */
const CREATORS = ["creator", ...STAFF] as const;
const ADMINS = ["admin"] as const;

const OWN_LIST = {
  roles: MEMBERS,
  scope: "library:write",
  resource: "own",
  limited: false,
} as const;
const PLAYING = {
  roles: EVERYONE,
  scope: "playback:token",
  resource: "visible",
  moderators: true,
} as const;

/** The authorization table: an operation without a row is refused. */
export const ACCESS = {
  "uploads.create": { roles: CREATORS, scope: "uploads:write", resource: "any" },
  "uploads.list": { roles: CREATORS, scope: "uploads:write", resource: "any" },
  "uploads.get": { roles: CREATORS, scope: "uploads:write", resource: "own" },
  "uploads.parts": { roles: CREATORS, scope: "uploads:write", resource: "own" },
  "uploads.record-part": { roles: CREATORS, scope: "uploads:write", resource: "own" },
  "uploads.complete": { roles: CREATORS, scope: "uploads:write", resource: "own" },
  "uploads.abort": { roles: CREATORS, scope: "uploads:write", resource: "own" },
  "videos.list": { roles: EVERYONE, scope: "videos:read", resource: "any" },
  "videos.get": { roles: EVERYONE, scope: "videos:read", resource: "visible", moderators: true },
  "videos.update": { roles: CREATORS, scope: "videos:write", resource: "own" },
  "videos.delete": { roles: CREATORS, scope: "videos:write", resource: "own" },
  "videos.bulk": { roles: CREATORS, scope: "videos:write", resource: "any" },
  "videos.duplicates": { roles: CREATORS, scope: "videos:read", resource: "own" },
  "duplicates.find": { roles: CREATORS, scope: "videos:read", resource: "any" },
  "videos.tasks": { roles: CREATORS, scope: "videos:read", resource: "own" },
  "videos.retry": { roles: CREATORS, scope: "videos:write", resource: "own" },
  "videos.poster": { roles: CREATORS, scope: "videos:write", resource: "own" },
  "videos.poster-file": { roles: CREATORS, scope: "videos:write", resource: "own" },
  "bin.list": { roles: CREATORS, scope: "videos:read", resource: "any" },
  "bin.empty": { roles: CREATORS, scope: "videos:write", resource: "any" },
  "bin.erase": { roles: CREATORS, scope: "videos:write", resource: "own" },
  "bin.restore": { roles: CREATORS, scope: "videos:write", resource: "own" },
  "captions.list": { roles: CREATORS, scope: "videos:read", resource: "own" },
  "captions.transcribe": { roles: CREATORS, scope: "videos:write", resource: "own" },
  "captions.translate": { roles: CREATORS, scope: "videos:write", resource: "own" },
  "files.list": { roles: CREATORS, scope: "videos:read", resource: "own" },
  "files.get": { roles: EVERYONE, scope: null, resource: "any" },
  "captions.get": { roles: EVERYONE, scope: "videos:read", resource: "visible" },
  "captions.put": { roles: CREATORS, scope: "videos:write", resource: "own" },
  "captions.delete": { roles: CREATORS, scope: "videos:write", resource: "own" },
  "chapters.get": { roles: CREATORS, scope: "videos:read", resource: "own" },
  "chapters.put": { roles: CREATORS, scope: "videos:write", resource: "own" },
  "versions.list": { roles: CREATORS, scope: "videos:read", resource: "own" },
  "versions.create": { roles: CREATORS, scope: "videos:write", resource: "own" },
  "versions.upload": { roles: CREATORS, scope: "uploads:write", resource: "own" },
  "versions.watermark": { roles: CREATORS, scope: "videos:write", resource: "own" },
  "versions.watermark-file": { roles: CREATORS, scope: "videos:read", resource: "own" },
  "versions.publish": { roles: CREATORS, scope: "videos:write", resource: "own" },
  "versions.play": { roles: CREATORS, scope: "videos:write", resource: "own" },
  "versions.delete": { roles: CREATORS, scope: "videos:write", resource: "own" },
  "playback.create": PLAYING,
  "playback.watch": PLAYING,
  "access.get": { roles: CREATORS, scope: "videos:write", resource: "own" },
  "access.set-password": { roles: CREATORS, scope: "videos:write", resource: "own" },
  "access.create-link": { roles: CREATORS, scope: "videos:write", resource: "own" },
  "access.revoke-link": { roles: CREATORS, scope: "videos:write", resource: "own" },
  "access.invite": { roles: CREATORS, scope: "videos:write", resource: "own" },
  "access.uninvite": { roles: CREATORS, scope: "videos:write", resource: "own" },
  "videos.unlock": { roles: EVERYONE, scope: "playback:token", resource: "any" },
  "playback.revoke": { roles: CREATORS, scope: "videos:write", resource: "own" },
  "playback.revoke-session": { roles: CREATORS, scope: "videos:write", resource: "own" },
  "creators.get": { roles: EVERYONE, scope: "videos:read", resource: "visible" },
  "creators.rss": { roles: EVERYONE, scope: "videos:read", resource: "visible" },
  "follows.list": { roles: MEMBERS, scope: "library:read", resource: "any" },
  "follows.get": { roles: MEMBERS, scope: "library:read", resource: "visible" },
  "follows.put": { roles: MEMBERS, scope: "library:write", resource: "visible", limited: false },
  "follows.delete": { roles: MEMBERS, scope: "library:write", resource: "any", limited: false },
  "follows.videos": { roles: MEMBERS, scope: "library:read", resource: "any" },
  "notifications.list": { roles: MEMBERS, scope: "library:read", resource: "any" },
  "notifications.read": {
    roles: MEMBERS,
    scope: "library:write",
    resource: "any",
    limited: false,
  },
  "digest.get": { roles: MEMBERS, scope: "library:read", resource: "any" },
  "digest.put": { roles: MEMBERS, scope: null, resource: "any", session: true },
  "push.get": { roles: MEMBERS, scope: null, resource: "any", session: true },
  "push.put": { roles: MEMBERS, scope: null, resource: "any", session: true },
  "digest.unsubscribe": { roles: EVERYONE, scope: null, resource: "any" },
  "profile.get": { roles: CREATORS, scope: "videos:read", resource: "any" },
  "profile.put": { roles: CREATORS, scope: "videos:write", resource: "any" },
  "profile.put-image": { roles: CREATORS, scope: "videos:write", resource: "any" },
  "profile.delete-image": { roles: CREATORS, scope: "videos:write", resource: "any" },
  "signing-keys.list": { roles: CREATORS, scope: null, resource: "any", session: true },
  "signing-keys.create": { roles: CREATORS, scope: null, resource: "any", session: true },
  "signing-keys.revoke": { roles: CREATORS, scope: null, resource: "own", session: true },
  "search.query": { roles: EVERYONE, scope: "search:read", resource: "any" },
  "search.suggest": { roles: EVERYONE, scope: "search:read", resource: "any" },
  "search.pick": { roles: EVERYONE, scope: null, resource: "any" },
  "search.feed": { roles: EVERYONE, scope: "search:read", resource: "any" },
  "editors-pick.get": { roles: ADMINS, scope: "admin", resource: "any" },
  "editors-pick.put": { roles: ADMINS, scope: "admin", resource: "any" },
  "editors-pick.delete": { roles: ADMINS, scope: "admin", resource: "any" },
  "search.related": { roles: EVERYONE, scope: "search:read", resource: "visible" },
  "progress.get": { roles: MEMBERS, scope: "history:read", resource: "visible" },
  "progress.put": { roles: MEMBERS, scope: "history:write", resource: "visible" },
  "history.list": { roles: MEMBERS, scope: "history:read", resource: "any" },
  "history.remove": { roles: MEMBERS, scope: "history:write", resource: "any" },
  "history.clear": { roles: MEMBERS, scope: "history:write", resource: "any" },
  "watchlist.list": { roles: MEMBERS, scope: "library:read", resource: "any" },
  "watchlist.add": { roles: MEMBERS, scope: "library:write", resource: "visible" },
  "watchlist.remove": { roles: MEMBERS, scope: "library:write", resource: "any" },
  "likes.list": { roles: MEMBERS, scope: "library:read", resource: "any" },
  "likes.add": { roles: MEMBERS, scope: "library:write", resource: "visible" },
  "likes.remove": { roles: MEMBERS, scope: "library:write", resource: "any" },
  "playlists.list": { roles: EVERYONE, scope: "library:read", resource: "any" },
  "playlists.create": { roles: MEMBERS, scope: "library:write", resource: "any", limited: false },
  "playlists.get": { roles: EVERYONE, scope: "library:read", resource: "visible" },
  "playlists.update": { roles: MEMBERS, scope: "library:write", resource: "own", limited: false },
  "playlists.delete": { roles: MEMBERS, scope: "library:write", resource: "own", limited: false },
  "playlists.put-video": OWN_LIST,
  "playlists.remove-video": OWN_LIST,
  "library.import": { roles: MEMBERS, scope: "library:write", resource: "any", session: true },
  "profiles.list": { roles: MEMBERS, scope: null, resource: "any", session: true, limited: true },
  "profiles.open": { roles: MEMBERS, scope: null, resource: "any", session: true, limited: true },
  "profiles.create": { roles: MEMBERS, scope: null, resource: "any", session: true },
  "profiles.update": { roles: MEMBERS, scope: null, resource: "self", session: true },
  "profiles.delete": { roles: MEMBERS, scope: null, resource: "self", session: true },
  "profiles.set-pin": {
    roles: MEMBERS,
    scope: null,
    resource: "any",
    session: true,
    limited: true,
  },
  "watch-settings.get": { roles: MEMBERS, scope: "library:read", resource: "any" },
  "watch-settings.update": { roles: MEMBERS, scope: "library:write", resource: "any" },
  "analytics.account": { roles: CREATORS, scope: "analytics:read", resource: "any" },
  "analytics.account-table": { roles: CREATORS, scope: "analytics:read", resource: "any" },
  "videos.analytics": { roles: CREATORS, scope: "analytics:read", resource: "own" },
  "videos.analytics-table": { roles: CREATORS, scope: "analytics:read", resource: "own" },
  "playlists.analytics": { roles: CREATORS, scope: "analytics:read", resource: "own" },
  "playlists.analytics-table": { roles: CREATORS, scope: "analytics:read", resource: "own" },
  "beacons.record": { roles: EVERYONE, scope: null, resource: "any" },
  "videos.share": { roles: EVERYONE, scope: "videos:read", resource: "visible" },
  "videos.report": { roles: EVERYONE, scope: null, resource: "visible" },
  "robots.get": { roles: EVERYONE, scope: null, resource: "any" },
  "sitemap.index": { roles: EVERYONE, scope: null, resource: "any" },
  "sitemap.videos": { roles: EVERYONE, scope: null, resource: "any" },
  "health.live": { roles: EVERYONE, scope: null, resource: "any" },
  "health.ready": { roles: EVERYONE, scope: null, resource: "any" },
  "oembed.get": { roles: EVERYONE, scope: null, resource: "any" },
  "categories.list": { roles: EVERYONE, scope: null, resource: "any" },
  "account.export": { roles: MEMBERS, scope: null, resource: "any", session: true },
  "account.revoke-access": { roles: MEMBERS, scope: null, resource: "any", session: true },
  "account.sign-in-options": { roles: EVERYONE, scope: null, resource: "any" },
  "tokens.list": { roles: MEMBERS, scope: null, resource: "any", session: true },
  "tokens.create": { roles: MEMBERS, scope: null, resource: "any", session: true },
  "tokens.revoke": { roles: MEMBERS, scope: null, resource: "self", session: true },
  "apps.list": { roles: CREATORS, scope: null, resource: "any", session: true },
  "apps.create": { roles: CREATORS, scope: null, resource: "any", session: true },
  "apps.delete": { roles: CREATORS, scope: null, resource: "self", session: true },
  "grants.list": { roles: MEMBERS, scope: null, resource: "any", session: true },
  "grants.revoke": { roles: MEMBERS, scope: null, resource: "self", session: true },
  "work.get": { roles: OPERATORS, scope: "admin", resource: "any" },
  "tasks.list": { roles: OPERATORS, scope: "admin", resource: "any" },
  "tasks.stop": { roles: OPERATORS, scope: "admin", resource: "site" },
  "tasks.retry": { roles: OPERATORS, scope: "admin", resource: "any" },
  "failed-videos.list": { roles: OPERATORS, scope: "admin", resource: "any" },
  "failed-videos.retry": { roles: OPERATORS, scope: "admin", resource: "site" },
  "usage.get": { roles: OPERATORS, scope: "admin", resource: "any" },
  "usage.creators": { roles: OPERATORS, scope: "admin", resource: "any" },
  "dead-letters.list": { roles: OPERATORS, scope: "admin", resource: "any" },
  "dead-letters.get": { roles: OPERATORS, scope: "admin", resource: "site" },
  "dead-letters.resend": { roles: OPERATORS, scope: "admin", resource: "site" },
  "dead-letters.dismiss": { roles: OPERATORS, scope: "admin", resource: "site" },
  "dead-letters.resend-all": { roles: OPERATORS, scope: "admin", resource: "any" },
  "dead-letters.dismiss-all": { roles: OPERATORS, scope: "admin", resource: "any" },
  "library-copies.list": { roles: ADMINS, scope: "admin", resource: "any" },
  "library-copies.restore": { roles: ADMINS, scope: "admin", resource: "any", session: true },
  "metrics.get": { roles: OPERATORS, scope: "admin", resource: "any" },
  "alerts.list": { roles: OPERATORS, scope: "admin", resource: "any" },
  "alerts.silence": { roles: OPERATORS, scope: "admin", resource: "any" },
  "site.get": { roles: EVERYONE, scope: null, resource: "any" },
  "site.legal": { roles: EVERYONE, scope: null, resource: "any" },
  "settings.get": { roles: ADMINS, scope: "admin", resource: "any" },
  "settings.put": { roles: ADMINS, scope: "admin", resource: "any" },
  "settings.versions": { roles: ADMINS, scope: "admin", resource: "any" },
  "accounts.list": { roles: ADMINS, scope: "admin", resource: "any" },
  "accounts.get": { roles: ADMINS, scope: "admin", resource: "site" },
  "accounts.update": { roles: ADMINS, scope: "admin", resource: "site", session: true },
  "accounts.suspend": { roles: ADMINS, scope: "admin", resource: "site" },
  "accounts.unsuspend": { roles: ADMINS, scope: "admin", resource: "site" },
  "accounts.delete": { roles: ADMINS, scope: "admin", resource: "site", session: true },
  "accounts.sessions": { roles: ADMINS, scope: "admin", resource: "site" },
  "accounts.end-sessions": { roles: ADMINS, scope: "admin", resource: "site" },
  "accounts.end-session": { roles: ADMINS, scope: "admin", resource: "site" },
  "invitations.list": { roles: ADMINS, scope: "admin", resource: "any" },
  "invitations.create": { roles: ADMINS, scope: "admin", resource: "any", session: true },
  "invitations.revoke": { roles: ADMINS, scope: "admin", resource: "site" },
  "reports.list": { roles: MODERATORS, scope: "admin", resource: "any" },
  "reports.dismiss": { roles: MODERATORS, scope: "admin", resource: "site" },
  "reports.hide-video": { roles: MODERATORS, scope: "admin", resource: "site" },
  "runners.list": { roles: OPERATORS, scope: "admin", resource: "any" },
  "runners.lift-quarantine": { roles: OPERATORS, scope: "admin", resource: "site" },
  "runner-tokens.list": { roles: OPERATORS, scope: "admin", resource: "any" },
  "runner-tokens.create": { roles: OPERATORS, scope: "admin", resource: "any", session: true },
  "runner-tokens.revoke": { roles: OPERATORS, scope: "admin", resource: "site" },
  "audit.list": { roles: ADMINS, scope: "admin", resource: "any" },
  "audit.export": { roles: ADMINS, scope: "admin", resource: "any" },
  "audit.verify": { roles: ADMINS, scope: "admin", resource: "any" },
  "moderation.get": { roles: CREATORS, scope: "videos:read", resource: "own" },
  "moderation.history": { roles: MODERATORS, scope: "admin", resource: "site" },
  "moderation.rule": { roles: MODERATORS, scope: "admin", resource: "site" },
  "rulings.own": { roles: CREATORS, scope: "videos:read", resource: "any" },
  "rulings.appeal": { roles: CREATORS, scope: "videos:write", resource: "self" },
  "rulings.appeals": { roles: MODERATORS, scope: "admin", resource: "any" },
  "rulings.judge": { roles: MODERATORS, scope: "admin", resource: "site" },
  "reviews.list": { roles: MODERATORS, scope: "admin", resource: "any" },
  "reviews.approve": { roles: MODERATORS, scope: "admin", resource: "site" },
  "reviews.reject": { roles: MODERATORS, scope: "admin", resource: "site" },
  "creators.trust": { roles: MODERATORS, scope: "admin", resource: "site" },
  "banned-sources.list": { roles: MODERATORS, scope: "admin", resource: "any" },
  "banned-sources.delete": { roles: MODERATORS, scope: "admin", resource: "site" },
  "account.me": { roles: MEMBERS, scope: null, resource: "any" },
} as const satisfies Record<string, Rule>;

export type Operation = keyof typeof ACCESS;

/** What authorization needs to know about a resource. */
export interface Resource {
  ownerId: string;
  /** Public or unlisted, and watchable; or opened to the caller: they may know that it exists. */
  visible: boolean;
}

/**
 * The first half of authorization, before anything is read: may this caller use the operation at all?
 * @returns the caller as the operation treats them: as anonymous where the token lacks its scope, but nobody needs one
 * @throws AppError unauthenticated, insufficient_scope, forbidden
 */
export function authorizeOperation(principal: Principal, operation: Operation): Principal {
  const rule: Rule | undefined = ACCESS[operation];
  if (!rule) throw new AppError("forbidden", "This operation is not available.");
  if (principal.kind === "anonymous" && rule.roles.includes("anonymous")) return principal;
  const { role, scopes, via } = signedIn(principal);
  if (rule.session && via !== "session") {
    throw new AppError(
      "forbidden",
      "This requires a session of the account: sign in on the website.",
    );
  }
  if (principal.maturityLimit && !(rule.limited ?? !rule.session)) {
    throw new AppError("limited_profile", "This profile may not do this. Choose another profile.");
  }
  if (rule.scope && !scopes.has(rule.scope)) {
    // A token never sees less than nobody: what is open to everyone is open to it too, as if it were not there.
    if (rule.roles.includes("anonymous"))
      return {
        kind: "anonymous",
        lacks: rule.scope,
        ...(principal.maturityLimit && { maturityLimit: principal.maturityLimit }),
        ...(principal.pass && { pass: principal.pass }),
      };
    throw insufficientScope(rule.scope);
  }
  if (!rule.roles.includes(role)) {
    throw new AppError("forbidden", `Your role (${role}) does not allow this.`);
  }
  return principal;
}

/**
 * The second half of authorization, once the resource is known. A resource that the caller may not know of is
 * `not_found`, never `forbidden`: the response must not reveal that it exists.
 * @param noun names the resource in error texts: `video`
 * @throws AppError unauthenticated, insufficient_scope, forbidden, not_found
 */
export function authorizeResource(
  principal: Principal,
  operation: Operation,
  resource: Resource | null,
  noun: string,
): asserts resource is Resource {
  const caller = authorizeOperation(principal, operation);
  const rule: Rule = ACCESS[operation];
  const own = caller.kind === "user" && resource?.ownerId === caller.userId;
  const admin = isAdmin(caller) || (rule.moderators === true && isModerator(caller));
  // The same answer for what does not exist, so it reveals nothing.
  if (caller.kind === "anonymous" && caller.lacks && !resource?.visible)
    throw insufficientScope(caller.lacks);
  if (resource && rule.resource === "site") return;
  if (!resource || !(own || admin || resource.visible))
    throw new AppError("not_found", `This ${noun} does not exist.`);
  if (rule.resource === "own" && !own && !admin)
    throw new AppError("forbidden", `This ${noun} belongs to another account.`);
}
