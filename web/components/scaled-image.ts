import { ApiError } from "../api-error.ts";
import { t } from "../i18n/translate.ts";

/** Quality of the JPEG files that the site makes: the loss is hardly visible. */
const JPEG_QUALITY = 0.86;

const unreadable = (): ApiError => new ApiError(0, "unreadable_image", t("image.unreadable"));

/**
 * A local image as a JPEG of at most this size, cropped to its shape.
 * @param focus which part the crop keeps: 0 for the start, 1 for the end
 * @throws ApiError when the browser cannot read it
 */
export async function scaledImage(
  file: Blob,
  target: { width: number; height: number },
  focus = 0.5,
): Promise<Blob> {
  const source = await createImageBitmap(file).catch(() => {
    throw unreadable();
  });
  const shape = target.width / target.height;
  const width = Math.min(source.width, source.height * shape);
  const height = width / shape;
  const scale = Math.min(1, target.width / width);
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext("2d");
  if (!context) throw unreadable();
  // JPEG has no transparency.
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(
    source,
    ...([(source.width - width) * focus, (source.height - height) * focus, width, height] as const),
    ...([0, 0, canvas.width, canvas.height] as const),
  );
  source.close();
  return new Promise((done, fail) =>
    canvas.toBlob((blob) => (blob ? done(blob) : fail(unreadable())), "image/jpeg", JPEG_QUALITY),
  );
}
