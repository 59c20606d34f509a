import type { RunnerId, RunnerKind } from "../../contract/runners.ts";
import { hashSecret } from "../../domain/secret.ts";
import { runnerOfToken } from "../../services/runner-tokens.ts";

/** The caller of the runner API. */
export interface RunnerIdentity {
  kind: RunnerKind;
  /** Null for a local process: it says itself which one it is. */
  runner: RunnerId | null;
}

/**
 * The runner that sent a request over HTTP, by its bearer token; null if the token is invalid. A container has no
 * credential: its Durable Object identifies it (jobs/runners/runner.ts).
 */
export async function identifyRunner(request: Request, env: Env): Promise<RunnerIdentity | null> {
  const [, token] =
    /^Bearer ([\w.~+/-]+=*)$/i.exec(request.headers.get("authorization") ?? "") ?? [];
  if (token === undefined) return null;
  if (await isLocalSecret(token, env.LOCAL_RUNNER_SECRET)) return { kind: "local", runner: null };
  const runner = await runnerOfToken(env, token);
  return runner === null ? null : { kind: "remote", runner };
}

/** Compares hashes, so that the timing reveals nothing about the secret. */
async function isLocalSecret(token: string, secret: string | undefined): Promise<boolean> {
  return Boolean(secret) && (await hashSecret(token)) === (await hashSecret(secret ?? ""));
}
