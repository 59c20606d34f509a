import { decodeJwt, SignJWT } from "jose";
import { localValue } from "../../../scripts/dev/dev-vars.ts";
import type { Playback } from "../../../workers/contract/playback.ts";
import { ownKeys } from "../../../workers/media/playback-token.ts";

/**
 * The API's answer with a token that expires sooner than the API allows: the same claims, signed with the same secret.
 * @param text JSON that contains the playback
 */
export async function withShortToken(
  text: string,
  { token, expiresAt, expiresIn }: Playback,
  lifetimeSeconds: number,
): Promise<string> {
  const { current } = await ownKeys({
    PLAYBACK_TOKEN_SECRETS: await localValue("PLAYBACK_TOKEN_SECRETS"),
  });
  const exp = Math.floor(Date.now() / 1000) + lifetimeSeconds;
  const short = await new SignJWT({ ...decodeJwt(token), exp })
    .setProtectedHeader({ alg: "HS256", kid: current.kid })
    .sign(current.key);
  return text
    .replaceAll(token, short)
    .replace(`"expiresAt":"${expiresAt}"`, `"expiresAt":"${new Date(exp * 1000).toISOString()}"`)
    .replace(`"expiresIn":${expiresIn}`, `"expiresIn":${lifetimeSeconds}`);
}
