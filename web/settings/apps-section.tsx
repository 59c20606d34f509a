import type { z } from "zod";
import { useState } from "preact/hooks";
import type { AppCreated } from "../../workers/contract/accounts.ts";
import { deleteApp, listApps, listGrants, revokeGrant } from "../api.ts";
import { CopyField } from "../components/copy-field.tsx";
import { FormError } from "../components/form-error.tsx";
import { dayOf } from "../format.ts";
import { useSubmit } from "../use-submit.ts";
import { scopeName } from "../scope-names.ts";
import { canCreate } from "../session.ts";
import { useLoad } from "../use-load.ts";
import { AppForm } from "./app-form.tsx";

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
      <h2>Apps with access</h2>
      {list.data?.length === 0 && <p class="soft">No apps have access to your account.</p>}
      <ul class="lines">
        {list.data?.map((grant) => (
          <li class="line" key={grant.clientId}>
            <span class="line-main">
              <strong dir="auto">{grant.name}</strong>
              <span class="soft">
                Access granted {dayOf(grant.grantedAt)}: {grant.scopes.map(scopeName).join(", ")}
              </span>
            </span>
            <button
              type="button"
              class="button button-small button-danger"
              disabled={busy}
              aria-label={`Remove access of ${grant.name}`}
              onClick={() => run(grant.clientId)}
            >
              Remove access
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
      <h2>Your apps</h2>
      <p>
        Register an app that lets people sign in with Kinora, or a server that acts on your behalf.
      </p>
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
              aria-label={`Delete ${app.name}`}
              onClick={() => run(app.clientId)}
            >
              Delete
            </button>
          </li>
        ))}
      </ul>
      <FormError error={list.error ?? error} />
      {created && (
        <div class="notice notice-good" role="status">
          <p>
            {created.name} is registered.
            {created.clientSecret && " Copy the secret now. You won’t see it again."}
          </p>
          <CopyField label="Client ID" value={created.clientId} />
          {created.clientSecret && <CopyField label="Client secret" value={created.clientSecret} />}
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
