import { useLocation } from "preact-iso";
import { useState } from "preact/hooks";
import { followCreator, getFollowStatus, unfollowCreator } from "../api.ts";
import { t } from "../i18n/translate.ts";
import { account } from "../session.ts";
import { useLoad } from "../use-load.ts";
import { useSubmit } from "../use-submit.ts";
import { FormError } from "./form-error.tsx";
import { Icon } from "./icon.tsx";

interface Props {
  creatorId: string;
  /** Name of the creator, for screen readers. */
  name: string;
}

/** Follows a creator, or stops following. Visitors are sent to sign in; creators cannot follow themselves. */
export function FollowButton(props: Props) {
  const { url } = useLocation();
  if (account.value === undefined || account.value?.id === props.creatorId) return null;
  // A profile with a limit may only watch.
  if (account.value?.isLimited) return null;
  if (account.value) return <Follow key={props.creatorId} {...props} />;
  return (
    <a class="button" href={`/sign-in?next=${encodeURIComponent(url)}`}>
      <Icon name="bell" size={18} />
      {t("follow.follow")}
    </a>
  );
}

function Follow({ creatorId, name }: Props) {
  const status = useLoad((signal) => getFollowStatus(creatorId, signal), [creatorId]);
  const [chosen, setChosen] = useState<boolean | null>(null);
  const isFollowing = chosen ?? status.data?.following ?? false;
  const { run, busy, error } = useSubmit(async () => {
    await (isFollowing ? unfollowCreator : followCreator)(creatorId);
    setChosen(!isFollowing);
  });
  return (
    <>
      <button
        type="button"
        class="button"
        aria-pressed={isFollowing}
        aria-label={isFollowing ? t("follow.followingName", { name }) : t("follow.name", { name })}
        disabled={busy || status.loading}
        onClick={() => run()}
      >
        <Icon name={isFollowing ? "check" : "bell"} size={18} />
        {isFollowing ? t("header.following") : t("follow.follow")}
      </button>
      <FormError error={error} />
    </>
  );
}
