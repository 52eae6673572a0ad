import type { Addresses } from './console/state.ts';

export type Terminal = {
  /** One quiet line about something that changed. */
  line(mark: Mark, text: string): void;
  ready(addresses: Addresses, seconds: number): void;
};
export type Mark = 'good' | 'bad' | 'mail' | 'note';

const marks: Readonly<Record<Mark, { sign: string; color: number }>> = {
  good: { sign: '✓', color: 32 },
  bad: { sign: '✗', color: 31 },
  mail: { sign: '✉', color: 36 },
  note: { sign: '·', color: 90 },
};

/** What a person sees. Colours only where they are wanted; control characters of others never get through. */
export function createTerminal(write: (text: string) => void, hasColors: boolean, now: () => number): Terminal {
  const paint = (text: string, color: number) => (hasColors ? `\u001b[${color}m${text}\u001b[0m` : text);
  return {
    line: (mark, text) => {
      const { sign, color } = marks[mark];
      const clean = text.replace(/\p{Cc}+/gu, ' ').slice(0, 300);
      write(`${paint(clockTime(now()), 90)} ${paint(sign, color)} ${clean}\n`);
    },
    ready: (addresses, seconds) => {
      const rows = [
        ['Console', addresses.console],
        ['Shortener', addresses.shortener],
        ['AWS endpoint', `${addresses.aws}  (CloudWatch, SNS, DynamoDB, SSM, Lambda; any keys)`],
        ['Data', addresses.data],
      ];
      const table = rows.map(([name = '', value = '']) => `  ${name.padEnd(14)}${paint(value, 36)}\n`).join('');
      const hint = `  Break it in the console, or: curl -X PUT ${addresses.shortener}/faults -H 'content-type: application/json' -d '{"errorRatio":1,"for":"5m"}'\n`;
      write(`\n${table}\n${hint}  Ctrl-C ends it. For development, demonstration and tests: loopback only.\n\n`);
      write(`${paint(`Started in ${seconds.toFixed(1)} s.`, 90)}\n${paint('Burnwatch is ready', 32)}\n`);
    },
  };
}

/** The wall clock's time of day, where the person is. */
function clockTime(at: number): string {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}
