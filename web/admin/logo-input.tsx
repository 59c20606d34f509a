import { MAX_LOGO_LENGTH } from "../../workers/contract/setting-names.ts";
import { ApiError } from "../api-error.ts";
import { Field } from "../components/field.tsx";
import { FormError } from "../components/form-error.tsx";
import { t } from "../i18n/translate.ts";
import { useSubmit } from "../use-submit.ts";

/** Twice the size at which the header shows it, and three times as wide as high at most. */
const HEIGHT = 64;
const MAX_WIDTH = 192;

interface Props {
  value: string | null;
  error: string | undefined;
  onChange: (logo: string | null) => void;
}

/** The logo of the site: the chosen image is converted to a small one without scripts and metadata. */
export function LogoInput({ value, error, onChange }: Props) {
  const reading = useSubmit<File>(async (file) => onChange(await smallImage(file)));
  return (
    <div class="admin-logo">
      <Field label={t("setting.logo")} hint={t("setting.logoHint")} error={error}>
        {(ids) => (
          <input
            type="file"
            class="input"
            {...ids}
            accept="image/*"
            onChange={(event) => {
              const [file] = event.currentTarget.files ?? [];
              if (file) reading.run(file);
            }}
          />
        )}
      </Field>
      <FormError error={reading.error} />
      {value !== null && (
        <p class="admin-logo-now">
          <img src={value} alt={t("setting.logoNow")} height="32" />
          <button type="button" class="button button-small" onClick={() => onChange(null)}>
            {t("setting.logoRemove")}
          </button>
        </p>
      )}
    </div>
  );
}

/** @throws ApiError for a file that the browser cannot read or make small enough */
async function smallImage(file: File): Promise<string> {
  const unreadable = new ApiError(0, "unreadable_image", () => t("image.unreadable"));
  const image = new Image();
  const url = URL.createObjectURL(file);
  try {
    image.src = url;
    await image.decode();
    const scale = Math.min(HEIGHT / image.height, MAX_WIDTH / image.width);
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(image.width * scale));
    canvas.height = Math.max(1, Math.round(image.height * scale));
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    // A browser that cannot write WebP writes PNG.
    const logo = canvas.toDataURL("image/webp", 0.9);
    if (logo.length <= MAX_LOGO_LENGTH) return logo;
  } catch {
    throw unreadable;
  } finally {
    URL.revokeObjectURL(url);
  }
  throw new ApiError(0, "too_large", () => t("setting.logoTooLarge"));
}
