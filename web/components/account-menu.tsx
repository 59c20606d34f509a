import { useLocation } from "preact-iso";
import { useEffect, useRef, useState } from "preact/hooks";
import type { SessionAccount } from "../auth-api.ts";
import { shownText } from "../format.ts";
import { canCreate, signOut } from "../session.ts";
import { Icon } from "./icon.tsx";

/** The account's links behind one button. A disclosure rather than an ARIA menu, so every link stays a link. */
export function AccountMenu({ account }: { account: SessionAccount }) {
  const [open, setOpen] = useState(false);
  const { route, url } = useLocation();
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => setOpen(false), [url]);
  useEffect(() => {
    if (!open) return;
    function close(event: Event): void {
      if (event instanceof KeyboardEvent) {
        if (event.key !== "Escape") return;
        button.current?.focus();
      } else if (root.current?.contains(event.target as Node)) return;
      setOpen(false);
    }
    addEventListener("keydown", close);
    addEventListener("pointerdown", close);
    return () => {
      removeEventListener("keydown", close);
      removeEventListener("pointerdown", close);
    };
  }, [open]);

  async function leave(): Promise<void> {
    await signOut();
    route("/");
  }
  return (
    <div class="account-menu" ref={root}>
      <button
        ref={button}
        type="button"
        class="button-plain"
        aria-expanded={open}
        aria-controls="account-menu"
        aria-label={`Account menu of ${shownText(account.name, account.email)}`}
        onClick={() => setOpen(!open)}
      >
        <Icon name="user" size={22} />
      </button>
      <ul class="account-menu-list" id="account-menu" hidden={!open}>
        <li class="account-menu-name">
          <strong dir="auto">{shownText(account.name, "Unnamed account")}</strong>
          <span class="soft">{account.email}</span>
        </li>
        {canCreate.value && (
          <li>
            <a href="/studio">My videos</a>
          </li>
        )}
        <li>
          <a href="/history">History</a>
        </li>
        <li>
          <a href="/settings">Settings</a>
        </li>
        <li>
          <button type="button" onClick={() => void leave()}>
            Sign out
          </button>
        </li>
      </ul>
    </div>
  );
}
