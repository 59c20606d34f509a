import { useState } from "preact/hooks";
import type { Scope } from "../../workers/contract/accounts.ts";
import { SCOPES } from "../../workers/contract/scopes.ts";
import { createToken, listTokens, revokeToken } from "../api.ts";
import type { SessionAccount } from "../auth-api.ts";
import { CopyField } from "../components/copy-field.tsx";
import { Field, TextField } from "../components/field.tsx";
import { FormError } from "../components/form-error.tsx";
import { dayOf } from "../format.ts";
import { useSubmit } from "../use-submit.ts";
import { useLoad } from "../use-load.ts";
import { RevocableList } from "./revocable-list.tsx";
import { ScopeChecks } from "./scope-checks.tsx";

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
  const offered = SCOPES.filter((scope) => scope !== "admin" || account.role === "admin");
  return (
    <>
      <section class="settings-group">
        <h2>Access tokens</h2>
        <p>
          Access the API from your scripts: send a token as <code>Authorization: Bearer</code>. See
          the{" "}
          <a href="/docs" target="_top">
            API documentation
          </a>
          .
        </p>
        <RevocableList
          list={list}
          emptyText="No tokens yet."
          revoke={revokeToken}
          describe={({ id, name, hint, scopes: granted, lastUsedAt, expiresAt }) => ({
            id,
            name,
            suffix: <code class="soft">kin_…{hint}</code>,
            details: (
              <>
                {granted.join(", ")}. {lastUsedAt ? `Last used ${dayOf(lastUsedAt)}` : "Never used"}
                , expires {new Date(expiresAt).toLocaleDateString("en", { dateStyle: "medium" })}
              </>
            ),
            isRevoked: false,
          })}
        />
      </section>
      <section class="settings-group">
        <h2>New token</h2>
        {secret && (
          <div class="notice notice-good" role="status">
            <p>Copy the token now. You won’t see it again.</p>
            <CopyField label="Token" value={secret} />
          </div>
        )}
        <form class="form" onSubmit={creating.submit}>
          <TextField
            label="Name"
            placeholder="Backup script"
            required
            maxLength={80}
            value={name}
            error={creating.fieldErrors["name"]}
            onInput={setName}
          />
          <ScopeChecks legend="Permissions" scopes={offered} chosen={scopes} onChange={setScopes} />
          <Field label="Expires in">
            {(ids) => (
              <select
                class="input"
                {...ids}
                value={days}
                onChange={(event) => setDays(Number(event.currentTarget.value))}
              >
                {LIFETIMES_DAYS.map((count) => (
                  <option key={count} value={count}>
                    {count} days
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
              Create token
            </button>
          </div>
        </form>
      </section>
    </>
  );
}
