import "./notification-bell.css";
import { useEffect } from "preact/hooks";
import type { Notifications } from "../../workers/contract/follows.ts";
import { MAX_NOTIFICATIONS } from "../../workers/contract/max-notifications.ts";
import { listNotifications, markNotificationsRead } from "../api.ts";
import { dayOf } from "../format.ts";
import { t } from "../i18n/translate.ts";
import { posterSources } from "../poster-sources.ts";
import { useLoad } from "../use-load.ts";
import { creatorNameOf, titleOf } from "./creator-link.tsx";
import { Icon } from "./icon.tsx";
import { useDisclosure } from "./use-disclosure.ts";

/** How old the list may be when the viewer comes back to the tab. */
const MAX_AGE_MS = 5 * 60_000;

/** The new videos of followed creators, behind a bell with their number. */
export function NotificationBell() {
  const { open, setOpen, root, button } = useDisclosure();
  const list = useLoad(listNotifications, []);
  const { reload, data } = list;
  const unread = data?.unread ?? 0;
  /** A closed list loads nothing. */
  const shown = open ? (data?.items ?? []) : [];

  useEffect(() => {
    const since = Date.now();
    function refresh(): void {
      if (!document.hidden && Date.now() - since > MAX_AGE_MS) reload();
    }
    document.addEventListener("visibilitychange", refresh);
    return () => document.removeEventListener("visibilitychange", refresh);
  }, [data]);

  function toggle(): void {
    setOpen(!open);
    if (open && data && unread > 0) list.set(asRead(data));
    const until = data?.items[0]?.video.publishedAt;
    // New items stay marked until the list is closed. After an error, the number is unchanged next time.
    if (!open && unread > 0 && until) void markNotificationsRead(until).catch(() => undefined);
  }

  return (
    <div class="bell" ref={root}>
      <button
        ref={button}
        type="button"
        class="button-plain"
        aria-expanded={open}
        aria-controls="notifications"
        aria-label={unread > 0 ? t("bell.unread", { count: unread }) : t("bell.title")}
        onClick={toggle}
      >
        <Icon name="bell" size={22} />
        {unread > 0 && (
          <span class="bell-count" aria-hidden="true">
            {unread >= MAX_NOTIFICATIONS ? `${MAX_NOTIFICATIONS - 1}+` : unread}
          </span>
        )}
      </button>
      <div class="bell-list" id="notifications" hidden={!open}>
        <p class="bell-title">
          <strong>{t("bell.new")}</strong>
          <a href="/following">{t("row.all")}</a>
        </p>
        {list.error && <p class="bell-empty">{list.error.message}</p>}
        {data?.items.length === 0 && <p class="bell-empty">{t("bell.empty")}</p>}
        <ul>
          {shown.map(({ video, isNew }) => (
            <li key={video.id}>
              <a class="bell-video" href={`/watch/${video.id}`}>
                {video.poster && (
                  <img
                    {...posterSources(video.poster, "6rem")}
                    alt=""
                    width={96}
                    height={54}
                    loading="lazy"
                  />
                )}
                <span class="bell-words">
                  <strong dir="auto">{titleOf(video)}</strong>
                  <span class="soft">
                    <span dir="auto">{creatorNameOf(video)}</span>,{" "}
                    {dayOf(video.publishedAt ?? video.createdAt)}
                    {isNew && <span class="badge badge-signal bell-new">{t("bell.badge")}</span>}
                  </span>
                </span>
              </a>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

const asRead = ({ items }: Notifications): Notifications => ({
  unread: 0,
  items: items.map(({ video }) => ({ video, isNew: false })),
});
