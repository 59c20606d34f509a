import { rich, t } from "../../i18n/translate.ts";
import { uploadAgain } from "./open-queue.ts";
import { dropDuplicate, duplicateFiles } from "./queue-state.ts";

/** Shows which of the chosen files the account already has, and asks whether to upload them again. */
export function DuplicateFiles() {
  const duplicates = duplicateFiles.value;
  return (
    <div role="status">
      {duplicates.length > 0 && (
        <ul class="upload-duplicates">
          {duplicates.map((duplicate) => {
            const { key, file, video } = duplicate;
            const { name } = file;
            return (
              <li class="notice upload-duplicate" key={key}>
                <p>
                  {rich("upload.duplicate", {
                    name,
                    title: video.title,
                    link: (chunks) => (
                      <a href={`/studio/${video.id}`} dir="auto">
                        {chunks}
                      </a>
                    ),
                  })}
                </p>
                <div class="form-actions">
                  <button
                    type="button"
                    class="button button-small"
                    aria-label={t("upload.duplicateAgainOf", { name })}
                    onClick={() => uploadAgain(duplicate)}
                  >
                    {t("upload.duplicateAgain")}
                  </button>
                  <button
                    type="button"
                    class="button button-small"
                    aria-label={t("upload.duplicateSkipOf", { name })}
                    onClick={() => dropDuplicate(key)}
                  >
                    {t("upload.duplicateSkip")}
                  </button>
                </div>
              </li>
            );
          })}
        </ul>
      )}
    </div>
  );
}
