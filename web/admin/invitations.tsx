import { useState } from "preact/hooks";
import type { Role } from "../../workers/contract/accounts.ts";
import type { InvitationCreated } from "../../workers/contract/invitations.ts";
import { ROLES } from "../../workers/contract/scopes.ts";
import { CopyField } from "../components/copy-field.tsx";
import { Field, TextField } from "../components/field.tsx";
import { FormError } from "../components/form-error.tsx";
import { dateOf } from "../format.ts";
import { t } from "../i18n/translate.ts";
import { useLoad } from "../use-load.ts";
import { useSubmit } from "../use-submit.ts";
import { invite, listInvitations, revokeInvitation } from "./accounts-api.ts";

/** Invitations of accounts: created with a link to choose a password, and revoked. */
export function Invitations() {
  const list = useLoad(listInvitations, []);
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("creator");
  const [made, setMade] = useState<InvitationCreated | null>(null);
  const inviting = useSubmit(async () => {
    setMade(await invite({ email: email.trim(), role }));
    setEmail("");
    list.reload();
  });
  const revoking = useSubmit(async (id: string) => {
    await revokeInvitation(id);
    setMade(null);
    list.reload();
  });
  return (
    <section class="admin-section" aria-labelledby="admin-invitations">
      <h2 class="section-title" id="admin-invitations">
        {t("admin.invitations")}
      </h2>
      <p class="soft">{t("admin.invitationsText")}</p>
      <FormError error={list.error ?? revoking.error} />
      <ul class={list.data || list.error ? "lines" : "admin-loading"}>
        {list.data?.map((invitation) => (
          <li class="line" key={invitation.id}>
            <span class="admin-session">
              <strong dir="auto">{invitation.email}</strong>
              <br />
              <span class="soft">
                {t("admin.invitedUntil", {
                  role: t(`admin.role.${invitation.role}`),
                  date: dateOf(invitation.expiresAt),
                })}
              </span>
            </span>
            <button
              type="button"
              class="button button-small button-danger"
              aria-label={t("admin.revokeInvitation", { name: invitation.email })}
              disabled={revoking.busy}
              onClick={() => revoking.run(invitation.id)}
            >
              {t("admin.revoke")}
            </button>
          </li>
        ))}
      </ul>
      {made && (
        <div class="notice notice-good" role="status">
          <p>{t(made.isMailed ? "admin.invitationMailed" : "admin.invitationLink")}</p>
          <CopyField label={t("admin.invitationUrl")} value={made.url} />
        </div>
      )}
      <form class="form" onSubmit={inviting.submit}>
        <div class="form-row">
          <TextField
            label={t("admin.invitationEmail")}
            type="email"
            required
            value={email}
            error={inviting.fieldErrors["email"]}
            onInput={setEmail}
          />
          <Field label={t("admin.invitationRole")}>
            {(ids) => (
              <select
                class="input"
                {...ids}
                value={role}
                onInput={(event) => setRole(event.currentTarget.value as Role)}
              >
                {ROLES.map((each) => (
                  <option key={each} value={each}>
                    {t(`admin.role.${each}`)}
                  </option>
                ))}
              </select>
            )}
          </Field>
        </div>
        <FormError error={inviting.error} />
        <div>
          <button type="submit" class="button" disabled={inviting.busy}>
            {t("admin.invite")}
          </button>
        </div>
      </form>
    </section>
  );
}
