import { z } from "zod";
import { Timestamp } from "./common.ts";
import { lineOfText, linesOfText } from "./text.ts";
import { CREATOR_IMAGES, MAX_CREATOR_LINKS } from "./creator-limits.ts";

/** Addresses of http and https only: others could run a script. */
const WebAddress = z.url({ protocol: /^https?$/ }).max(300);

export const CreatorLink = z.strictObject({ title: lineOfText(60), url: WebAddress });
export type CreatorLink = z.infer<typeof CreatorLink>;

/** A creator's profile, written by the creator. */
export const CreatorProfileUpdate = z.strictObject({
  about: linesOfText(2000),
  links: z.array(CreatorLink).max(MAX_CREATOR_LINKS),
});
export type CreatorProfileUpdate = z.infer<typeof CreatorProfileUpdate>;

export const CreatorImageKind = z.enum(CREATOR_IMAGES);
export type CreatorImageKind = z.infer<typeof CreatorImageKind>;

/** A creator, as everyone sees them. */
export const Creator = z.object({
  id: z.string(),
  name: z.string(),
  about: z.string(),
  links: z.array(z.object({ title: z.string(), url: z.string() })),
  /** Origin-relative URLs; null without an image. */
  avatar: z.string().nullable(),
  banner: z.string().nullable(),
  /** Number of followers, at most a minute old. */
  followers: z.int(),
  joinedAt: Timestamp,
});
export type Creator = z.infer<typeof Creator>;
