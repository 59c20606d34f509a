import "./premiere-page.css";
import { useEffect, useState } from "preact/hooks";
import type { Premiere } from "../../../workers/contract/premieres.ts";
import { creatorAddress } from "../../addresses.ts";
import { abortable, body, v1 } from "../../api-call.ts";
import { type ApiError, toApiError } from "../../api-error.ts";
import { FollowButton } from "../../components/follow-button.tsx";
import { usePageTitle } from "../../components/page-title.ts";
import { ErrorState } from "../../components/states.tsx";
import { clock, momentOf, shownText, wholeNumber } from "../../format.ts";
import { rich, t } from "../../i18n/translate.ts";
import { useLoad, usePolling } from "../../use-load.ts";
import type { LockedVideoProps } from "./locked-video.tsx";

const SECOND_MS = 1000;
/** The display is updated when a second changes, not up to one later. */
const TICK_MS = 250;
const HOUR_SECONDS = 3600;
const DAY_SECONDS = 86_400;
const POLL_MS = 2000;
/** Requests are spread out, so that waiting browsers do not all ask at the same moment. */
const MAX_SPREAD_MS = 1500;

const getPremiere = (id: string, signal?: AbortSignal) =>
  body(v1.videos[":id"].premiere.$get({ param: { id } }, abortable(signal)));

/** The page of a video before its premiere: poster, title, and a countdown by the server's clock. */
export function PremierePage({ id, error, onUnlocked }: LockedVideoProps) {
  const loaded = useLoad(
    async (signal) => {
      const premiere = await getPremiere(id, signal);
      return { premiere, clockOffset: Date.parse(premiere.now) - Date.now() };
    },
    [id],
  );
  const premiere = loaded.data?.premiere;
  usePageTitle(premiere ? premiere.title : null);
  const left = useSecondsLeft(premiere?.startsAt ?? null, loaded.data?.clockOffset ?? 0);
  const isDue = premiere !== undefined && left <= 0;
  // The page is loaded again once; if it is still refused (a replica may lag), the error is a different one.
  const [startedAfter, setStartedAfter] = useState<ApiError | null>(null);
  const isWaiting = isDue && startedAfter !== error;
  const check = async () => {
    if (!(await isOpenNow(id))) return;
    setStartedAfter(error);
    onUnlocked();
  };
  const [spread] = useState(() => Math.random() * MAX_SPREAD_MS);
  usePolling(check, isWaiting, POLL_MS + spread);
  // Also applies to a hidden tab, which does not poll.
  useEffect(() => {
    if (!isDue) return;
    const timer = setTimeout(() => void check().catch(() => undefined), spread);
    return () => clearTimeout(timer);
  }, [isDue]);
  if (loaded.error) return <ErrorState error={loaded.error} onRetry={loaded.reload} />;
  if (!premiere)
    return <div role="status" aria-busy="true" aria-label={t("common.loadingVideo")} />;
  return <Announcement premiere={premiere} left={left} />;
}

/** Whether there is nothing to wait for: the video can be watched, or is not announced any more. */
async function isOpenNow(id: string): Promise<boolean> {
  try {
    return (await getPremiere(id)).isStarted;
  } catch (error) {
    if (toApiError(error).status === 404) return true;
    throw error;
  }
}

function Announcement({ premiere, left }: { premiere: Premiere; left: number }) {
  const { title, description, creator, poster, startsAt } = premiere;
  const name = shownText(creator.name, t("locked.someone"));
  return (
    <article class="premiere" aria-labelledby="premiere-title">
      {poster && <img class="premiere-poster" src={poster} alt="" />}
      <div class="premiere-main">
        <p class="label soft">{t("locked.premiere")}</p>
        <h1 id="premiere-title" dir="auto">
          {title}
        </h1>
        <p class="premiere-left" role="timer" aria-label={t("locked.left")}>
          {left > 0 ? timeLeft(left) : t("locked.startsNow")}
        </p>
        {startsAt && <p>{t("locked.startsAt", { time: momentOf(startsAt) })}</p>}
        <p>
          {rich("locked.by", {
            name,
            link: (chunks) => (
              <a href={creatorAddress(creator.id)} dir="auto">
                {chunks}
              </a>
            ),
          })}
        </p>
        <FollowButton creatorId={creator.id} name={name} />
        <p class="soft">{t("locked.notify", { name })}</p>
        {description && (
          <p class="premiere-text" dir="auto">
            {description}
          </p>
        )}
      </div>
    </article>
  );
}

/** `2:03`, `1:02:03`, `3 days, 0:02:03`. */
function timeLeft(seconds: number): string {
  const days = Math.floor(seconds / DAY_SECONDS);
  if (days === 0) return clock(seconds);
  // One hour is added so that the format has hours, and then subtracted again.
  const inDay = seconds % DAY_SECONDS;
  const rest = inDay < HOUR_SECONDS ? clock(inDay + HOUR_SECONDS).replace(/^1/, "0") : clock(inDay);
  return t("locked.daysLeft", { count: days, days: wholeNumber(days), rest });
}

/** Counts down in whole seconds. @param clockOffset milliseconds that the server's clock is ahead of ours */
function useSecondsLeft(startsAt: string | null, clockOffset: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  if (startsAt === null) return 0;
  return Math.max(0, Math.ceil((Date.parse(startsAt) - now - clockOffset) / SECOND_MS));
}
