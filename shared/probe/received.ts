import { redact } from '../assertion/redact.ts';

const longestShown = 60;

/** Quoted, on one line, with an ellipsis where it is too long. */
export function quote(text: string): string {
  return JSON.stringify(text.length > longestShown ? `${text.slice(0, longestShown - 1)}…` : text);
}

/** As much as could matter of it is redacted first: half a secret is not recognised. */
const longestRedacted = 4_096;

/** What came, for people: `"220 ready\r\n"`, or `nothing`. */
export function showReceived(received: Buffer, secrets: readonly string[]): string {
  if (received.length === 0) return 'nothing';
  const text = redact(received.subarray(0, longestRedacted).toString(), secrets);
  return quote(maskBeginning(text, secrets));
}

const shortestBeginning = 3;

/** A secret of which only the beginning has come is a secret all the same. */
function maskBeginning(text: string, secrets: readonly string[]): string {
  const lengths = secrets.map((secret) => {
    for (let length = Math.min(secret.length - 1, text.length); length >= shortestBeginning; length -= 1) {
      if (text.endsWith(secret.slice(0, length))) return length;
    }
    return 0;
  });
  const longest = Math.max(0, ...lengths);
  return longest === 0 ? text : `${text.slice(0, -longest)}***`;
}
