import type { Runner, RunnerList } from "../../workers/contract/runners.ts";
import { liftQuarantine, listRunners } from "../api.ts";
import { FormError } from "../components/form-error.tsx";
import { ErrorState } from "../components/states.tsx";
import { dayOf, listOf, timeOfDay } from "../format.ts";
import { type PlainKey, t } from "../i18n/translate.ts";
import { useLoad, usePolling } from "../use-load.ts";
import { useSubmit } from "../use-submit.ts";
import { RunnerTokens } from "./runner-tokens.tsx";

const POLL_INTERVAL_MS = 10_000;
/** A runner that is working or waiting for work was seen at most a minute ago. */
const PRESENT_MS = 3 * 60_000;

const KINDS: Record<Runner["kind"], PlainKey> = {
  container: "admin.container",
  local: "admin.local",
  remote: "admin.remote",
};

/** The computers that transcode, and the tokens of remote ones. */
export function Runners() {
  const loaded = useLoad(listRunners, []);
  usePolling(async () => loaded.set(await listRunners()), true, POLL_INTERVAL_MS);
  const { data, error, reload } = loaded;
  if (error && !data) return <ErrorState heading="h2" error={error} onRetry={reload} />;
  return (
    <>
      <section
        class={`admin-section ${data ? "" : "admin-loading"}`}
        aria-labelledby="admin-runners"
        aria-busy={!data}
      >
        <h2 class="section-title" id="admin-runners">
          {t("admin.runners")}
        </h2>
        {data?.items.length === 0 && <p class="soft">{t("admin.noRunners")}</p>}
        <ul>
          {data?.items.map((runner) => (
            <RunnerItem key={runner.id} runner={runner} onChange={reload} />
          ))}
        </ul>
      </section>
      {data && data.heldCreators.length > 0 && <HeldCreators creators={data.heldCreators} />}
      <RunnerTokens />
    </>
  );
}

function presenceOf(
  { lastSeenAt, quarantine }: Runner,
  now = Date.now(),
): { text: PlainKey; tone: string } {
  if (quarantine) return { text: "admin.quarantined", tone: "badge-bad" };
  return now - Date.parse(lastSeenAt) < PRESENT_MS
    ? { text: "admin.present", tone: "badge-good" }
    : { text: "admin.absent", tone: "" };
}

function RunnerItem({ runner, onChange }: { runner: Runner; onChange: () => void }) {
  const { id, kind, slots, tasksDone, capabilities, lastSeenAt, quarantine } = runner;
  const lifting = useSubmit(async () => {
    await liftQuarantine(id);
    onChange();
  });
  const { text, tone } = presenceOf(runner);
  return (
    <li class="admin-item">
      <p class="admin-item-head">
        <span class={`badge ${tone}`}>{t(text)}</span>
        <strong>{id}</strong>
      </p>
      <p class="admin-facts">
        <span>{t(KINDS[kind])}</span>
        <span>{t("admin.slots", { count: slots })}</span>
        <span>{t("admin.tasksDone", { count: tasksDone })}</span>
        <span>{listOf(capabilities.codecs)}</span>
        <span>{t("admin.lastSeen", { day: dayOf(lastSeenAt), time: timeOfDay(lastSeenAt) })}</span>
      </p>
      {quarantine && (
        <>
          <p class="notice notice-bad" dir="auto">
            {t("admin.quarantineText", {
              time: timeOfDay(quarantine.until),
              reason: quarantine.reason,
            })}
          </p>
          <FormError error={lifting.error} />
          <div class="form-actions">
            <button
              type="button"
              class="button button-small"
              disabled={lifting.busy}
              onClick={() => lifting.run()}
            >
              {t("admin.lift")}
            </button>
          </div>
        </>
      )}
    </li>
  );
}

function HeldCreators({ creators }: { creators: RunnerList["heldCreators"] }) {
  return (
    <section class="admin-section" aria-labelledby="admin-held">
      <h2 class="section-title" id="admin-held">
        {t("admin.held")}
      </h2>
      <p class="soft">{t("admin.heldText")}</p>
      <ul class="lines">
        {creators.map(({ id, minutes, until }) => (
          <li class="line" key={id}>
            <a href={`/creator/${id}`}>{id}</a>
            <span class="soft">
              {t("admin.heldUntil", { minutes: Math.round(minutes), time: timeOfDay(until) })}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
