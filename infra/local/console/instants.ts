const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const minuteClock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });

/** An instant in the reader's zone: the clock's time today, with the day on any other. */
export function instantText(at: number, now: number): string {
  return (isSameDay(at, now) ? clock : day).format(at);
}

/** The same to the minute. */
export function minuteText(at: number, now: number): string {
  return (isSameDay(at, now) ? minuteClock : day).format(at);
}

const isSameDay = (at: number, now: number): boolean => new Date(at).toDateString() === new Date(now).toDateString();
