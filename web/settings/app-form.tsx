import type { z } from "zod";
import { useState } from "preact/hooks";
import type { AppCreated, AppScope } from "../../workers/contract/accounts.ts";
import { APP_SCOPES } from "../../workers/contract/scopes.ts";
import { createApp } from "../api.ts";
import { Field, TextField } from "../components/field.tsx";
import { FormError } from "../components/form-error.tsx";
import { useSubmit } from "../use-submit.ts";
import { ScopeChecks } from "./scope-checks.tsx";

/** Apps never administer the site. */
const OFFERED_SCOPES = APP_SCOPES.filter((scope) => scope !== "admin");

const KINDS = {
  public: "Browser or mobile app (no client secret)",
  confidential: "Web app with a server (client secret)",
  server: "Server acting on my behalf",
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
    <form class="form" onSubmit={submit} aria-label="Register an app">
      <TextField
        label="App name"
        required
        maxLength={80}
        value={name}
        error={fieldErrors["name"]}
        onInput={setName}
      />
      <Field label="App type">
        {(ids) => (
          <select
            class="input"
            {...ids}
            value={kind}
            onChange={(event) => setKind(event.currentTarget.value as Kind)}
          >
            {Object.entries(KINDS).map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        )}
      </Field>
      {kind !== "server" && (
        <Field
          label="Redirect URIs"
          hint="One per line, exactly as the app sends them."
          error={fieldErrors["redirectUris"]}
        >
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
        legend="Permissions it can request"
        scopes={OFFERED_SCOPES}
        chosen={scopes}
        onChange={setScopes}
      />
      <FormError error={error} />
      <div>
        <button type="submit" class="button" disabled={busy || scopes.length === 0}>
          Register app
        </button>
      </div>
    </form>
  );
}
