import type { AuditFilter, AuditFormat } from "../../workers/contract/audit.ts";
import { abortable, body, v1 } from "../api-call.ts";
import { readApiError } from "../api-error.ts";

export const searchAudit = (filter: AuditFilter, cursor?: string, signal?: AbortSignal) =>
  body(v1.admin.audit.$get({ query: { ...filter, cursor } }, abortable(signal)));

export async function exportAudit(filter: AuditFilter, format: AuditFormat): Promise<Blob> {
  const response = await v1.admin.audit.export.$get({ query: { ...filter, format } });
  if (!response.ok) throw await readApiError(response);
  return response.blob();
}

/** The whole chain, checked part by part. */
export async function verifyAudit() {
  let [checked, after] = [0, 0];
  for (;;) {
    const part = await body(v1.admin.audit.verify.$get({ query: { after: String(after) } }));
    checked += part.checked;
    if (part.broken || part.next === null) return { ...part, checked };
    after = part.next;
  }
}
