import { z } from "zod";
import { Notice } from "./notices.ts";
import { Priority, Stage } from "./task-order.ts";
import { TaskKind } from "./transcodes.ts";

/** A finished task, as stored after its row has been deleted. */
export const ArchivedTask = z.object({
  id: z.string(),
  kind: TaskKind,
  name: z.string(),
  stage: Stage,
  priority: Priority,
  state: z.enum(["done", "dead"]),
  attempt: z.int(),
  errorCode: z.string().nullable(),
  errorDetail: z.string().nullable(),
  notices: z.array(Notice),
  startedAt: z.int().nullable(),
  finishedAt: z.int().nullable(),
  /** Storage keys, or prefixes that end in a slash, of its output that the video keeps. */
  outputs: z.array(z.string()),
});
export type ArchivedTask = z.infer<typeof ArchivedTask>;

/** The ended tasks of one version, in the order in which they ran. */
export const TaskArchive = z.object({ tasks: z.array(ArchivedTask) });
