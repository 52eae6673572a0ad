/** Probes that are under way at once. */
export const concurrency = 50;

/** What ours asks of the answer; the exporter's module asks the same. */
export const assertions = ['status == 200', 'body contains "ok"'];
export const body = '{"status":"ok"}';

export type Order = { readonly url: string; readonly caFile: string; readonly count: number };
