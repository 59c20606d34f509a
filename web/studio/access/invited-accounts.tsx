import { useState } from "preact/hooks";
import type { InvitedAccount } from "../../../workers/contract/video-access.ts";
import { Field } from "../../components/field.tsx";
import { FormError } from "../../components/form-error.tsx";
import { dayOf } from "../../format.ts";
import { t } from "../../i18n/translate.ts";
import { useSubmit } from "../../use-submit.ts";
import { inviteAccounts, uninviteAccount } from "./access-api.ts";

interface Props {
  id: string;
  accounts: readonly InvitedAccount[];
  onChanged: () => void;
}

/** Typed or pasted addresses: one per line, or separated by commas, semicolons or spaces. */
const addressesIn = (text: string): string[] => text.split(/[\s,;]+/).filter(Boolean);

/** Accounts that may watch a private video, whether or not they exist yet. */
export function InvitedAccounts({ id, accounts, onChanged }: Props) {
  const [emails, setEmails] = useState("");
  const [notify, setNotify] = useState(true);
  const inviting = useSubmit(async () => {
    await inviteAccounts(id, addressesIn(emails), notify);
    setEmails("");
    onChanged();
  });
  const removing = useSubmit(async (invitationId: string) => {
    await uninviteAccount(id, invitationId);
    onChanged();
  });
  return (
    <section class="way" aria-labelledby="way-accounts">
      <h3 id="way-accounts">{t("ways.accounts")}</h3>
      <p class="soft">{t("ways.accountsText")}</p>
      <ul class="lines">
        {accounts.map((account) => (
          <li class="line" key={account.id}>
            <span class="way-main">
              <strong dir="ltr">{account.email}</strong>
              <span class="soft">
                {account.lastUsedAt === null
                  ? t("ways.neverWatched")
                  : t("ways.watched", { day: dayOf(account.lastUsedAt) })}
              </span>
            </span>
            <button
              type="button"
              class="button button-small button-danger"
              aria-label={t("ways.removeAccount", { email: account.email })}
              disabled={removing.busy}
              onClick={() => removing.run(account.id)}
            >
              {t("common.remove")}
            </button>
          </li>
        ))}
      </ul>
      <FormError error={removing.error} />
      <form class="form" aria-label={t("ways.invite")} onSubmit={inviting.submit}>
        <Field
          label={t("ways.emails")}
          hint={t("ways.emailsHint")}
          error={inviting.fieldErrors["emails"]}
        >
          {(field) => (
            <textarea
              class="input"
              {...field}
              required
              rows={3}
              dir="ltr"
              spellcheck={false}
              autocomplete="off"
              value={emails}
              onInput={(event) => setEmails(event.currentTarget.value)}
            />
          )}
        </Field>
        <label class="check">
          <input
            type="checkbox"
            checked={notify}
            onInput={(event) => setNotify(event.currentTarget.checked)}
          />
          {t("ways.notify")}
        </label>
        <FormError error={inviting.error} />
        <div class="form-actions">
          <button type="submit" class="button" disabled={inviting.busy}>
            {t("ways.invite")}
          </button>
        </div>
      </form>
    </section>
  );
}
