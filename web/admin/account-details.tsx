import { useState } from "preact/hooks";
import type { ManagedAccount } from "../../workers/contract/account-admin.ts";
import type { Role } from "../../workers/contract/accounts.ts";
import { ROLES } from "../../workers/contract/scopes.ts";
import { byteSize } from "../../workers/domain/byte-size.ts";
import { Field } from "../components/field.tsx";
import { FormError, SavedStatus } from "../components/form-error.tsx";
import { ErrorState } from "../components/states.tsx";
import { dateOf, shownText } from "../format.ts";
import { t } from "../i18n/translate.ts";
import { account as ownAccount } from "../session.ts";
import { useLoad } from "../use-load.ts";
import { useSubmit } from "../use-submit.ts";
import { AccountClosure } from "./account-closure.tsx";
import { AccountQuotaForm } from "./account-quota-form.tsx";
import { AccountSessions } from "./account-sessions.tsx";
import { changeAccount, getAccount } from "./accounts-api.ts";

/** One account: its role, limits, sessions, and how it is suspended or deleted. */
export function AccountDetails({ id }: { id: string }) {
  const loaded = useLoad((signal) => getAccount(id, signal), [id]);
  const { data, error, reload, set } = loaded;
  if (error) return <ErrorState heading="h2" error={error} onRetry={reload} />;
  if (!data)
    return (
      <p role="status" aria-busy="true">
        {t("admin.asking")}
      </p>
    );
  const isOwn = ownAccount.value?.id === id;
  return (
    <>
      <section class="admin-section" aria-labelledby="admin-account">
        <p>
          <a href="/admin/accounts">{t("admin.allAccounts")}</a>
        </p>
        <h2 class="section-title" id="admin-account" dir="auto">
          {shownText(data.name, data.email)}
        </h2>
        {data.suspension && <Suspended account={data} suspension={data.suspension} />}
        <Facts account={data} />
        {isOwn ? (
          <p class="soft">{t("admin.ownAccount")}</p>
        ) : (
          <RoleForm account={data} onChange={set} />
        )}
      </section>
      <AccountQuotaForm account={data} onChange={set} />
      <AccountSessions key={data.suspension?.since} id={id} />
      {!isOwn && <AccountClosure account={data} onChange={reload} />}
    </>
  );
}

function Suspended({
  account,
  suspension: { since, reason },
}: {
  account: ManagedAccount;
  suspension: NonNullable<ManagedAccount["suspension"]>;
}) {
  return (
    <div class="notice notice-bad">
      <p>{t("admin.suspendedSince", { name: account.email, date: dateOf(since) })}</p>
      {reason !== "" && (
        <blockquote class="admin-quote" dir="auto">
          {reason}
        </blockquote>
      )}
    </div>
  );
}

function Facts({ account }: { account: ManagedAccount }) {
  const { id, email, emailVerified, twoFactorEnabled, createdAt, usage } = account;
  return (
    <p class="admin-facts">
      <span dir="auto">{email}</span>
      <span>{t(emailVerified ? "admin.verified" : "admin.notVerified")}</span>
      <span>{t(twoFactorEnabled ? "admin.twoFactor" : "admin.noTwoFactor")}</span>
      <span>{t("admin.joined", { day: dateOf(createdAt) })}</span>
      <span>{t("admin.accountVideos", { count: usage.videos })}</span>
      <span>{byteSize(usage.bytes)}</span>
      <code>{id}</code>
    </p>
  );
}

interface FormProps {
  account: ManagedAccount;
  onChange: (account: ManagedAccount) => void;
}

function RoleForm({ account, onChange }: FormProps) {
  const [role, setRole] = useState<Role>(account.role);
  const saving = useSubmit(async () => onChange(await changeAccount(account.id, { role })));
  return (
    <form class="form" onSubmit={saving.submit}>
      <Field label={t("admin.role")} hint={t(`admin.roleText.${role}`)}>
        {(ids) => (
          <select
            class="input"
            {...ids}
            value={role}
            onInput={(event) => {
              setRole(event.currentTarget.value as Role);
              saving.reset();
            }}
          >
            {ROLES.map((each) => (
              <option key={each} value={each}>
                {t(`admin.role.${each}`)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <FormError error={saving.error} />
      <div class="form-actions">
        <button type="submit" class="button" disabled={saving.busy || role === account.role}>
          {t("admin.saveRole")}
        </button>
        <SavedStatus saved={saving.done} />
      </div>
    </form>
  );
}
