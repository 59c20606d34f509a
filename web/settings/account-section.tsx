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
import { saveFile } from "../save-file.ts";
import { t } from "../i18n/translate.ts";

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
        <h2>{t("account.profile")}</h2>
        <form class="form" onSubmit={submit} onInput={reset}>
          <TextField
            label={t("auth.name")}
            required
            maxLength={80}
            autocomplete="name"
            value={name}
            error={fieldErrors["name"]}
            onInput={setName}
          />
          <div>
            <p class="field-label">{t("auth.email")}</p>
            <p>
              {account.email}{" "}
              {account.emailVerified && (
                <span class="badge badge-good">{t("account.confirmed")}</span>
              )}
            </p>
            {!account.emailVerified && <ConfirmEmail email={account.email} />}
          </div>
          <FormError error={error} />
          <div class="form-actions">
            <button type="submit" class="button button-signal" disabled={busy}>
              {t("common.save")}
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
        <p role="status">{t("account.confirmSent")}</p>
      ) : (
        <button type="button" class="link-button" disabled={busy} onClick={() => run()}>
          {t("account.confirm")}
        </button>
      )}
      <FormError error={error} />
    </>
  );
}

/** Downloads all stored data of the account. */
function ExportData() {
  const { run, busy, error } = useSubmit(async () => {
    const data = JSON.stringify(await exportAccount(), null, 2);
    saveFile("kinora-account.json", new Blob([data], { type: "application/json" }));
  });
  return (
    <section class="settings-group">
      <h2>{t("account.data")}</h2>
      <p>{t("account.dataText")}</p>
      <FormError error={error} />
      <div>
        <button type="button" class="button" disabled={busy} onClick={() => run()}>
          {t("account.downloadData")}
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
      <h2>{t("account.delete")}</h2>
      <p>{t("account.deleteText")}</p>
      <div>
        <button type="button" class="button button-danger" onClick={() => setAsking(true)}>
          {t("account.delete")}
        </button>
      </div>
      {asking && (
        <ConfirmDialog
          title={t("account.deleteTitle")}
          action={t("account.deletePermanently")}
          onCancel={() => setAsking(false)}
          onConfirm={async () => {
            await auth("/delete-user", { password });
            accessTokens.setSignedIn(false);
            await refreshSession();
            route("/");
          }}
        >
          <div class="form">
            <p>{t("account.deleteWarning")}</p>
            <ul class="bullets">
              <li>{t("account.deletedAtOnce")}</li>
              <li>{t("account.deletedLater")}</li>
            </ul>
            <TextField
              label={t("auth.password")}
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
