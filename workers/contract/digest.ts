import { z } from "zod";

/** The weekly mail with new videos. */
export const Digest = z.object({
  enabled: z.boolean(),
  /** This site can send mail, and the account's address is confirmed. */
  available: z.boolean(),
});
export type Digest = z.infer<typeof Digest>;
export const DigestUpdate = z.strictObject({ enabled: z.boolean() });

export const UnsubscribeQuery = z.object({ token: z.string().max(200) });
