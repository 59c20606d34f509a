/// <reference types="chromecast-caf-sender" />

const SDK_URL = "https://www.gstatic.com/cv/js/sender/v1/cast_sender.js?loadCastFramework=1";

/** Whether this deployment allows Google's script (docs/operations.md) and this browser supports it. */
export const hasChromecast = import.meta.env.CHROMECAST === "true" && "chrome" in globalThis;

let context: Promise<cast.framework.CastContext> | null = null;

/** Loads Google's Cast framework, once. @throws Error when it does not load, or finds no support for casting */
export function loadCast(): Promise<cast.framework.CastContext> {
  context ??= new Promise((resolve, reject) => {
    window.__onGCastApiAvailable = (isAvailable, reason) => {
      if (!isAvailable) {
        reject(new Error(reason ?? "cast-unavailable"));
        return;
      }
      const loaded = cast.framework.CastContext.getInstance();
      loaded.setOptions({
        receiverApplicationId: chrome.cast.media.DEFAULT_MEDIA_RECEIVER_APP_ID,
        autoJoinPolicy: chrome.cast.AutoJoinPolicy.ORIGIN_SCOPED,
      });
      resolve(loaded);
    };
    const script = document.createElement("script");
    script.src = SDK_URL;
    script.addEventListener("error", () => reject(new Error("cast-script-not-loaded")));
    document.head.append(script);
  });
  return context;
}

declare global {
  interface ImportMetaEnv {
    /** Set from wrangler.toml when the site was built. */
    readonly CHROMECAST: string;
  }
}
