import { useState } from "preact/hooks";
import type { AlertItem, AlertTest } from "../../workers/contract/alerts.ts";
import { timeSpan } from "../charts/chart-values.ts";
import { listAlerts, sendTestAlert, silenceAlert } from "./metrics-api.ts";
import { FormError } from "../components/form-error.tsx";
import { ErrorState } from "../components/states.tsx";
import { dayOf, timeOfDay } from "../format.ts";
import { locale, type PlainKey, t } from "../i18n/translate.ts";
import { useLoad, usePolling } from "../use-load.ts";
import { useSubmit } from "../use-submit.ts";

const POLL_INTERVAL_MS = 30_000;
const MINUTES_PER_DAY = 24 * 60;

const STATES: Record<AlertItem["state"], { text: PlainKey; tone: string } | null> = {
  ok: null,
  pending: { text: "admin.alertPending", tone: "badge-signal" },
  firing: { text: "admin.alertFires", tone: "badge-bad" },
  resolved: { text: "admin.alertResolved", tone: "badge-good" },
};

interface Silence {
  name: AlertItem["name"];
  minutes: number;
}

/** The alerts that need attention, with their probable causes and what to do. */
export function Alerts() {
  const loaded = useLoad(listAlerts, []);
  usePolling(async () => loaded.set(await listAlerts()), true, POLL_INTERVAL_MS);
  const changing = useSubmit(async ({ name, minutes }: Silence) => {
    await silenceAlert(name, minutes);
    loaded.reload();
  });
  const { data, error, reload } = loaded;
  if (error && !data) return <ErrorState heading="h2" error={error} onRetry={reload} />;
  const shown = data?.filter(({ state, silencedUntil }) => state !== "ok" || silencedUntil);
  return (
    <section
      class={`admin-section ${data ? "" : "admin-loading"}`}
      aria-labelledby="admin-alerts"
      aria-busy={!data}
    >
      <h2 class="section-title" id="admin-alerts">
        {t("admin.alerts")}
      </h2>
      <FormError error={changing.error} />
      {!data && <p role="status">{t("admin.asking")}</p>}
      {data && shown?.length === 0 && <p>{t("admin.noAlerts", { count: data.length })}</p>}
      <ul>
        {shown?.map((alert) => (
          <AlertEntry
            key={alert.name}
            alert={alert}
            isBusy={changing.busy}
            onSilence={(minutes) => changing.run({ name: alert.name, minutes })}
          />
        ))}
      </ul>
      <TestAlert />
    </section>
  );
}

/** Sends a message to every receiver, so that an operator knows before the first alert whether they arrive. */
function TestAlert() {
  const [receivers, setReceivers] = useState<AlertTest["receivers"] | null>(null);
  const testing = useSubmit(async () => setReceivers(await sendTestAlert()));
  return (
    <div class="admin-alert-test">
      <button
        type="button"
        class="button button-small"
        disabled={testing.busy}
        onClick={() => testing.run()}
      >
        {t("operate.testAlerts")}
      </button>
      <FormError error={testing.error} />
      <div role="status">
        {receivers?.length === 0 && <p>{t("operate.noReceivers")}</p>}
        {receivers?.map(({ name, problem }) => (
          <p class="admin-item-head" key={name} data-receiver={name}>
            <span class={`badge ${problem ? "badge-bad" : "badge-good"}`}>
              {t(problem ? "operate.testRefused" : "operate.testSent")}
            </span>
            <code dir="ltr">{name}</code>
            {problem && <span dir="auto">{problem}</span>}
          </p>
        ))}
      </div>
    </div>
  );
}

interface EntryProps {
  alert: AlertItem;
  isBusy: boolean;
  onSilence: (minutes: number) => void;
}

function AlertEntry({ alert, isBusy, onSilence }: EntryProps) {
  const { name, state, since, value, above, unit, cause, action, runbook, silencedUntil } = alert;
  const title = t(`admin.alert.${name}`);
  const badge = STATES[state];
  const amount = (number: number) =>
    unit === "s"
      ? timeSpan(number)
      : `${new Intl.NumberFormat(locale(), { maximumSignificantDigits: 3 }).format(number)} ${unit}`;
  return (
    <li class="admin-item" data-alert={name}>
      <p class="admin-item-head">
        {badge && <span class={`badge ${badge.tone}`}>{t(badge.text)}</span>}
        <strong>{title}</strong>
      </p>
      <p class="admin-facts">
        {since && (
          <span>{t("admin.alertSince", { day: dayOf(since), time: timeOfDay(since) })}</span>
        )}
        {value !== null && above !== null && (
          <span>{t("admin.alertValue", { value: amount(value), above: amount(above) })}</span>
        )}
        {silencedUntil && (
          <span>
            {t("admin.silenced", { day: dayOf(silencedUntil), time: timeOfDay(silencedUntil) })}
          </span>
        )}
      </p>
      {state !== "resolved" && state !== "ok" && (
        <>
          <p dir="auto">
            {cause} {action}
          </p>
          <p class="soft">{t("operate.runbook", { runbook })}</p>
        </>
      )}
      <div class="form-actions">
        <button
          type="button"
          class="button button-small"
          aria-label={t(silencedUntil ? "admin.unsilenceName" : "admin.silenceName", {
            name: title,
          })}
          disabled={isBusy}
          onClick={() => onSilence(silencedUntil ? 0 : MINUTES_PER_DAY)}
        >
          {t(silencedUntil ? "admin.unsilence" : "admin.silence")}
        </button>
      </div>
    </li>
  );
}
