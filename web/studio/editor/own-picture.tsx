import { useEffect, useState } from "preact/hooks";
import {
  MAX_POSTER_BYTES,
  POSTER_TYPES,
  UPLOADED_POSTER_SIZE,
} from "../../../workers/contract/poster-limits.ts";
import type { Video } from "../../../workers/contract/videos.ts";
import { SIGNATURE_BYTES } from "../../../workers/domain/file-signatures.ts";
import { posterTypeOf } from "../../../workers/domain/poster-files.ts";
import { putPosterFile } from "../../api.ts";
import { Field } from "../../components/field.tsx";
import { FormError } from "../../components/form-error.tsx";
import { scaledImage } from "../../components/scaled-image.ts";
import { t } from "../../i18n/translate.ts";
import { useSubmit } from "../../use-submit.ts";
import { fileSize } from "../../file-size.ts";

/** Files are cropped to the poster's shape before they are sent, so that a large photo becomes small. */
const MAX_FILE_BYTES = 8 * MAX_POSTER_BYTES;

interface Props {
  video: Video;
  onChosen: (picture: string | null) => void;
}

/** Makes an image from the creator's device the poster: it is cropped here and encoded again by a runner. */
export function OwnPicture({ video, onChosen }: Props) {
  const [file, setFile] = useState<File | null>(null);
  const [refusal, setRefusal] = useState<string | undefined>();
  const [focus, setFocus] = useState(0.5);
  const address = useAddressOf(file);
  const { run, busy, done, error, reset } = useSubmit(async () => {
    if (!file) return;
    const picture = await scaledImage(file, UPLOADED_POSTER_SIZE, focus);
    await putPosterFile(video.id, picture);
    onChosen(await dataUrlOf(picture));
    setFile(null);
  });
  const choose = async (chosen: File | undefined) => {
    reset();
    setFocus(0.5);
    const found = chosen && (await refusalOf(chosen));
    setRefusal(found);
    setFile(chosen && found === undefined ? chosen : null);
  };
  if (video.poster === null) return <p class="soft">{t("poster.ownLater")}</p>;
  return (
    <section aria-labelledby="own-picture">
      <h2 class="section-title" id="own-picture">
        {t("poster.own")}
      </h2>
      <Field label={t("poster.file")} hint={t("poster.ownHint")} error={refusal}>
        {(ids) => (
          <input
            {...ids}
            type="file"
            accept={POSTER_TYPES.join()}
            disabled={busy}
            onChange={(event) => {
              void choose(event.currentTarget.files?.[0]);
              event.currentTarget.value = "";
            }}
          />
        )}
      </Field>
      {address !== null && (
        <>
          <img
            class="poster-own"
            src={address}
            alt={t("poster.own")}
            style={{ objectPosition: `${focus * 100}% ${focus * 100}%` }}
          />
          <label class="field">
            <span class="field-label">{t("poster.position")}</span>
            <input
              type="range"
              class="poster-range"
              dir="ltr"
              min={0}
              max={1}
              step={0.01}
              value={focus}
              onInput={(event) => setFocus(event.currentTarget.valueAsNumber)}
            />
          </label>
        </>
      )}
      <FormError error={error} />
      <div class="form-actions">
        {file && (
          <button type="button" class="button" disabled={busy} onClick={() => run()}>
            {t("poster.useOwn")}
          </button>
        )}
        <span role="status">{done ? t("poster.creating") : ""}</span>
      </div>
    </section>
  );
}

/** An address at which the page shows a file, for as long as it does. */
function useAddressOf(file: File | null): string | null {
  const [address, setAddress] = useState<string | null>(null);
  useEffect(() => {
    if (!file) return undefined;
    const made = URL.createObjectURL(file);
    setAddress(made);
    return () => {
      setAddress(null);
      URL.revokeObjectURL(made);
    };
  }, [file]);
  return address;
}

/** A sentence that explains why a file cannot be used. */
async function refusalOf(file: File): Promise<string | undefined> {
  if (file.size > MAX_FILE_BYTES)
    return t("poster.tooLarge", { size: fileSize(file.size), limit: fileSize(MAX_FILE_BYTES) });
  const head = await file.slice(0, SIGNATURE_BYTES).arrayBuffer();
  return posterTypeOf(new Uint8Array(head)) === null ? t("poster.wrongType") : undefined;
}

/** An image as a data URL, which need not be revoked. */
function dataUrlOf(picture: Blob): Promise<string> {
  return new Promise((done, fail) => {
    const reader = new FileReader();
    reader.addEventListener("load", () =>
      done(typeof reader.result === "string" ? reader.result : ""),
    );
    reader.addEventListener("error", () => fail(reader.error ?? new Error("unreadable")));
    reader.readAsDataURL(picture);
  });
}
