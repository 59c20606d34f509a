import { ACCESS, type Operation, type Rule } from "./access-rules.ts";
import { AppError } from "./errors.ts";
import { insufficientScope, isAdmin, isModerator, type Principal, signedIn } from "./principal.ts";

/** What authorization needs to know about a resource. */
export interface Resource {
  ownerId: string;
  /** Public or unlisted, and watchable; or opened to the caller: they may know that it exists. */
  visible: boolean;
}

/**
 * The first half of authorization, before anything is read: may this caller use the operation at all?
 * @returns the caller as the operation treats them: anonymous if the token lacks the scope and the operation is open to
 *   everyone
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
    // A token never allows less than no token: operations that are open to everyone ignore a token without their scope.
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
 * The second half of authorization, once the resource is known. A resource that is hidden from the caller is
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
