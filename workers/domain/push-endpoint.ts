/**
 * The push services of browsers: Google's (Chrome, Edge on Android, Opera, Samsung), Mozilla's, Microsoft's and Apple's. An
 * endpoint is an address that a viewer gives us and that the Worker sends requests to, so it may be no other.
 */
const PUSH_SERVICES = [
  /^fcm\.googleapis\.com$/,
  /^android\.googleapis\.com$/,
  /^updates\.push\.services\.mozilla\.com$/,
  /^[a-z0-9-]+\.notify\.windows\.com$/,
  /^[a-z0-9-]+\.push\.apple\.com$/,
];

/** Whether a URL is an address of a browser's push service: by TLS, at its usual port, without credentials. */
export function isPushEndpoint(endpoint: string): boolean {
  const url = URL.parse(endpoint);
  if (url?.protocol !== "https:" || url.port || url.username || url.password) return false;
  return PUSH_SERVICES.some((host) => host.test(url.hostname));
}
