import { useState } from "preact/hooks";
import type { AuditEntry, AuditFilter, AuditFormat } from "../../workers/contract/audit.ts";
import { TextField } from "../components/field.tsx";
import { FormError } from "../components/form-error.tsx";
import { Pager } from "../components/pager.tsx";
import { EmptyState, ErrorState } from "../components/states.tsx";
import { momentOf, shownText } from "../format.ts";
import { t } from "../i18n/translate.ts";
import { saveFile } from "../save-file.ts";
import { useLoad } from "../use-load.ts";
import { useSubmit } from "../use-submit.ts";
import { exportAudit, searchAudit, verifyAudit } from "./audit-api.ts";

const DAY_MS = 86_400_000;

/** The filters of the form; empty for everything. */
interface Draft {
  action: string;
  actor: string;
  target: string;
  /** Days, as inputs write them: `2026-11-29`. */
  since: string;
  until: string;
}

const EMPTY: Draft = { action: "", actor: "", target: "", since: "", until: "" };

/** Midnight in the device's time zone, the given number of days later. */
function midnight(day: string, later = 0): string {
  return new Date(new Date(`${day}T00:00`).getTime() + later * DAY_MS).toISOString();
}

function filterOf({ action, actor, target, since, until }: Draft): AuditFilter {
  return {
    ...(action.trim() && { action: action.trim() }),
    ...(actor.trim() && { actor: actor.trim() }),
    ...(target.trim() && { target: target.trim() }),
    ...(since && { since: midnight(since) }),
    ...(until && { until: midnight(until, 1) }),
  };
}

/** The audit log for admins: searched, exported, and verified. */
export function AuditLog() {
  const [draft, setDraft] = useState(EMPTY);
  const [filter, setFilter] = useState<AuditFilter>({});
  const [cursors, setCursors] = useState<string[]>([]);
  const page = useLoad(
    (signal) => searchAudit(filter, cursors.at(-1), signal),
    [filter, cursors.at(-1)],
  );
  const field = (name: keyof Draft) => ({
    value: draft[name],
    onInput: (value: string) => setDraft({ ...draft, [name]: value }),
  });
  return (
    <section class="admin-section" aria-labelledby="admin-audit" aria-busy={page.loading}>
      <h2 class="section-title" id="admin-audit">
        {t("audit.title")}
      </h2>
      <p class="soft">{t("audit.text")}</p>
      <form
        class="audit-filter"
        role="search"
        aria-label={t("audit.title")}
        onSubmit={(event) => {
          event.preventDefault();
          setCursors([]);
          setFilter(filterOf(draft));
        }}
      >
        <TextField
          label={t("audit.action")}
          placeholder="reports.hide-video"
          {...field("action")}
        />
        <TextField label={t("audit.actor")} {...field("actor")} />
        <TextField label={t("audit.target")} {...field("target")} />
        <TextField type="date" label={t("audit.since")} {...field("since")} />
        <TextField
          type="date"
          label={t("audit.until")}
          min={draft.since || undefined}
          {...field("until")}
        />
        <button type="submit" class="button button-signal">
          {t("audit.search")}
        </button>
      </form>
      <Tools filter={filter} />
      {page.error && <ErrorState heading="h2" error={page.error} onRetry={page.reload} />}
      {!page.data && !page.error && <p role="status">{t("admin.asking")}</p>}
      {page.data?.items.length === 0 && (
        <EmptyState heading="h2" title={t("audit.none")}>
          {t("audit.noneText")}
        </EmptyState>
      )}
      <ul>
        {page.data?.items.map((entry) => (
          <Entry key={entry.seq} entry={entry} />
        ))}
      </ul>
      <Pager cursors={cursors} next={page.data?.nextCursor ?? null} onChange={setCursors} />
    </section>
  );
}

function Tools({ filter }: { filter: AuditFilter }) {
  const exporting = useSubmit(async (format: AuditFormat) =>
    saveFile(`audit.${format}`, await exportAudit(filter, format)),
  );
  const [outcome, setOutcome] = useState("");
  const verifying = useSubmit(async () => {
    const { broken, checked, head } = await verifyAudit();
    setOutcome(
      broken
        ? t(`audit.broken.${broken.reason}`, { seq: String(broken.seq) })
        : t("audit.sound", { count: checked, hash: head?.hash ?? "–" }),
    );
  });
  return (
    <>
      <div class="form-actions">
        {(["csv", "jsonl"] as const).map((format) => (
          <button
            key={format}
            type="button"
            class="button button-small"
            disabled={exporting.busy}
            onClick={() => exporting.run(format)}
          >
            {t(`audit.${format}`)}
          </button>
        ))}
        <button
          type="button"
          class="button button-small"
          disabled={verifying.busy}
          onClick={() => verifying.run()}
        >
          {t("audit.verify")}
        </button>
      </div>
      <FormError error={exporting.error ?? verifying.error} />
      <p class="audit-outcome" role="status">
        {outcome}
      </p>
    </>
  );
}

function nameOf({ id, name, role }: AuditEntry["actor"]): string {
  if (id !== null) return shownText(name ?? "", id);
  return t(role === "command" ? "audit.command" : "audit.nobody");
}

function Entry({ entry }: { entry: AuditEntry }) {
  const { seq, at, action, actor, target, before, after, address, requestId, hash } = entry;
  return (
    <li class="admin-item" data-audit={action}>
      <p class="admin-item-head">
        <code dir="ltr">{action}</code>
        <span dir="auto">{nameOf(actor)}</span>
        {actor.id !== null && <span class="badge">{actor.role}</span>}
      </p>
      <p class="admin-facts">
        <span>{momentOf(at)}</span>
        {address !== "" && <span dir="ltr">{t("audit.from", { address })}</span>}
        {target && (
          <code dir="ltr">
            {target.kind} {target.id}
          </code>
        )}
      </p>
      <details>
        <summary aria-label={t("audit.detailsName", { seq: String(seq) })}>
          {t("audit.details")}
        </summary>
        {[
          { name: t("audit.before"), value: before },
          { name: t("audit.after"), value: after },
        ].map(
          ({ name, value }) =>
            value !== null && (
              <div key={name}>
                <p class="label soft">{name}</p>
                <pre class="admin-body" dir="ltr">
                  {JSON.stringify(value, null, 2)}
                </pre>
              </div>
            ),
        )}
        <p class="audit-outcome soft" dir="ltr">
          {t("audit.request", { id: requestId })}
          <br />
          {t("audit.hash", { hash })}
        </p>
      </details>
    </li>
  );
}
