import type { PushState, PushUpdate } from "../contract/push.ts";
import { type LibraryEnv, libraryOf } from "../db/history.ts";
import { AppError } from "../domain/errors.ts";
import { type Principal, signedIn } from "../domain/principal.ts";
import { isPushEndpoint } from "../domain/push-endpoint.ts";
import { tellCreators } from "./follows.ts";
import { pushKeys, type PushEnv } from "./web-push.ts";

type PushSettingsEnv = PushEnv & LibraryEnv;

async function stateOf(env: PushSettingsEnv, userId: string): Promise<PushState> {
  const browsers = await libraryOf(env, userId).listPush();
  return {
    publicKey: pushKeys(env)?.publicKey ?? null,
    endpoints: browsers.map(({ endpoint }) => endpoint),
  };
}

/** Which browsers get the caller's notifications, and whether any could. */
export function getPush(env: PushSettingsEnv, principal: Principal): Promise<PushState> {
  return stateOf(env, signedIn(principal).userId);
}

/**
 * Starts or stops the notifications of one browser. The followed creators record whether to notify it; repeating the
 * call completes an interrupted one.
 * @throws AppError conflict if the site sends none; invalid_request for an address that does not belong to a push
 *   service
 */
export async function setPush(
  env: PushSettingsEnv,
  principal: Principal,
  { endpoint, keys }: PushUpdate,
): Promise<PushState> {
  const { userId } = signedIn(principal);
  const library = libraryOf(env, userId);
  if (keys) {
    if (!pushKeys(env))
      throw new AppError("conflict", "This site sends no notifications. Ask its administrator.");
    if (!isPushEndpoint(endpoint))
      throw new AppError("invalid_request", "This is not the address of a browser's push service.");
    await library.addPush({ endpoint, ...keys, createdAt: Date.now() });
  } else await library.removePush([endpoint]);
  const state = await stateOf(env, userId);
  await tellCreators(env, userId, (creator) =>
    creator.setPushFollower(userId, state.endpoints.length > 0),
  );
  return state;
}
