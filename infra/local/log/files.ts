import { appendFileSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A log file is moved aside when it gets this large; one old one is kept. */
const mostBytes = 5 * 1024 * 1024;
const flushMs = 100;

export type LogFiles = { write(name: string, text: string): void; close(): void };

/** What the functions write, in `<folder>/<name>.log`: bounded, rotated once, gathered for a moment before it is written. */
export function openLogFiles(folder: string): LogFiles {
  mkdirSync(folder, { recursive: true });
  const waiting = new Map<string, string[]>();
  const flush = () => {
    for (const [name, texts] of waiting) append(join(folder, `${name}.log`), texts.join(''));
    waiting.clear();
  };
  const timer = setInterval(flush, flushMs);
  timer.unref();
  return {
    write: (name, text) => {
      const texts = waiting.get(name);
      if (texts) texts.push(text);
      else waiting.set(name, [text]);
    },
    close: () => {
      clearInterval(timer);
      flush();
    },
  };
}

/** A full disk must not stop the monitoring: what cannot be written is dropped. */
function append(file: string, text: string): void {
  try {
    appendFileSync(file, text, { mode: 0o600 });
    if (statSync(file).size < mostBytes) return;
    rmSync(`${file}.1`, { force: true });
    renameSync(file, `${file}.1`);
  } catch {
    // Nowhere is left to say it.
  }
}
