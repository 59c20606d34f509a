import { useState } from "preact/hooks";
import type { Scope } from "../../workers/contract/accounts.ts";
import { isOneOf, SCOPES, STAFF } from "../../workers/contract/scopes.ts";
import { createToken, listTokens, revokeToken } from "../api.ts";
import type { SessionAccount } from "../auth-api.ts";
import { CopyField } from "../components/copy-field.tsx";
import { Field, TextField } from "../components/field.tsx";
import { FormError } from "../components/form-error.tsx";
import { dateOf, dayOf, listOf } from "../format.ts";
import { useSubmit } from "../use-submit.ts";
import { useLoad } from "../use-load.ts";
import { RevocableList } from "./revocable-list.tsx";
import { ScopeChecks } from "./scope-checks.tsx";
import { rich, t } from "../i18n/translate.ts";

const LIFETIMES_DAYS = [7, 30, 90, 365];
const DEFAULT_LIFETIME_DAYS = 90;

/** Personal access tokens: created, shown once, and revoked here. */
export function TokensSection({ account }: { account: SessionAccount }) {
  const list = useLoad(listTokens, []);
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<Scope[]>(["videos:read"]);
  const [days, setDays] = useState(DEFAULT_LIFETIME_DAYS);
  const [secret, setSecret] = useState<string | null>(null);
  const creating = useSubmit(async () => {
    setSecret((await createToken({ name: name.trim(), scopes, expiresInDays: days })).token);
    setName("");
    list.reload();
  });
  const offered = SCOPES.filter((scope) => scope !== "admin" || isOneOf(STAFF, account.role));
  return (
    <>
      <section class="settings-group">
        <h2>{t("account.tokens")}</h2>
        <p>
          {rich("tokens.text", {
            code: (chunks) => <code>{chunks}</code>,
            link: (chunks) => (
              <a href="/docs" target="_top">
                {chunks}
              </a>
            ),
          })}
        </p>
        <RevocableList
          list={list}
          emptyText={t("tokens.none")}
          revoke={revokeToken}
          describe={({ id, name, hint, scopes: granted, lastUsedAt, expiresAt }) => ({
            id,
            name,
            suffix: <code class="soft">kin_…{hint}</code>,
            details: lastUsedAt
              ? t("tokens.lastUsed", {
                  scopes: listOf(granted),
                  day: dayOf(lastUsedAt),
                  date: dateOf(expiresAt),
                })
              : t("tokens.neverUsed", { scopes: listOf(granted), date: dateOf(expiresAt) }),
            isRevoked: false,
          })}
        />
      </section>
      <section class="settings-group">
        <h2>{t("tokens.new")}</h2>
        {secret && (
          <div class="notice notice-good" role="status">
            <p>{t("tokens.copyNow")}</p>
            <CopyField label={t("tokens.token")} value={secret} />
          </div>
        )}
        <form class="form" onSubmit={creating.submit}>
          <TextField
            label={t("auth.name")}
            placeholder={t("tokens.example")}
            required
            maxLength={80}
            value={name}
            error={creating.fieldErrors["name"]}
            onInput={setName}
          />
          <ScopeChecks
            legend={t("tokens.permissions")}
            scopes={offered}
            chosen={scopes}
            onChange={setScopes}
          />
          <Field label={t("tokens.expires")}>
            {(ids) => (
              <select
                class="input"
                {...ids}
                value={days}
                onChange={(event) => setDays(Number(event.currentTarget.value))}
              >
                {LIFETIMES_DAYS.map((count) => (
                  <option key={count} value={count}>
                    {t("tokens.days", { count })}
                  </option>
                ))}
              </select>
            )}
          </Field>
          <FormError error={creating.error} />
          <div>
            <button
              type="submit"
              class="button button-signal"
              disabled={creating.busy || scopes.length === 0}
            >
              {t("tokens.create")}
            </button>
          </div>
        </form>
      </section>
    </>
  );
}
