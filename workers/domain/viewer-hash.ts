import { hashSecret } from "./secret.ts";

/** A keyed hash of a viewer for statistics: it distinguishes viewers without identifying them. */
export async function hashViewer(secret: string, viewer: string): Promise<string> {
  return (await hashSecret(`search ${secret} ${viewer}`)).slice(0, 16);
}

/** The hash of what an account watches and searches. */
export function hashAccount(secret: string, userId: string): Promise<string> {
  return hashViewer(secret, `user:${userId}`);
}
