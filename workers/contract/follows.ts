import { z } from "zod";
import { MAX_NOTIFICATIONS } from "./max-notifications.ts";
import { Timestamp } from "./common.ts";
import { Creator } from "./creators.ts";
import { Video } from "./videos.ts";

export const FollowList = z.object({
  items: z.array(
    z.object({
      creator: Creator.pick({ id: true, name: true, avatar: true }),
      since: Timestamp,
    }),
  ),
});
export type FollowList = z.infer<typeof FollowList>;

export const FollowStatus = z.object({ following: z.boolean() });
export type FollowStatus = z.infer<typeof FollowStatus>;

/** The newest videos of the creators that the account follows. */
export const Notifications = z.object({
  /** How many of the items are new to the account, up to all of them. */
  unread: z.int().max(MAX_NOTIFICATIONS),
  items: z.array(z.object({ video: Video, isNew: z.boolean() })).max(MAX_NOTIFICATIONS),
});
export type Notifications = z.infer<typeof Notifications>;

/** Videos published until this time count as seen. */
export const NotificationsRead = z.strictObject({ until: Timestamp });
