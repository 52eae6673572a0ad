/** What every request says it is, with the version of package.json (a test compares them), unless a monitor sets its own. */
export const userAgent = 'burnwatch/0.1.0';
