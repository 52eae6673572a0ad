import type { HeartbeatMonitor } from '../../../shared/config/model.ts';
import { formatWindow } from '../../../shared/message/format.ts';
import type { Io } from '../command.ts';
import { paint } from '../terminal.ts';

/** Ten seconds an attempt, and five more attempts when the network, or AWS, has a bad moment. */
const curl = 'curl -fsS -m 10 --retry 5 -o /dev/null';

/** The URL on a line of its own, and how a job calls it. */
export function renderHeartbeat({ periodMs, graceMs }: HeartbeatMonitor, url: string, io: Io): string {
  const comment = (text: string) => paint(`# ${text}`, 'dim', io);
  return `${[
    url,
    '',
    comment(
      `Call it every ${formatWindow(periodMs)}: ${formatWindow(graceMs)} after that it is overdue. In a crontab:`,
    ),
    `${cronOf(periodMs)} /path/to/job; ${curl} ${url}/$?`,
    '',
    comment('In a script that also says when it begins:'),
    `${curl} ${url}/start`,
    '/path/to/job',
    `${curl} ${url}/$?`,
  ].join('\n')}\n`;
}

const minuteMs = 60_000;
const [hour, day, week] = [60, 1_440, 10_080];

/** The schedule of a crontab that fits a period; one for each minute where none does. */
function cronOf(periodMs: number): string {
  const minutes = periodMs / minuteMs;
  if (minutes % week === 0) return '0 3 * * 0';
  if (minutes % day === 0) return '0 3 * * *';
  if (minutes % hour === 0 && day % minutes === 0)
    return minutes === hour ? '0 * * * *' : `0 */${minutes / hour} * * *`;
  return hour % minutes === 0 && minutes > 1 ? `*/${minutes} * * * *` : '* * * * *';
}
