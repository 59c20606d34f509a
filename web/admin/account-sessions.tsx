import { FormError } from "../components/form-error.tsx";
import { dayOf } from "../format.ts";
import { t } from "../i18n/translate.ts";
import { useLoad } from "../use-load.ts";
import { useSubmit } from "../use-submit.ts";
import { endAccountSession, endAccountSessions, listAccountSessions } from "./accounts-api.ts";

/** The account's sessions, with buttons to sign them out. */
export function AccountSessions({ id }: { id: string }) {
  const list = useLoad((signal) => listAccountSessions(id, signal), [id]);
  const ending = useSubmit(async (sessionId: string | null) => {
    await (sessionId === null ? endAccountSessions(id) : endAccountSession(id, sessionId));
    list.reload();
  });
  const { data } = list;
  return (
    <section class="admin-section" aria-labelledby="admin-sessions" aria-busy={list.loading}>
      <h2 class="section-title" id="admin-sessions">
        {t("admin.sessions")}
      </h2>
      <FormError error={list.error ?? ending.error} />
      {data?.length === 0 && <p class="soft">{t("admin.noSessions")}</p>}
      <ul class="lines">
        {data?.map(({ id: sessionId, userAgent, createdAt, lastSeenAt }) => (
          <li class="line" key={sessionId}>
            <span class="admin-session">
              <span dir="auto">{userAgent ?? t("admin.unknownDevice")}</span>
              <br />
              <span class="soft">
                {t("admin.sessionTimes", { started: dayOf(createdAt), seen: dayOf(lastSeenAt) })}
              </span>
            </span>
            <button
              type="button"
              class="button button-small"
              disabled={ending.busy}
              onClick={() => ending.run(sessionId)}
            >
              {t("admin.endSession")}
            </button>
          </li>
        ))}
      </ul>
      {data && data.length > 0 && (
        <div>
          <button
            type="button"
            class="button button-danger"
            disabled={ending.busy}
            onClick={() => ending.run(null)}
          >
            {t("admin.endSessions")}
          </button>
        </div>
      )}
    </section>
  );
}
