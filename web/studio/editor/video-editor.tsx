import { useLocation } from "preact-iso";
import { useEffect, useState } from "preact/hooks";
import type { TimelineTask, Video } from "../../../workers/contract/videos.ts";
import { chapterFaults } from "../../../workers/domain/chapter-faults.ts";
import { putChapters, updateVideo } from "../../api.ts";
import { Poster } from "../../components/video-card.tsx";
import { t } from "../../i18n/translate.ts";
import type { VideoSection } from "../../site-paths.ts";
import { useSubmit } from "../../use-submit.ts";
import { VideoAnalytics } from "../analytics/video-analytics.tsx";
import { CaptionsTab } from "../captions/captions-tab.tsx";
import { posterFileOf } from "../storyboard.ts";
import { LeaveGuard } from "../../components/leave-guard.tsx";
import { ScheduledBadge, StateBadge } from "../state-badge.tsx";
import { Timeline } from "../timeline.tsx";
import { VideoFields } from "../video-fields.tsx";
import { VideoFiles } from "../video-files.tsx";
import { AccessTab, isUntouched } from "./access-tab.tsx";
import {
  chaptersDraftOf,
  type ChaptersDraft,
  isChaptersChanged,
  ownChaptersOf,
  typedOf,
} from "./chapter-draft.ts";
import { ChaptersTab } from "./chapters-tab.tsx";
import { EditTab } from "./edit-tab.tsx";
import { DangerZone } from "./danger-zone.tsx";
import { keptChanges, useKeptChanges } from "./kept-changes.ts";
import { SaveBar } from "./save-bar.tsx";
import type { TabProps } from "./tab-props.ts";
import {
  changeErrors,
  changesOf,
  patchBetween,
  sectionOf,
  type VideoChanges,
} from "./video-changes.ts";
import { ThumbnailTab } from "./thumbnail-tab.tsx";
import { VideoNotices } from "./video-notices.tsx";
import { sectionPath, VideoTabs } from "./video-tabs.tsx";

interface Props {
  video: Video;
  tasks: TimelineTask[];
  section: "" | VideoSection;
  onSaved: (video: Video) => void;
  /** Loads video and tasks again. */
  refresh: () => Promise<void>;
}

/** All tabs of a video. Their changes are kept here while the creator switches tabs, and saved together. */
export function VideoEditor({ video, tasks, section, onSaved, refresh }: Props) {
  const { route } = useLocation();
  const [saved, setSaved] = useState(() => changesOf(video));
  const [kept] = useState(() => keptChanges(video.id, saved));
  const [draft, setDraft] = useState(kept?.draft ?? saved);
  const [refused, setRefused] = useState<Record<string, string>>({});
  const [chosen, setChosen] = useState<{ picture: string; replaces: string | null } | null>(null);
  const patch = patchBetween(saved, draft);
  const [chapters, setChapters] = useState<ChaptersDraft | null>(kept?.chapters ?? null);
  const hasPatch = Object.keys(patch).length > 0;
  const hasChapters = chapters !== null && isChaptersChanged(chapters);
  const isDirty = hasPatch || hasChapters;
  useKeptChanges(video.id, isDirty ? { saved, draft, chapters } : null);
  const saving = useSubmit(async () => {
    if (hasPatch) {
      const updated = await updateVideo(video.id, patch);
      onSaved(updated);
      setSaved(changesOf(updated));
      // Text that was typed in the meantime is not saved yet.
      setDraft((now) => (now === draft ? changesOf(updated) : now));
    }
    if (hasChapters) {
      const stored = await putChapters(video.id, ownChaptersOf(chapters));
      setChapters((now) => (now === chapters ? chaptersDraftOf(stored) : now));
    } else if (patch.description !== undefined) {
      // They may have changed: the tab loads them.
      setChapters((now) => (now && isChaptersChanged(now) ? now : null));
    }
  });
  const errors = { ...saving.fieldErrors, ...refused };
  useEffect(() => {
    const wrong = Object.keys(errors);
    const tab = sectionOf(wrong);
    if (wrong.length > 0 && tab !== section) route(sectionPath(video.id, tab));
  }, [saving.error, refused]);

  const save = () => {
    const typed = hasChapters ? (chapters.rows ?? []).map(typedOf) : [];
    const isFaulty = chapterFaults(typed, video.duration ?? 0).size > 0;
    const found = {
      ...changeErrors(draft),
      ...(isFaulty && { chapters: t("chapters.faulty") }),
    };
    setRefused(found);
    if (Object.keys(found).length === 0 && isDirty) saving.run();
  };
  const change = (part: Partial<VideoChanges>) => {
    setDraft((before) => ({ ...before, ...part }));
    setRefused({});
    saving.reset();
  };
  const tab: TabProps = {
    video,
    draft,
    errors,
    onChange: change,
    onSubmit: (event) => {
      event.preventDefault();
      save();
    },
  };
  // Until the new poster is made, the chosen frame is shown instead.
  const isReplaced = chosen !== null && posterFileOf(video) === chosen.replaces;
  const shown = isReplaced ? { ...video, poster: chosen.picture } : video;
  return (
    <>
      <LeaveGuard isActive={isDirty} text={t("leave.text")} within={sectionPath(video.id, "")} />
      <header class="page-head">
        <div>
          <p class="label soft">
            <a href="/studio">{t("header.myVideos")}</a>
          </p>
          <h1 dir="auto">{video.title}</h1>
        </div>
        <div class="form-actions">
          <ScheduledBadge video={video} />
          <StateBadge state={video.state} />
        </div>
      </header>
      <VideoNotices video={video} refresh={refresh} />
      <VideoTabs id={video.id} current={section} />
      <div class="studio-video">
        <div class="studio-main">
          {section === "" && <DetailsTab {...tab} />}
          {section === "thumbnail" && (
            <ThumbnailTab
              video={video}
              onChosen={(picture) => {
                setChosen(picture === null ? null : { picture, replaces: posterFileOf(video) });
                void refresh();
              }}
            />
          )}
          {section === "captions" && <CaptionsTab video={video} onChanged={() => void refresh()} />}
          {section === "chapters" && (
            <ChaptersTab
              video={video}
              draft={chapters}
              onSubmit={tab.onSubmit}
              onDraft={(next) => {
                setChapters(next);
                setRefused({});
                saving.reset();
              }}
            />
          )}
          {section === "edit" && <EditTab video={video} refresh={refresh} />}
          {section === "access" && <AccessTab {...tab} />}
          {section === "processing" && <ProcessingTab {...tab} tasks={tasks} />}
          {section === "analytics" && <VideoAnalytics video={video} />}
        </div>
        <aside class="studio-side" aria-label={t("studio.preview")}>
          <Poster video={shown} eager />
          {(video.state === "playable" || video.state === "ready") && (
            <a class="button button-signal" href={`/watch/${video.id}`}>
              {t("video.watch")}
            </a>
          )}
        </aside>
      </div>
      <SaveBar
        isDirty={isDirty}
        refused={refused["chapters"]}
        saving={saving}
        onSave={save}
        onUndo={() => {
          setDraft(saved);
          setChapters((now) => now && chaptersDraftOf(now.saved));
          setRefused({});
          saving.reset();
        }}
      />
    </>
  );
}

function DetailsTab({ video, draft, errors, onChange, onSubmit }: TabProps) {
  return (
    <>
      <form class="form" noValidate aria-label={t("details.title")} onSubmit={onSubmit}>
        <VideoFields
          draft={draft.details}
          errors={errors}
          onChange={(details) => onChange({ details })}
        />
      </form>
      <DangerZone video={video} />
    </>
  );
}

function ProcessingTab(props: TabProps & { tasks: TimelineTask[] }) {
  const { video, draft, onChange, onSubmit, tasks } = props;
  return (
    <>
      <form class="form" aria-label={t("studio.processing")} onSubmit={onSubmit}>
        <label class="check">
          <input
            type="checkbox"
            checked={draft.alwaysEncode}
            disabled={!isUntouched(video)}
            onInput={(event) => onChange({ alwaysEncode: event.currentTarget.checked })}
          />
          {t("details.alwaysEncode")}
        </label>
      </form>
      <VideoFiles video={video} />
      <Timeline tasks={tasks} />
    </>
  );
}
