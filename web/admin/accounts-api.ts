import type { AccountListQuery, AccountPatch } from "../../workers/contract/account-admin.ts";
import type { InvitationCreate } from "../../workers/contract/invitations.ts";
import { abortable, body, done, v1 } from "../api-call.ts";

const withId = (id: string) => ({ param: { id } });

type ListQuery = Partial<Pick<AccountListQuery, "q" | "role" | "status" | "cursor">>;

/** Accounts that have been invited and not accepted yet. */
export const listInvitations = async (signal?: AbortSignal) =>
  (await body(v1.admin.invitations.$get({}, abortable(signal)))).items;
export const invite = (invitation: InvitationCreate) =>
  body(v1.admin.invitations.$post({ json: invitation }));
export const revokeInvitation = (id: string) =>
  done(v1.admin.invitations[":id"].$delete(withId(id)));

/** Accounts of the site, for admins. */
export const listAccounts = (query: ListQuery, signal?: AbortSignal) =>
  body(v1.admin.accounts.$get({ query }, abortable(signal)));
export const getAccount = (id: string, signal?: AbortSignal) =>
  body(v1.admin.accounts[":id"].$get(withId(id), abortable(signal)));
export const changeAccount = (id: string, patch: AccountPatch) =>
  body(v1.admin.accounts[":id"].$patch({ ...withId(id), json: patch }));
export const suspendAccount = (id: string, reason: string) =>
  done(v1.admin.accounts[":id"].suspension.$put({ ...withId(id), json: { reason } }));
export const unsuspendAccount = (id: string) =>
  done(v1.admin.accounts[":id"].suspension.$delete(withId(id)));
export const deleteAccount = (id: string) => done(v1.admin.accounts[":id"].$delete(withId(id)));
export const listAccountSessions = async (id: string, signal?: AbortSignal) =>
  (await body(v1.admin.accounts[":id"].sessions.$get(withId(id), abortable(signal)))).items;
export const endAccountSessions = (id: string) =>
  done(v1.admin.accounts[":id"].sessions.$delete(withId(id)));
export const endAccountSession = (id: string, sessionId: string) =>
  done(v1.admin.accounts[":id"].sessions[":sessionId"].$delete({ param: { id, sessionId } }));
