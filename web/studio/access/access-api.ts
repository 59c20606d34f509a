import type { AccessLinkCreate } from "../../../workers/contract/video-access.ts";
import { abortable, body, done, v1 } from "../../api-call.ts";

const ofVideo = v1.videos[":id"].access;

export const getVideoAccess = (id: string, signal?: AbortSignal) =>
  body(ofVideo.$get({ param: { id } }, abortable(signal)));
/** @param password null removes it */
export const setVideoPassword = (id: string, password: string | null) =>
  done(ofVideo.password.$put({ param: { id }, json: { password } }));
export const createAccessLink = (id: string, link: AccessLinkCreate) =>
  body(ofVideo.links.$post({ param: { id }, json: link }));
export const revokeAccessLink = (id: string, linkId: string) =>
  done(ofVideo.links[":linkId"].$delete({ param: { id, linkId } }));
export const inviteAccounts = (id: string, emails: string[], notify: boolean) =>
  body(ofVideo.accounts.$post({ param: { id }, json: { emails, notify } }));
export const uninviteAccount = (id: string, invitationId: string) =>
  done(ofVideo.accounts[":invitationId"].$delete({ param: { id, invitationId } }));
