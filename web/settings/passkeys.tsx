import { shownText } from "../format.ts";
import { useState } from "preact/hooks";
import { auth } from "../auth-api.ts";
import { TextField } from "../components/field.tsx";
import { FormError } from "../components/form-error.tsx";
import { dayOf } from "../format.ts";
import { useSubmit } from "../use-submit.ts";
import { addPasskey, passkeysSupported } from "../passkeys.ts";
import { useLoad } from "../use-load.ts";
import { t } from "../i18n/translate.ts";

interface Passkey {
  id: string;
  name?: string | null;
  createdAt?: string | null;
}

/** The account's passkeys, to add and remove. */
export function Passkeys() {
  const list = useLoad(() => auth<Passkey[]>("/passkey/list-user-passkeys"), []);
  const [name, setName] = useState("");
  const adding = useSubmit(async () => {
    await addPasskey(name.trim());
    setName("");
    list.reload();
  });
  const removing = useSubmit(async (id: string) => {
    await auth("/passkey/delete-passkey", { id });
    list.reload();
  });
  return (
    <section class="settings-group">
      <h2>{t("security.passkeys")}</h2>
      <p>{t("security.passkeysText")}</p>
      <ul class="lines">
        {list.data?.map((passkey) => (
          <li class="line" key={passkey.id}>
            <span class="line-main">
              <strong dir="auto">{shownText(passkey.name ?? "", t("security.passkey"))}</strong>
              {passkey.createdAt && (
                <span class="soft">{t("security.added", { day: dayOf(passkey.createdAt) })}</span>
              )}
            </span>
            <button
              type="button"
              class="button button-small button-danger"
              aria-label={t("security.removePasskey", {
                name: passkey.name || t("security.passkey"),
              })}
              disabled={removing.busy}
              onClick={() => removing.run(passkey.id)}
            >
              {t("common.remove")}
            </button>
          </li>
        ))}
      </ul>
      <FormError error={list.error ?? removing.error ?? adding.error} />
      {passkeysSupported ? (
        <form class="form" onSubmit={adding.submit}>
          <TextField
            label={t("security.passkeyName")}
            placeholder={t("security.passkeyExample")}
            required
            maxLength={80}
            value={name}
            onInput={setName}
          />
          <div>
            <button type="submit" class="button" disabled={adding.busy}>
              {t("security.addPasskey")}
            </button>
          </div>
        </form>
      ) : (
        <p class="soft">{t("security.noPasskeys")}</p>
      )}
    </section>
  );
}
