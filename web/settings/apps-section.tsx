import type { z } from "zod";
import { useState } from "preact/hooks";
import type { AppCreated } from "../../workers/contract/accounts.ts";
import { deleteApp, listApps, listGrants, revokeGrant } from "../api.ts";
import { CopyField } from "../components/copy-field.tsx";
import { FormError } from "../components/form-error.tsx";
import { dayOf, listOf } from "../format.ts";
import { useSubmit } from "../use-submit.ts";
import { scopeName } from "../scope-names.ts";
import { canCreate } from "../session.ts";
import { useLoad } from "../use-load.ts";
import { AppForm } from "./app-form.tsx";
import { t } from "../i18n/translate.ts";

/** Apps that have access to the account, and apps that the account has registered. */
export function AppsSection() {
  return (
    <>
      <Grants />
      {canCreate.value && <OwnApps />}
    </>
  );
}

function Grants() {
  const list = useLoad(listGrants, []);
  const { run, busy, error } = useSubmit(async (clientId: string) => {
    await revokeGrant(clientId);
    list.reload();
  });
  return (
    <section class="settings-group">
      <h2>{t("apps.withAccess")}</h2>
      {list.data?.length === 0 && <p class="soft">{t("apps.none")}</p>}
      <ul class="lines">
        {list.data?.map((grant) => (
          <li class="line" key={grant.clientId}>
            <span class="line-main">
              <strong dir="auto">{grant.name}</strong>
              <span class="soft">
                {t("apps.granted", {
                  day: dayOf(grant.grantedAt),
                  scopes: listOf(grant.scopes.map(scopeName)),
                })}
              </span>
            </span>
            <button
              type="button"
              class="button button-small button-danger"
              disabled={busy}
              aria-label={t("apps.removeAccessOf", { name: grant.name })}
              onClick={() => run(grant.clientId)}
            >
              {t("apps.removeAccess")}
            </button>
          </li>
        ))}
      </ul>
      <FormError error={list.error ?? error} />
    </section>
  );
}

function OwnApps() {
  const list = useLoad(listApps, []);
  const [created, setCreated] = useState<z.infer<typeof AppCreated> | null>(null);
  const { run, busy, error } = useSubmit(async (clientId: string) => {
    await deleteApp(clientId);
    list.reload();
  });
  return (
    <section class="settings-group">
      <h2>{t("apps.yours")}</h2>
      <p>{t("apps.text")}</p>
      <ul class="lines">
        {list.data?.map((app) => (
          <li class="line" key={app.clientId}>
            <span class="line-main">
              <strong dir="auto">{app.name}</strong>
              <code class="soft">{app.clientId}</code>
            </span>
            <button
              type="button"
              class="button button-small button-danger"
              disabled={busy}
              aria-label={t("apps.deleteApp", { name: app.name })}
              onClick={() => run(app.clientId)}
            >
              {t("common.delete")}
            </button>
          </li>
        ))}
      </ul>
      <FormError error={list.error ?? error} />
      {created && (
        <div class="notice notice-good" role="status">
          <p>
            {t(created.clientSecret ? "apps.registeredWithSecret" : "apps.registered", {
              name: created.name,
            })}
          </p>
          <CopyField label={t("apps.clientId")} value={created.clientId} />
          {created.clientSecret && (
            <CopyField label={t("apps.clientSecret")} value={created.clientSecret} />
          )}
        </div>
      )}
      <AppForm
        onCreated={(app) => {
          setCreated(app);
          list.reload();
        }}
      />
    </section>
  );
}
