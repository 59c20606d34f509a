import { jwtVerify, SignJWT } from "jose";
import { z } from "zod";
import { AppError } from "../../domain/errors.ts";

/** The keys that one attempt of a task may access. A key that ends in a slash includes everything below it. */
export const TaskAccess = z.object({
  taskId: z.string(),
  attempt: z.int().positive(),
  /** Only this runner may use the token. */
  runner: z.string(),
  read: z.array(z.string()),
  write: z.array(z.string()),
  /** The wrapped key that segments are encrypted with as they are stored. The runner cannot unwrap it. */
  contentKey: z.string().optional(),
  /** Whether it may have the site's model listen to audio. */
  maySpeak: z.boolean().optional(),
});
export type TaskAccess = z.infer<typeof TaskAccess>;

const AUDIENCE = "task-storage";

/** @param lifetimeSeconds as long as an attempt may run */
export function signTaskToken(
  secret: string,
  access: TaskAccess,
  lifetimeSeconds: number,
): Promise<string> {
  return new SignJWT({ ...access })
    .setProtectedHeader({ alg: "HS256" })
    .setAudience(AUDIENCE)
    .setExpirationTime(Math.floor(Date.now() / 1000) + lifetimeSeconds)
    .sign(new TextEncoder().encode(secret));
}

/** @throws AppError forbidden for a token that is not ours, was altered, or has expired */
export async function verifyTaskToken(secret: string, token: string): Promise<TaskAccess> {
  try {
    const options = { audience: AUDIENCE, algorithms: ["HS256"], requiredClaims: ["exp"] };
    const { payload } = await jwtVerify(token, new TextEncoder().encode(secret), options);
    return TaskAccess.parse(payload);
  } catch (cause) {
    throw new AppError("forbidden", "The task token is not valid.", { cause });
  }
}

/** True if one of the allowed paths is the key or a prefix of it. */
export const covers = (allowed: readonly string[], key: string): boolean =>
  allowed.some((path) => (path.endsWith("/") ? key.startsWith(path) : key === path));
