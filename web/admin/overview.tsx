import { HEALTH_PARTS } from "../../workers/contract/health-parts.ts";
import type { PartHealth, Readiness } from "../../workers/contract/health.ts";
import type { AlertItem } from "../../workers/contract/alerts.ts";
import { getReadiness } from "../api.ts";
import { ErrorState } from "../components/states.tsx";
import { dayOf, timeOfDay } from "../format.ts";
import { type PlainKey, t } from "../i18n/translate.ts";
import { useLoad, usePolling } from "../use-load.ts";
import { listAlerts } from "./metrics-api.ts";

const POLL_INTERVAL_MS = 10_000;

const SENTENCES: Record<Readiness["status"], { text: PlainKey; badge: PlainKey; tone: string }> = {
  ready: { text: "admin.ready", badge: "admin.works", tone: "badge-good" },
  degraded: { text: "admin.degraded", badge: "admin.attention", tone: "badge-signal" },
  unavailable: { text: "admin.unavailable", badge: "admin.fails", tone: "badge-bad" },
};

const PARTS: Record<PartHealth["part"], PlainKey> = {
  catalog: "admin.catalog",
  storage: "admin.storage",
  search: "admin.search",
  objects: "admin.objects",
  queues: "admin.queues",
  runners: "admin.runnersAsk",
};

/** The health of the parts, and the firing alerts: null if they cannot be read, as when METRICS does not respond. */
async function getHealth(): Promise<{ readiness: Readiness; firing: AlertItem[] | null }> {
  const [readiness, alerts] = await Promise.all([getReadiness(), listAlerts().catch(() => null)]);
  return { readiness, firing: alerts?.filter(({ state }) => state === "firing") ?? null };
}

/** Every part responds, and still something is wrong, or nobody knows. */
function alertSentence({ status }: Readiness, firing: AlertItem[] | null): string | null {
  if (status !== "ready") return null;
  if (firing === null) return t("operate.alertsUnread");
  return firing.length > 0 ? t("operate.alertsFire", { count: firing.length }) : null;
}

/** Is the site healthy? One sentence, a light for each part that it depends on, and the alerts that fire. */
export function Overview() {
  const loaded = useLoad(getHealth, []);
  usePolling(async () => loaded.set(await getHealth()), true, POLL_INTERVAL_MS);
  const { error, reload } = loaded;
  if (error && !loaded.data) return <ErrorState heading="h2" error={error} onRetry={reload} />;
  const { readiness: data, firing = null } = loaded.data ?? {};
  const aboutAlerts = data && alertSentence(data, firing);
  const sentence = data && SENTENCES[aboutAlerts ? "degraded" : data.status];
  return (
    <section class="admin-section" aria-labelledby="admin-health" aria-busy={!data}>
      <h2 class="section-title" id="admin-health">
        {t("admin.health")}
      </h2>
      <p class="admin-status" role="status">
        {sentence ? (
          <>
            <span class={`badge ${sentence.tone}`}>{t(sentence.badge)}</span>
            <span>{aboutAlerts ?? t(sentence.text)}</span>
          </>
        ) : (
          t("admin.asking")
        )}
      </p>
      <ul class="admin-parts">
        {HEALTH_PARTS.map((name) => (
          <Part key={name} name={name} health={data?.parts?.find(({ part }) => part === name)} />
        ))}
      </ul>
      {firing !== null && firing.length > 0 && (
        <ul class="admin-parts" aria-label={t("operate.firing")}>
          {firing.map(({ name, severity, cause, action, silencedUntil }) => (
            <li class="admin-part" key={name} data-alert={name}>
              <span class={`badge ${severity === "critical" ? "badge-bad" : "badge-signal"}`}>
                {t("admin.alertFires")}
              </span>
              <span>
                <a href="/admin/metrics">{t(`admin.alert.${name}`)}</a>{" "}
                {silencedUntil && (
                  <span class="badge">
                    {t("admin.silenced", {
                      day: dayOf(silencedUntil),
                      time: timeOfDay(silencedUntil),
                    })}
                  </span>
                )}{" "}
                <span class="soft" dir="auto">
                  {cause} {action}
                </span>
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Part({ name, health }: { name: PartHealth["part"]; health: PartHealth | undefined }) {
  return (
    <li class="admin-part" data-part={name}>
      {health ? (
        <span class={`badge ${health.isReady ? "badge-good" : "badge-bad"}`}>
          {t(health.isReady ? "admin.works" : "admin.fails")}
        </span>
      ) : (
        <span class="badge">…</span>
      )}
      <span>
        {t(PARTS[name])}
        {health?.problem && (
          <span class="field-error" dir="auto">
            {" "}
            {health.problem}
          </span>
        )}
      </span>
      <span class="soft">{health && t("admin.milliseconds", { count: health.milliseconds })}</span>
    </li>
  );
}
