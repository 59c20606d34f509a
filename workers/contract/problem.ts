import { z } from "zod";

/** RFC 9457 problem details; `code` is stable and meant for programs, `detail` for people. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  /** The id by which the operator finds the request. */
  requestId: z.string(),
  instance: z.string().optional(),
  /** One entry per invalid field, when the request does not match its schema. */
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});
export type Problem = z.infer<typeof Problem>;
