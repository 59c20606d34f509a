import { useState } from "preact/hooks";
import type { PublicJwk } from "../../workers/contract/signing-keys.ts";
import { createSigningKey, listSigningKeys, revokeSigningKey } from "../api.ts";
import { ApiError } from "../api-error.ts";
import { Field, TextField } from "../components/field.tsx";
import { FormError } from "../components/form-error.tsx";
import { dayOf } from "../format.ts";
import { useSubmit } from "../use-submit.ts";
import { useLoad } from "../use-load.ts";
import { RevocableList } from "./revocable-list.tsx";
import { t } from "../i18n/translate.ts";

/** Public keys of a creator's own servers, which sign playback tokens themselves. */
export function KeysSection() {
  const list = useLoad(listSigningKeys, []);
  return (
    <>
      <section class="settings-group">
        <h2>{t("account.keys")}</h2>
        <p>{t("signing.text")}</p>
        <RevocableList
          list={list}
          emptyText={t("signing.none")}
          revoke={revokeSigningKey}
          describe={({ kid, name, algorithm, revokedAt, createdAt }) => ({
            id: kid,
            name,
            suffix: <span class="soft">{algorithm}</span>,
            details: (
              <>
                <code>{kid}</code>,{" "}
                {revokedAt
                  ? t("signing.revoked", { day: dayOf(revokedAt) })
                  : t("signing.added", { day: dayOf(createdAt) })}
              </>
            ),
            isRevoked: Boolean(revokedAt),
          })}
        />
      </section>
      <section class="settings-group">
        <h2>{t("signing.add")}</h2>
        <KeyForm onCreated={list.reload} />
      </section>
    </>
  );
}

/** The API validates the key; here it only has to be JSON. */
function parseJwk(text: string): PublicJwk {
  try {
    return JSON.parse(text) as PublicJwk;
  } catch {
    throw new ApiError(0, "not_json", t("signing.notJson"));
  }
}

function KeyForm({ onCreated }: { onCreated: () => void }) {
  const [name, setName] = useState("");
  const [jwk, setJwk] = useState("");
  const { submit, busy, error, fieldErrors } = useSubmit(async () => {
    await createSigningKey({ name: name.trim(), jwk: parseJwk(jwk) });
    setName("");
    setJwk("");
    onCreated();
  });
  return (
    <form class="form" onSubmit={submit}>
      <TextField
        label={t("auth.name")}
        required
        maxLength={100}
        value={name}
        error={fieldErrors["name"]}
        onInput={setName}
      />
      <Field label={t("signing.public")} hint={t("signing.hint")} error={fieldErrors["jwk"]}>
        {(ids) => (
          <textarea
            class="input"
            {...ids}
            required
            spellcheck={false}
            placeholder='{"kty":"OKP","crv":"Ed25519","x":"..."}'
            value={jwk}
            onInput={(event) => setJwk(event.currentTarget.value)}
          />
        )}
      </Field>
      <FormError error={error} />
      <div>
        <button type="submit" class="button button-signal" disabled={busy}>
          {t("signing.submit")}
        </button>
      </div>
    </form>
  );
}
