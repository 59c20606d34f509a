import { useState } from "preact/hooks";
import type { ModeratorsRuling, ReviewPage } from "../../workers/contract/moderation.ts";
import { Field } from "../components/field.tsx";
import { FormError } from "../components/form-error.tsx";
import { Pager } from "../components/pager.tsx";
import { ErrorState } from "../components/states.tsx";
import { dayOf, shownText } from "../format.ts";
import { t } from "../i18n/translate.ts";
import { REASON_NAMES } from "../reason-names.ts";
import { RulingText } from "../ruling-text.tsx";
import { type Loaded, useLoad } from "../use-load.ts";
import { useSubmit } from "../use-submit.ts";
import {
  allowSource,
  approveVideo,
  judgeRuling,
  listAppeals,
  listBannedSources,
  listReviews,
} from "./moderation-api.ts";
import { RulingDialog } from "./ruling-dialog.tsx";
import { LookButton } from "./video-look.tsx";

/** Work for moderators besides reports: appeals, first publications, and the banned files. */
export function Moderation() {
  return (
    <>
      <Appeals />
      <Reviews />
      <BannedSources />
    </>
  );
}

interface QueueProps<Item> {
  id: string;
  title: string;
  empty: string;
  loaded: Loaded<{ items: Item[]; nextCursor: string | null }>;
  cursors: string[];
  onPage: (cursors: string[]) => void;
  children: (item: Item) => preact.VNode;
}

/** A list that is read by cursor, with its states. */
function Queue<Item>({ id, title, empty, loaded, cursors, onPage, children }: QueueProps<Item>) {
  const { data, error, reload } = loaded;
  return (
    <section class="admin-section" aria-labelledby={id} aria-busy={loaded.loading && !data}>
      <h2 class="section-title" id={id}>
        {title}
      </h2>
      {error && <ErrorState heading="h2" error={error} onRetry={reload} />}
      {!data && !error && <p role="status">{t("admin.asking")}</p>}
      {data?.items.length === 0 && <p class="soft">{empty}</p>}
      <ul>{data?.items.map((item) => children(item))}</ul>
      <Pager cursors={cursors} next={data?.nextCursor ?? null} onChange={onPage} />
    </section>
  );
}

function Appeals() {
  const [cursors, setCursors] = useState<string[]>([]);
  const loaded = useLoad((signal) => listAppeals(cursors.at(-1), signal), [cursors.at(-1)]);
  return (
    <Queue
      id="admin-appeals"
      title={t("moderation.appeals")}
      empty={t("moderation.noAppeals")}
      loaded={loaded}
      cursors={cursors}
      onPage={setCursors}
    >
      {(ruling) => <Appeal key={ruling.id} ruling={ruling} onDone={loaded.reload} />}
    </Queue>
  );
}

function Appeal({ ruling, onDone }: { ruling: ModeratorsRuling; onDone: () => void }) {
  const { id, video, creator } = ruling;
  const title = shownText(video.title, t("admin.untitled"));
  const [text, setText] = useState("");
  const { run, busy, error, fieldErrors } = useSubmit(async (verdict: "upheld" | "restored") => {
    await judgeRuling(id, verdict, text);
    onDone();
  });
  return (
    <li class="admin-item" data-appeal={id}>
      <p class="admin-item-head">
        <a href={`/watch/${video.id}`} dir="auto">
          {title}
        </a>
        <span class="soft" dir="auto">
          {shownText(creator.name, creator.id)}
        </span>
      </p>
      <RulingText ruling={ruling} />
      <LookButton id={video.id} title={title} />
      <Field label={t("moderation.toCreator")} error={fieldErrors["text"]}>
        {(ids) => (
          <textarea
            {...ids}
            class="input"
            dir="auto"
            maxLength={1000}
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        )}
      </Field>
      <FormError error={error} />
      <div class="form-actions">
        <button
          type="button"
          class="button button-small button-signal"
          aria-label={t("moderation.restoreName", { title })}
          disabled={busy}
          onClick={() => run("restored")}
        >
          {t("moderation.restore")}
        </button>
        <button
          type="button"
          class="button button-small"
          aria-label={t("moderation.upholdName", { title })}
          disabled={busy}
          onClick={() => run("upheld")}
        >
          {t("moderation.uphold")}
        </button>
      </div>
    </li>
  );
}

function Reviews() {
  const [cursors, setCursors] = useState<string[]>([]);
  const loaded = useLoad((signal) => listReviews(cursors.at(-1), signal), [cursors.at(-1)]);
  return (
    <Queue
      id="admin-reviews"
      title={t("moderation.reviews")}
      empty={t("moderation.noReviews")}
      loaded={loaded}
      cursors={cursors}
      onPage={setCursors}
    >
      {(item) => <Review key={item.video.id} item={item} onDone={loaded.reload} />}
    </Queue>
  );
}

function Review({ item, onDone }: { item: ReviewPage["items"][number]; onDone: () => void }) {
  const { video, askedAt } = item;
  const title = shownText(video.title, t("admin.untitled"));
  const [isRejecting, setRejecting] = useState(false);
  const { run, busy, error } = useSubmit(async () => {
    await approveVideo(video.id);
    onDone();
  });
  return (
    <li class="admin-item" data-review={video.id}>
      <p class="admin-item-head">
        <a href={`/watch/${video.id}`} dir="auto">
          {title}
        </a>
        <span class="soft" dir="auto">
          {shownText(video.creator.name, video.creator.id)}
        </span>
      </p>
      <p class="admin-facts">{t("moderation.askedAt", { day: dayOf(askedAt) })}</p>
      <LookButton id={video.id} title={title} />
      <FormError error={error} />
      <div class="form-actions">
        <button
          type="button"
          class="button button-small button-signal"
          aria-label={t("moderation.approveName", { title })}
          disabled={busy}
          onClick={() => run()}
        >
          {t("moderation.approve")}
        </button>
        <button
          type="button"
          class="button button-small button-danger"
          aria-label={t("moderation.rejectTitle", { title })}
          onClick={() => setRejecting(true)}
        >
          {t("moderation.reject")}
        </button>
      </div>
      {isRejecting && (
        <RulingDialog
          videoId={video.id}
          title={title}
          isReview
          onClose={() => setRejecting(false)}
          onDone={onDone}
        />
      )}
    </li>
  );
}

function BannedSources() {
  const [cursors, setCursors] = useState<string[]>([]);
  const loaded = useLoad((signal) => listBannedSources(cursors.at(-1), signal), [cursors.at(-1)]);
  const { run, busy, error } = useSubmit(async (sha256: string) => {
    await allowSource(sha256);
    loaded.reload();
  });
  return (
    <>
      <Queue
        id="admin-banned"
        title={t("moderation.banned")}
        empty={t("moderation.noBanned")}
        loaded={loaded}
        cursors={cursors}
        onPage={setCursors}
      >
        {({ sha256, reason, createdAt }) => (
          <li class="admin-item" key={sha256}>
            <p class="admin-item-head">
              <code dir="ltr">{sha256.slice(0, 16)}…</code>
            </p>
            <p class="admin-facts">
              <span>{t(REASON_NAMES[reason])}</span>
              <span>{dayOf(createdAt)}</span>
            </p>
            <div>
              <button
                type="button"
                class="button button-small"
                aria-label={t("moderation.allowName", { hash: sha256.slice(0, 16) })}
                disabled={busy}
                onClick={() => run(sha256)}
              >
                {t("moderation.allow")}
              </button>
            </div>
          </li>
        )}
      </Queue>
      <FormError error={error} />
    </>
  );
}
