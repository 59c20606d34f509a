import { z } from "zod";

/** https://oembed.com, section 2.2; only JSON. */
export const OEmbedQuery = z.object({
  url: z.url().max(2048),
  maxwidth: z.coerce.number().int().min(1).max(10_000).optional(),
  maxheight: z.coerce.number().int().min(1).max(10_000).optional(),
  format: z.literal("json").default("json"),
});
export type OEmbedQuery = z.infer<typeof OEmbedQuery>;

/** https://oembed.com, section 2.3.4.2 */
export const OEmbed = z.object({
  version: z.literal("1.0"),
  type: z.literal("video"),
  title: z.string(),
  author_name: z.string(),
  provider_name: z.string(),
  provider_url: z.string(),
  html: z.string(),
  width: z.int(),
  height: z.int(),
  thumbnail_url: z.string().optional(),
  thumbnail_width: z.int().optional(),
  thumbnail_height: z.int().optional(),
});
export type OEmbed = z.infer<typeof OEmbed>;
