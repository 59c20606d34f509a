import { useLocation } from "preact-iso";
import { useState } from "preact/hooks";
import { exportAccount } from "../api.ts";
import { auth, type SessionAccount } from "../auth-api.ts";
import { ConfirmDialog } from "../components/confirm-dialog.tsx";
import { TextField } from "../components/field.tsx";
import { FormError, SavedStatus } from "../components/form-error.tsx";
import { accessTokens } from "../http.ts";
import { useSubmit } from "../use-submit.ts";
import { refreshSession } from "../session.ts";

/** Name, email, data export and deletion of the account. */
export function AccountSection({ account }: { account: SessionAccount }) {
  const [name, setName] = useState(account.name);
  const { submit, reset, busy, done, error, fieldErrors } = useSubmit(async () => {
    await auth("/update-user", { name: name.trim() });
    await refreshSession();
  });
  return (
    <>
      <section class="settings-group">
        <h2>Profile</h2>
        <form class="form" onSubmit={submit} onInput={reset}>
          <TextField
            label="Name"
            required
            maxLength={80}
            autocomplete="name"
            value={name}
            error={fieldErrors["name"]}
            onInput={setName}
          />
          <div>
            <p class="field-label">Email</p>
            <p>
              {account.email}{" "}
              {account.emailVerified && <span class="badge badge-good">Confirmed</span>}
            </p>
            {!account.emailVerified && <ConfirmEmail email={account.email} />}
          </div>
          <FormError error={error} />
          <div class="form-actions">
            <button type="submit" class="button button-signal" disabled={busy}>
              Save
            </button>
            <SavedStatus saved={done} />
          </div>
        </form>
      </section>
      <ExportData />
      <DeleteAccount />
    </>
  );
}

function ConfirmEmail({ email }: { email: string }) {
  const { run, busy, done, error } = useSubmit(() =>
    auth("/send-verification-email", { email, callbackURL: "/verify-email" }),
  );
  return (
    <>
      {done ? (
        <p role="status">We sent you a link. Open it to confirm your email address.</p>
      ) : (
        <button type="button" class="link-button" disabled={busy} onClick={() => run()}>
          Confirm email address
        </button>
      )}
      <FormError error={error} />
    </>
  );
}

/** Downloads everything that is stored about the account. */
function ExportData() {
  const { run, busy, error } = useSubmit(async () => {
    const data = JSON.stringify(await exportAccount(), null, 2);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([data], { type: "application/json" }));
    link.download = "kinora-account.json";
    link.click();
    URL.revokeObjectURL(link.href);
  });
  return (
    <section class="settings-group">
      <h2>Your data</h2>
      <p>Download everything we store about you and your videos as a JSON file.</p>
      <FormError error={error} />
      <div>
        <button type="button" class="button" disabled={busy} onClick={() => run()}>
          Download my data
        </button>
      </div>
    </section>
  );
}

function DeleteAccount() {
  const { route } = useLocation();
  const [asking, setAsking] = useState(false);
  const [password, setPassword] = useState("");
  return (
    <section class="settings-group">
      <h2>Delete account</h2>
      <p>Permanently delete your account, your videos and all your data.</p>
      <div>
        <button type="button" class="button button-danger" onClick={() => setAsking(true)}>
          Delete account
        </button>
      </div>
      {asking && (
        <ConfirmDialog
          title="Delete your account?"
          action="Delete permanently"
          onCancel={() => setAsking(false)}
          onConfirm={async () => {
            await auth("/delete-user", { password });
            accessTokens.setSignedIn(false);
            await refreshSession();
            route("/");
          }}
        >
          <div class="form">
            <p>This can’t be undone, and nothing goes to the bin.</p>
            <ul class="bullets">
              <li>
                Deleted at once: your videos, those in your bin, your history, devices, passkeys,
                access tokens, apps and signing keys. Links to your videos stop working.
              </li>
              <li>Deleted within an hour: the stored files of your videos.</li>
            </ul>
            <TextField
              label="Password"
              type="password"
              autocomplete="current-password"
              value={password}
              onInput={setPassword}
            />
          </div>
        </ConfirmDialog>
      )}
    </section>
  );
}
