import { useState } from "preact/hooks";
import type { RunnerTokenCreated } from "../../workers/contract/runners.ts";
import { createRunnerToken, listRunnerTokens, revokeRunnerToken } from "../api.ts";
import { ConfirmDialog } from "../components/confirm-dialog.tsx";
import { CopyField } from "../components/copy-field.tsx";
import { TextField } from "../components/field.tsx";
import { FormError } from "../components/form-error.tsx";
import { dayOf } from "../format.ts";
import { t } from "../i18n/translate.ts";
import { useLoad } from "../use-load.ts";
import { useSubmit } from "../use-submit.ts";

/** The command that makes a computer a runner of this site. */
const commandOf = (token: string): string =>
  `npm run runner -- --url ${location.origin} --token ${token}`;

/** Tokens of remote runners: issued, shown once, revoked. */
export function RunnerTokens() {
  const list = useLoad(listRunnerTokens, []);
  const [name, setName] = useState("");
  const [issued, setIssued] = useState<RunnerTokenCreated | null>(null);
  const [revoking, setRevoking] = useState<{ id: string; name: string } | null>(null);
  const creating = useSubmit(async () => {
    setIssued(await createRunnerToken(name.trim()));
    setName("");
    list.reload();
  });
  return (
    <section class="admin-section" aria-labelledby="admin-tokens">
      <h2 class="section-title" id="admin-tokens">
        {t("admin.tokens")}
      </h2>
      <p class="soft">{t("admin.tokensText")}</p>
      {list.error && <FormError error={list.error} />}
      <ul class={list.data || list.error ? "lines" : "admin-loading"}>
        {list.data?.map((token) => (
          <li class="line" key={token.id}>
            <span>
              <strong dir="auto">{token.name}</strong> <code class="soft">…{token.hint}</code>
              <br />
              <span class="soft">
                {token.runner
                  ? t("admin.tokenUsed", {
                      count: token.runner.tasksDone,
                      day: dayOf(token.runner.lastSeenAt),
                    })
                  : t("admin.tokenUnused", { day: dayOf(token.createdAt) })}
              </span>
            </span>
            <button
              type="button"
              class="button button-small button-danger"
              aria-label={t("admin.revokeName", { name: token.name })}
              onClick={() => setRevoking(token)}
            >
              {t("admin.revoke")}
            </button>
          </li>
        ))}
      </ul>
      {issued && (
        <div class="notice notice-good" role="status">
          <p>{t("admin.copyNow")}</p>
          <CopyField label={t("admin.command")} value={commandOf(issued.token)} />
        </div>
      )}
      <form class="form" onSubmit={creating.submit}>
        <TextField
          label={t("admin.tokenName")}
          placeholder={t("admin.tokenExample")}
          required
          maxLength={80}
          value={name}
          error={creating.fieldErrors["name"]}
          onInput={setName}
        />
        <FormError error={creating.error} />
        <div>
          <button type="submit" class="button button-signal" disabled={creating.busy}>
            {t("admin.createToken")}
          </button>
        </div>
      </form>
      {revoking && (
        <ConfirmDialog
          title={t("admin.revokeName", { name: revoking.name })}
          action={t("admin.revoke")}
          onCancel={() => setRevoking(null)}
          onConfirm={async () => {
            await revokeRunnerToken(revoking.id);
            setRevoking(null);
            list.reload();
          }}
        >
          <p>{t("admin.revokeText")}</p>
        </ConfirmDialog>
      )}
    </section>
  );
}
