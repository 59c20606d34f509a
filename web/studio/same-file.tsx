import type { Video } from "../../workers/contract/videos.ts";
import { dateOf } from "../format.ts";
import { useLoad } from "../use-load.ts";
import { listDuplicates } from "./own-videos-api.ts";
import { t } from "../i18n/translate.ts";

/** Shows the creator which other videos were made from the same file, once the server has read it. */
export function SameFile({ video: { id, source } }: { video: Video }) {
  const sha256 = source?.sha256 ?? null;
  const { data } = useLoad(
    async (signal) => (sha256 === null ? [] : listDuplicates(id, signal)),
    [id, sha256],
  );
  if (!data || data.length === 0) return null;
  return (
    <div class="notice" role="status">
      <p>{t("studio.sameFile")}</p>
      <ul>
        {data.map((video) => (
          <li key={video.id}>
            <a href={`/studio/${video.id}`} dir="auto">
              {video.title}
            </a>{" "}
            <span class="soft">{dateOf(video.createdAt)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
