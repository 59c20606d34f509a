import { useEffect, useState } from "preact/hooks";
import {
  MIN_WATERMARK_OPACITY,
  WATERMARK_MARGIN,
  WATERMARK_POSITIONS,
  WATERMARK_SIZES,
  type WatermarkPosition,
} from "../../../workers/contract/edit-limits.ts";
import { MAX_POSTER_BYTES, POSTER_TYPES } from "../../../workers/contract/poster-limits.ts";
import type { Watermark } from "../../../workers/contract/versions.ts";
import { byteSize } from "../../../workers/domain/byte-size.ts";
import { Field } from "../../components/field.tsx";
import { FormError } from "../../components/form-error.tsx";
import { type PlainKey, t } from "../../i18n/translate.ts";
import { useSubmit } from "../../use-submit.ts";
import { readWatermark, uploadWatermark } from "../versions-api.ts";

const POSITIONS: Record<WatermarkPosition, PlainKey> = {
  "top-left": "edit.topLeft",
  "top-right": "edit.topRight",
  "bottom-left": "edit.bottomLeft",
  "bottom-right": "edit.bottomRight",
  center: "edit.center",
};
const FIRST = { position: "bottom-right", size: 0.15, opacity: 0.8 } as const;

interface Props {
  id: string;
  watermark: Watermark | null;
  onWatermark: (watermark: Watermark | null) => void;
}

/** An image over the video: position, size and opacity. */
export function WatermarkFields({ id, watermark, onWatermark }: Props) {
  const [refusal, setRefusal] = useState<string | undefined>();
  const upload = useSubmit(async (file: File) => {
    const { picture } = await uploadWatermark(id, file);
    onWatermark({ ...FIRST, ...watermark, picture });
  });
  return (
    <fieldset class="edit-watermark">
      <legend class="field-label">{t("edit.watermark")}</legend>
      <Field label={t("edit.watermarkFile")} hint={t("edit.watermarkHint")} error={refusal}>
        {(ids) => (
          <input
            {...ids}
            type="file"
            accept={POSTER_TYPES.join()}
            disabled={upload.busy}
            onChange={(event) => {
              const file = event.currentTarget.files?.[0];
              event.currentTarget.value = "";
              if (!file) return;
              const [size, limit] = [byteSize(file.size), byteSize(MAX_POSTER_BYTES)];
              const isTooLarge = file.size > MAX_POSTER_BYTES;
              setRefusal(isTooLarge ? t("poster.tooLarge", { size, limit }) : undefined);
              if (!isTooLarge) upload.run(file);
            }}
          />
        )}
      </Field>
      <FormError error={upload.error} />
      {watermark && (
        <>
          <label class="field">
            <span class="field-label">{t("edit.position")}</span>
            <select
              class="input"
              value={watermark.position}
              onInput={(event) => {
                const { value } = event.currentTarget;
                const position = WATERMARK_POSITIONS.find((one) => one === value);
                if (position) onWatermark({ ...watermark, position });
              }}
            >
              {WATERMARK_POSITIONS.map((position) => (
                <option key={position} value={position}>
                  {t(POSITIONS[position])}
                </option>
              ))}
            </select>
          </label>
          <Share
            label={t("edit.size")}
            min={WATERMARK_SIZES.min}
            value={watermark.size}
            onValue={(size) => onWatermark({ ...watermark, size })}
          />
          <Share
            label={t("edit.opacity")}
            min={MIN_WATERMARK_OPACITY}
            value={watermark.opacity}
            onValue={(opacity) => onWatermark({ ...watermark, opacity })}
          />
          <div class="form-actions">
            <button type="button" class="button" onClick={() => onWatermark(null)}>
              {t("edit.noWatermark")}
            </button>
          </div>
        </>
      )}
    </fieldset>
  );
}

interface ShareProps {
  label: string;
  min: number;
  value: number;
  onValue: (value: number) => void;
}

function Share({ label, min, value, onValue }: ShareProps) {
  return (
    <label class="field">
      <span class="field-label">{label}</span>
      <input
        type="range"
        class="poster-range"
        dir="ltr"
        min={min}
        max={1}
        step={0.01}
        value={value}
        aria-valuetext={`${Math.round(value * 100)} %`}
        onInput={(event) => onValue(event.currentTarget.valueAsNumber)}
      />
    </label>
  );
}

interface OverlayProps {
  id: string;
  watermark: Watermark;
  /** Display size of the video. */
  width: number;
  height: number;
}

/** The image as it will appear over the video. */
export function WatermarkOverlay({ id, watermark, width, height }: OverlayProps) {
  const { picture, position, size, opacity } = watermark;
  const [address, setAddress] = useState<string | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    let made: string | null = null;
    readWatermark(id, picture, abort.signal).then(
      (file) => {
        if (abort.signal.aborted) return;
        made = URL.createObjectURL(file);
        setAddress(made);
      },
      () => undefined,
    );
    return () => {
      abort.abort();
      if (made !== null) URL.revokeObjectURL(made);
      setAddress(null);
    };
  }, [id, picture]);
  if (address === null) return null;
  const margin = WATERMARK_MARGIN * Math.min(width, height);
  const [x, y] = [`${(100 * margin) / width}%`, `${(100 * margin) / height}%`];
  const [vertical, horizontal] = position.split("-");
  const place =
    position === "center"
      ? { left: "50%", top: "50%", transform: "translate(-50%, -50%)" }
      : {
          ...(horizontal === "left" ? { left: x } : { right: x }),
          ...(vertical === "top" ? { top: y } : { bottom: y }),
        };
  return (
    <img
      class="edit-overlay"
      src={address}
      alt=""
      style={{ ...place, opacity, width: `${100 * size}%` }}
    />
  );
}
