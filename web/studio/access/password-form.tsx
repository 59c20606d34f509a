import { useState } from "preact/hooks";
import { MIN_VIDEO_PASSWORD_LENGTH } from "../../../workers/contract/access-limits.ts";
import { TextField } from "../../components/field.tsx";
import { FormError, SavedStatus } from "../../components/form-error.tsx";
import { dayOf } from "../../format.ts";
import { t } from "../../i18n/translate.ts";
import { useSubmit } from "../../use-submit.ts";
import { setVideoPassword } from "./access-api.ts";

interface Props {
  id: string;
  /** Null without a password. */
  setAt: string | null;
  onChanged: () => void;
}

/** Sets, changes or removes the password of a private video. It is not shown again: only its hash is stored. */
export function PasswordForm({ id, setAt, onChanged }: Props) {
  const [password, setPassword] = useState("");
  const saving = useSubmit(async (next: string | null) => {
    await setVideoPassword(id, next);
    setPassword("");
    onChanged();
  });
  return (
    <form
      class="form"
      aria-labelledby="way-password"
      onSubmit={(event) => {
        event.preventDefault();
        saving.run(password);
      }}
    >
      <h3 id="way-password">{t("ways.password")}</h3>
      <p class="soft">
        {setAt === null ? t("ways.noPassword") : t("ways.passwordSet", { day: dayOf(setAt) })}
      </p>
      <TextField
        label={t("ways.newPassword")}
        hint={t("ways.passwordHint", { count: MIN_VIDEO_PASSWORD_LENGTH })}
        type="text"
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        required
        minLength={MIN_VIDEO_PASSWORD_LENGTH}
        maxLength={100}
        value={password}
        error={saving.fieldErrors["password"]}
        onInput={(text) => {
          setPassword(text);
          saving.reset();
        }}
      />
      <FormError error={saving.error} />
      <div class="form-actions">
        <button type="submit" class="button" disabled={saving.busy}>
          {t(setAt === null ? "ways.setPassword" : "ways.changePassword")}
        </button>
        {setAt !== null && (
          <button
            type="button"
            class="button button-danger"
            disabled={saving.busy}
            onClick={() => saving.run(null)}
          >
            {t("ways.removePassword")}
          </button>
        )}
        <SavedStatus saved={saving.done} />
      </div>
    </form>
  );
}
