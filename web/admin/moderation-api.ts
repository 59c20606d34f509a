import type { RulingCreate, Verdict } from "../../workers/contract/moderation.ts";
import type { ReportReason } from "../../workers/contract/reports.ts";
import { abortable, body, done, v1 } from "../api-call.ts";

const withId = (id: string) => ({ param: { id } });

export const listAppeals = (cursor?: string, signal?: AbortSignal) =>
  body(v1.admin.appeals.$get({ query: { cursor } }, abortable(signal)));
export const listReviews = (cursor?: string, signal?: AbortSignal) =>
  body(v1.admin.reviews.$get({ query: { cursor } }, abortable(signal)));
export const listBannedSources = (cursor?: string, signal?: AbortSignal) =>
  body(v1.admin["banned-sources"].$get({ query: { cursor } }, abortable(signal)));
export const getHistory = (videoId: string, signal?: AbortSignal) =>
  body(v1.admin.videos[":id"].moderation.$get(withId(videoId), abortable(signal)));
export const ruleOnVideo = (videoId: string, ruling: RulingCreate) =>
  done(v1.admin.videos[":id"].rulings.$post({ ...withId(videoId), json: ruling }));
export const judgeRuling = (id: string, verdict: Verdict, text: string) =>
  done(v1.admin.rulings[":id"].verdict.$post({ ...withId(id), json: { verdict, text } }));
export const approveVideo = (videoId: string) =>
  done(v1.admin.reviews[":id"].approve.$post(withId(videoId)));
export const rejectVideo = (videoId: string, reason: ReportReason, text: string) =>
  done(v1.admin.reviews[":id"].reject.$post({ ...withId(videoId), json: { reason, text } }));
export const trustCreator = (id: string, trusted: boolean) =>
  done(v1.admin.creators[":id"].trust.$put({ ...withId(id), json: { trusted } }));
export const allowSource = (sha256: string) =>
  done(v1.admin["banned-sources"][":sha256"].$delete({ param: { sha256 } }));
