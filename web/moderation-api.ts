import { abortable, body, done, v1 } from "./api-call.ts";

const withId = (id: string) => ({ param: { id } });

/** The moderators' decisions about a video of the account. */
export const getVideoModeration = (id: string, signal?: AbortSignal) =>
  body(v1.videos[":id"].moderation.$get(withId(id), abortable(signal)));
/** The same for all of its videos, the newest first. */
export const listOwnRulings = (cursor?: string, signal?: AbortSignal) =>
  body(v1.me.rulings.$get({ query: { cursor } }, abortable(signal)));
export const appealRuling = (id: string, text: string) =>
  done(v1.rulings[":id"].appeal.$post({ ...withId(id), json: { text } }));
