import type { AlertName } from "../../workers/contract/alert-names.ts";
import type { ChartRange } from "../../workers/contract/chart-names.ts";
import { abortable, body, done, v1 } from "../api-call.ts";

/** Numbers about the running site. */
export const getMetrics = (range: ChartRange, signal?: AbortSignal) =>
  body(v1.admin.metrics.$get({ query: { range } }, abortable(signal)));
export const listAlerts = async (signal?: AbortSignal) =>
  (await body(v1.admin.alerts.$get({}, abortable(signal)))).items;
/** Silences the alert for some minutes; 0 ends the silence. */
export const silenceAlert = (name: AlertName, minutes: number) =>
  done(v1.admin.alerts[":name"].silence.$put({ param: { name }, json: { minutes } }));
export const sendTestAlert = async () => (await body(v1.admin.alerts.test.$post())).receivers;
