import { HEALTH_PARTS } from "../../workers/contract/health-parts.ts";
import type { PartHealth, Readiness } from "../../workers/contract/health.ts";
import { getReadiness } from "../api.ts";
import { ErrorState } from "../components/states.tsx";
import { type PlainKey, t } from "../i18n/translate.ts";
import { useLoad, usePolling } from "../use-load.ts";

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

/** Is the site healthy? One sentence, and a light for each part that it depends on. */
export function Overview() {
  const loaded = useLoad(getReadiness, []);
  usePolling(async () => loaded.set(await getReadiness()), true, POLL_INTERVAL_MS);
  const { data, error, reload } = loaded;
  if (error && !data) return <ErrorState heading="h2" error={error} onRetry={reload} />;
  const sentence = data && SENTENCES[data.status];
  return (
    <section class="admin-section" aria-labelledby="admin-health" aria-busy={!data}>
      <h2 class="section-title" id="admin-health">
        {t("admin.health")}
      </h2>
      <p class="admin-status" role="status">
        {sentence ? (
          <>
            <span class={`badge ${sentence.tone}`}>{t(sentence.badge)}</span>
            <span>{t(sentence.text)}</span>
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
