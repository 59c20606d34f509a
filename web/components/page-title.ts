import { useEffect } from "preact/hooks";

/** Sets the document's title while the page is shown. */
export function usePageTitle(title: string | undefined): void {
  useEffect(() => {
    document.title = title ? `${title} · Kinora` : "Kinora";
  }, [title]);
}
