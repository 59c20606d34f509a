import { useState } from "preact/hooks";
import { getPush, setPush } from "../api.ts";
import { ApiError } from "../api-error.ts";
import type { SessionAccount } from "../auth-api.ts";
import { FormError, SavedStatus } from "../components/form-error.tsx";
import { t } from "../i18n/translate.ts";
import {
  currentSubscription,
  type NotificationObstacle,
  notificationObstacle,
  startNotifications,
  stopNotifications,
  subscribe,
} from "../notifications.ts";
import { siteWorker } from "../offline.ts";
import { useLoad } from "../use-load.ts";
import { useSubmit } from "../use-submit.ts";

/** The account's browsers, including whether this is one of them. */
async function readPush(signal?: AbortSignal) {
  const [{ publicKey, endpoints }, subscription] = await Promise.all([
    getPush(signal),
    currentSubscription().catch(() => null),
  ]);
  return {
    publicKey,
    enabled: subscription !== null && endpoints.includes(subscription.endpoint),
  };
}

const OBSTACLES = { unsupported: "push.unsupported", denied: "push.denied" } as const;

/** Notifications of new videos in this browser, which are opt-in. */
export function PushSection({ account }: { account: SessionAccount }) {
  const push = useLoad(readPush, [account.id]);
  const [obstacle, setObstacle] = useState<NotificationObstacle | null>(notificationObstacle);
  const { enabled = false, publicKey = null } = push.data ?? {};

  async function start(key: string): Promise<void> {
    // Browsers without a push service fail only now.
    const subscription = await siteWorker()
      .then((worker) => subscribe(worker, key))
      .catch(() => {
        throw new ApiError(0, "push_refused", () => t("push.refused"));
      });
    setObstacle(notificationObstacle());
    if (subscription) await startNotifications(subscription);
  }
  async function stop(): Promise<void> {
    const subscription = await currentSubscription();
    if (subscription) await setPush({ endpoint: subscription.endpoint, keys: null });
    await stopNotifications();
  }
  const { run, busy, done, error } = useSubmit(async (wanted: boolean) => {
    if (!wanted) await stop();
    else if (publicKey !== null) await start(publicKey);
    push.set(await readPush());
  });
  const isAvailable = publicKey !== null && obstacle === null;
  return (
    <section class="settings-group" aria-busy={push.loading}>
      <h2>{t("push.title")}</h2>
      <p>{t("push.text")}</p>
      <label class="check">
        <input
          type="checkbox"
          checked={enabled}
          disabled={!push.data || busy || (!isAvailable && !enabled)}
          onChange={(event) => run(event.currentTarget.checked)}
        />
        {t("push.switch")}
      </label>
      {push.data && publicKey === null && <p class="soft">{t("push.noKeys")}</p>}
      {publicKey !== null && obstacle && <p class="soft">{t(OBSTACLES[obstacle])}</p>}
      <FormError error={error ?? push.error ?? null} />
      <SavedStatus saved={done && enabled} />
    </section>
  );
}
