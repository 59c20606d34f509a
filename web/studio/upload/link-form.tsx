import { useState } from "preact/hooks";
import { Field } from "../../components/field.tsx";
import { t } from "../../i18n/translate.ts";
import { linksIn } from "./link-upload.ts";
import { addLinks } from "./open-queue.ts";

interface Props {
  text: string;
  onText: (text: string) => void;
  onDone: () => void;
}

/** Takes links to files that the server reads. */
export function LinkForm({ text, onText, onDone }: Props) {
  const [error, setError] = useState<string>();
  const submit = (event: Event) => {
    event.preventDefault();
    const { links, others } = linksIn(text);
    const [link = text.trim()] = others;
    if (others.length > 0 || links.length === 0) return setError(t("upload.linkInvalid", { link }));
    addLinks(links);
    onDone();
  };
  return (
    <form class="form upload-links" noValidate onSubmit={submit}>
      <Field label={t("upload.links")} hint={t("upload.linksHint")} error={error}>
        {(ids) => (
          <textarea
            {...ids}
            class="input"
            dir="ltr"
            inputMode="url"
            spellcheck={false}
            value={text}
            onInput={(event) => {
              onText(event.currentTarget.value);
              setError(undefined);
            }}
          />
        )}
      </Field>
      <div class="form-actions">
        <button type="submit" class="button button-signal">
          {t("upload.addLinks")}
        </button>
      </div>
    </form>
  );
}
