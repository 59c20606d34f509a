import type { BetterAuthPlugin } from "better-auth";
import { createAuthMiddleware } from "better-auth/api";
import { z } from "zod";
import { catalog } from "../db/client.ts";
import { findRefreshToken, forgetOldest, revokeFamily } from "../db/accounts/refresh-tokens.ts";
import { hashSecret } from "../domain/secret.ts";

export const REFRESH_TOKEN_PREFIX = "kinora_rt_";
/** Separates the token, whose hash is stored, from the family that it belongs to. */
const SEPARATOR = ".";

/** A refresh token without its prefix, as it was stored. */
export const storedPart = (token: string): string => token.split(SEPARATOR, 1)[0] ?? token;

const familyNamedBy = (token: string): string | undefined => token.split(SEPARATOR)[1];

const hashOf = (token: string) => hashSecret(storedPart(token.slice(REFRESH_TOKEN_PREFIX.length)));

const TokenRequest = z.object({ grant_type: z.string(), refresh_token: z.string().optional() });
const IssuedTokens = z.looseObject({ refresh_token: z.string() });

/**
 * Revokes the family of a refresh token that is used twice, however close together the uses are and however long ago
 * the token was rotated. The library's rotation lacks three things: It refuses a request that read the token before
 * another one rotated it, but does not treat it as reuse: the family is revoked here. The other request may store its
 * new token after the family was revoked, where nothing would find it: if the token that it rotated is gone, its new
 * token is revoked too. And it would have to keep every rotated token until it expires to recognise it: so that a grant
 * has a limited number of rows, each token ends with the name of its family, and a token that is no longer stored
 * revokes the family that it names. The name is secret like the token: a hash of the code that the family began with.
 */
export function endReusedFamily(env: Env): BetterAuthPlugin {
  return {
    id: "end-reused-family",
    hooks: {
      after: [
        {
          matcher: ({ path, body }) =>
            path === "/oauth2/token" && TokenRequest.safeParse(body).success,
          handler: createAuthMiddleware(async (ctx) => {
            const db = catalog(env);
            const { refresh_token: used } = TokenRequest.parse(ctx.body);
            const issued = IssuedTokens.safeParse(ctx.context.returned).data;
            const hash = used === undefined ? undefined : await hashOf(used);
            const presented = hash === undefined ? null : await findRefreshToken(db, hash);
            if (!issued) {
              if (presented?.isRotated && hash !== undefined) await revokeFamily(db, { hash });
              const named = used === undefined ? undefined : familyNamedBy(used);
              if (!presented && named !== undefined) await revokeFamily(db, { family: named });
              return;
            }
            const newHash = await hashOf(issued.refresh_token);
            if (hash !== undefined && !presented) return revokeFamily(db, { hash: newHash });
            await forgetOldest(db, newHash);
            const family = (await findRefreshToken(db, newHash))?.family;
            if (!family) return;
            return { ...issued, refresh_token: issued.refresh_token + SEPARATOR + family };
          }),
        },
      ],
    },
  };
}
