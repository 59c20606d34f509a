import "./upload.css";
import { useEffect } from "preact/hooks";
import { usePageTitle } from "../../components/page-title.ts";
import { account } from "../../session.ts";
import { t } from "../../i18n/translate.ts";
import { RequireCreator } from "../require-creator.tsx";
import { DefaultDetails } from "./default-details.tsx";
import { DropZone } from "./drop-zone.tsx";
import { DuplicateFiles } from "./duplicate-files.tsx";
import { openQueue } from "./open-queue.ts";
import { refusals } from "./queue-state.ts";
import { UploadList } from "./upload-list.tsx";

/** Files upload as soon as they are chosen, while the creator fills in the details of each. */
export function Upload() {
  usePageTitle(t("header.upload"));
  return (
    <RequireCreator>
      <div class="page">
        <header class="page-head">
          <h1>{t("upload.title")}</h1>
        </header>
        <UploadPage />
      </div>
    </RequireCreator>
  );
}

function UploadPage() {
  const id = account.value?.id;
  useEffect(() => {
    if (id !== undefined) openQueue(id);
  }, [id]);
  return (
    <div class="upload">
      <DropZone />
      <Refusals />
      <DuplicateFiles />
      <DefaultDetails />
      <UploadList />
    </div>
  );
}

/** Lists the files that were not accepted, with reasons. */
function Refusals() {
  if (refusals.value.length === 0) return null;
  return (
    <div class="notice notice-bad upload-refusals" role="alert">
      <ul>
        {refusals.value.map((reason, index) => (
          <li key={index}>{reason}</li>
        ))}
      </ul>
      <button type="button" class="link-button" onClick={() => (refusals.value = [])}>
        {t("upload.dismiss")}
      </button>
    </div>
  );
}
