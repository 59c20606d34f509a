import { z } from "zod";

/** Unguessable, URL-safe: 22 characters of [0-9A-Za-z], 131 bits. */
export const Id = z.string().regex(/^[0-9A-Za-z]{22}$/, "must be an id of 22 letters and digits");
/** ISO 8601 in UTC with milliseconds, as all times in the API. */
export const Timestamp = z.iso.datetime();
/** BCP 47 language tag. */
export const Language = z
  .string()
  .regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/, "must be a language code, such as en or pt-BR")
  .max(35);

export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(512).optional(),
});
export type PageQuery = z.infer<typeof PageQuery>;

/** A page of items: `nextCursor` is null on the last one. */
export function page<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}
