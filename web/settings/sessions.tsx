import { useState } from "preact/hooks";
import { revokeAccess } from "../api.ts";
import { auth } from "../auth-api.ts";
import { FormError } from "../components/form-error.tsx";
import { dayOf } from "../format.ts";
import { useSubmit } from "../use-submit.ts";
import { useLoad } from "../use-load.ts";
import { deviceName } from "./device-name.ts";
import { t } from "../i18n/translate.ts";

interface Session {
  id: string;
  token: string;
  userAgent?: string | null;
  ipAddress?: string | null;
  updatedAt: string;
}

/** The devices that the account is signed in on, and buttons to sign them out. */
export function Sessions() {
  const list = useLoad(async () => {
    const [sessions, current] = await Promise.all([
      auth<Session[]>("/list-sessions"),
      auth<{ session: { id: string } }>("/get-session"),
    ]);
    return sessions.map((session) => ({
      ...session,
      isCurrent: session.id === current.session.id,
    }));
  }, []);
  const end = useSubmit(async (token: string) => {
    await auth("/revoke-session", { token });
    list.reload();
  });
  const [tokens, setTokens] = useState(false);
  const [apps, setApps] = useState(false);
  const endOthers = useSubmit(async () => {
    await auth("/revoke-other-sessions", {});
    if (tokens || apps) await revokeAccess({ tokens, apps });
    list.reload();
  });
  return (
    <section class="settings-group">
      <h2>{t("security.devices")}</h2>
      <FormError error={list.error ?? end.error ?? endOthers.error} />
      <ul class="lines">
        {list.data?.map((session) => (
          <li class="line" key={session.id}>
            <span class="line-main">
              <strong dir="auto">{deviceName(session.userAgent ?? "")}</strong>
              <span class="soft">
                {session.isCurrent
                  ? t("security.thisDevice")
                  : t("security.lastActive", { day: dayOf(session.updatedAt) })}
                {session.ipAddress ? `, ${session.ipAddress}` : ""}
              </span>
            </span>
            {!session.isCurrent && (
              <button
                type="button"
                class="button button-small"
                disabled={end.busy}
                onClick={() => end.run(session.token)}
              >
                {t("header.signOut")}
              </button>
            )}
          </li>
        ))}
      </ul>
      <fieldset class="checks">
        <label class="check">
          <input
            type="checkbox"
            checked={tokens}
            onChange={(event) => setTokens(event.currentTarget.checked)}
          />
          <span>{t("security.alsoTokens")}</span>
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={apps}
            onChange={(event) => setApps(event.currentTarget.checked)}
          />
          <span>{t("security.alsoApps")}</span>
        </label>
      </fieldset>
      <div>
        <button
          type="button"
          class="button button-danger"
          disabled={endOthers.busy}
          onClick={() => endOthers.run()}
        >
          {t("security.signOutOthers")}
        </button>
      </div>
    </section>
  );
}
