import type { RefObject } from "preact";
import { useLocation } from "preact-iso";
import { useEffect, useRef, useState } from "preact/hooks";

interface Disclosure {
  open: boolean;
  setOpen: (open: boolean) => void;
  /** For the element around button and content. */
  root: RefObject<HTMLDivElement>;
  button: RefObject<HTMLButtonElement>;
}

/** Something behind a button: closed by Escape, by a click elsewhere, and by going to another page. */
export function useDisclosure(): Disclosure {
  const [open, setOpen] = useState(false);
  const { url } = useLocation();
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
  return { open, setOpen, root, button };
}
