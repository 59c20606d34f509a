import type { SessionAccount } from "../auth-api.ts";
import { DigestSection } from "./digest-section.tsx";
import { PushSection } from "./push-section.tsx";

/** How new videos of followed creators reach the account: in this browser, and by mail. */
export function NotificationsSection({ account }: { account: SessionAccount }) {
  return (
    <>
      <PushSection account={account} />
      <DigestSection account={account} />
    </>
  );
}
