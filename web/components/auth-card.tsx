import "./auth-card.css";
import type { ComponentChildren } from "preact";
import { usePageTitle } from "./page-title.ts";

interface Props {
  title: string;
  children: ComponentChildren;
  /** Alternatives to the form, below it. */
  footer?: ComponentChildren;
}

/** The card that holds each page of signing in and signing up. */
export function AuthCard({ title, children, footer }: Props) {
  usePageTitle(title);
  return (
    <div class="auth-page">
      <div class="auth-card">
        <h1>{title}</h1>
        {children}
        {footer && <div class="auth-card-footer">{footer}</div>}
      </div>
    </div>
  );
}
