/** The code of an error of Node, such as ENOENT or ABORT_ERR; undefined for anything else that was thrown. */
export function codeOf(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
