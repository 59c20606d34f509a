import "./auth-card.css";
import type { ComponentChildren } from "preact";
import { usePageTitle } from "./page-title.ts";

interface Props {
  title: string;
  children: ComponentChildren;
  /** Other ways on, below the form. */
  after?: ComponentChildren;
}

/** The ticket on which the pages of the account are printed. */
export function AuthCard({ title, children, after }: Props) {
  usePageTitle(title);
  return (
    <div class="ticket-page">
      <div class="ticket">
        <h1>{title}</h1>
        {children}
        {after && <div class="ticket-after">{after}</div>}
      </div>
    </div>
  );
}
