import { z } from "zod";
import { Id, Timestamp } from "./common.ts";
import { CredentialName } from "./accounts.ts";
import { TaskKind } from "./transcodes.ts";

/** `container-0`, `local-1`, or `remote-` and the id of the token that the runner uses. */
export const RunnerId = z
  .string()
  .regex(/^(container|local|remote)-[0-9A-Za-z]{1,40}$/, "must be the id of a runner");
export type RunnerId = z.infer<typeof RunnerId>;

export const RunnerKind = z.enum(["container", "local", "remote"]);
export type RunnerKind = z.infer<typeof RunnerKind>;

/** Codecs that a task may encode to. */
export const OutputCodec = z.enum(["h264", "vp9", "av1", "aac", "opus"]);
export type OutputCodec = z.infer<typeof OutputCodec>;

/** The capabilities of a runner: it gets no other tasks. */
export const RunnerCapabilities = z.object({
  kinds: z.array(TaskKind).max(TaskKind.options.length),
  codecs: z.array(OutputCodec).max(OutputCodec.options.length),
});
export type RunnerCapabilities = z.infer<typeof RunnerCapabilities>;

/** Why and until when a runner gets no tasks. */
export const Quarantine = z.object({ since: Timestamp, until: Timestamp, reason: z.string() });

/** A runner that has asked for work, as the operator sees it. */
export const Runner = z.object({
  id: RunnerId,
  kind: RunnerKind,
  /** Version of the contract that its image was built for. */
  version: z.int(),
  capabilities: RunnerCapabilities,
  slots: z.int(),
  tasksDone: z.int(),
  /** Tasks in a row that failed on it. */
  consecutiveFailures: z.int(),
  firstSeenAt: Timestamp,
  /** At most a minute behind while it asks for work. */
  lastSeenAt: Timestamp,
  quarantine: Quarantine.nullable(),
});
export type Runner = z.infer<typeof Runner>;
export const RunnerList = z.object({
  items: z.array(Runner),
  /** Creators whose encoding time of the day is used up, so that their tasks wait; at most a hundred. */
  heldCreators: z.array(z.object({ id: z.string(), minutes: z.number(), until: Timestamp })),
});
export type RunnerList = z.infer<typeof RunnerList>;

export const RunnerTokenCreate = z.strictObject({
  /** A name for the runner's location: `GPU machine in the office`. */
  name: CredentialName,
});

/** The token of a remote runner, without its secret. */
export const RunnerToken = z.object({
  id: Id,
  name: z.string(),
  /** The last characters of the token. */
  hint: z.string(),
  createdAt: Timestamp,
  /** The runner that has used it; null until then. */
  runner: Runner.nullable(),
});
export type RunnerToken = z.infer<typeof RunnerToken>;
export const RunnerTokenList = z.object({ items: z.array(RunnerToken) });
/** The only response that ever contains the token itself. */
export const RunnerTokenCreated = RunnerToken.extend({ token: z.string() });
export type RunnerTokenCreated = z.infer<typeof RunnerTokenCreated>;
