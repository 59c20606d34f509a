import type { z } from "zod";
import { useState } from "preact/hooks";
import type { AppCreated, AppScope } from "../../workers/contract/accounts.ts";
import { APP_SCOPES } from "../../workers/contract/scopes.ts";
import { createApp } from "../api.ts";
import { Field, TextField } from "../components/field.tsx";
import { FormError } from "../components/form-error.tsx";
import { useSubmit } from "../use-submit.ts";
import { ScopeChecks } from "./scope-checks.tsx";
import { t } from "../i18n/translate.ts";

/** Apps may never administer the site. */
const OFFERED_SCOPES = APP_SCOPES.filter((scope) => scope !== "admin");

const KINDS = {
  public: "apps.public",
  confidential: "apps.confidential",
  server: "apps.server",
} as const;
type Kind = keyof typeof KINDS;

/** The form that registers an app with the OAuth server. */
export function AppForm({ onCreated }: { onCreated: (app: z.infer<typeof AppCreated>) => void }) {
  const [name, setName] = useState("");
  const [kind, setKind] = useState<Kind>("public");
  const [uris, setUris] = useState("");
  const [scopes, setScopes] = useState<AppScope[]>(["openid", "profile"]);
  const { submit, busy, error, fieldErrors } = useSubmit(async () => {
    const redirectUris = kind === "server" ? [] : uris.split(/\s+/).filter(Boolean);
    onCreated(
      await createApp({
        name: name.trim(),
        redirectUris,
        scopes,
        confidential: kind !== "public",
        actsAsOwner: kind === "server",
      }),
    );
    setName("");
    setUris("");
  });
  return (
    <form class="form" onSubmit={submit} aria-label={t("apps.register")}>
      <TextField
        label={t("apps.name")}
        required
        maxLength={80}
        value={name}
        error={fieldErrors["name"]}
        onInput={setName}
      />
      <Field label={t("apps.type")}>
        {(ids) => (
          <select
            class="input"
            {...ids}
            value={kind}
            onChange={(event) => setKind(event.currentTarget.value as Kind)}
          >
            {Object.entries(KINDS).map(([value, label]) => (
              <option key={value} value={value}>
                {t(label)}
              </option>
            ))}
          </select>
        )}
      </Field>
      {kind !== "server" && (
        <Field label={t("apps.uris")} hint={t("apps.urisHint")} error={fieldErrors["redirectUris"]}>
          {(ids) => (
            <textarea
              class="input"
              {...ids}
              required
              value={uris}
              onInput={(event) => setUris(event.currentTarget.value)}
            />
          )}
        </Field>
      )}
      <ScopeChecks
        legend={t("apps.permissions")}
        scopes={OFFERED_SCOPES}
        chosen={scopes}
        onChange={setScopes}
      />
      <FormError error={error} />
      <div>
        <button type="submit" class="button" disabled={busy || scopes.length === 0}>
          {t("apps.submit")}
        </button>
      </div>
    </form>
  );
}
