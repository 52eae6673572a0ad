import type { Second } from '../../../../shared/burst/model.ts';
import { countOf, countText, durationText, rateText, roundSpanText, spanText } from '../../numbers.ts';
import { columns, dot, hit, line, type Point, renderChart, steps } from './chart.ts';
import type { Html } from './html.ts';
import { linearScale, logScale, type Scale, timeScale } from './scale.ts';

/** More points than this are a line without dots. */
const mostDots = 40;

/** How many requests ended in each second, and how many of them failed, beside how many should have started. */
export function renderRates(seconds: readonly Second[], isOpen: boolean): Html {
  const x = timeScale(seconds.length);
  const y = linearScale(Math.max(1, ...seconds.map(({ requests, intended }) => Math.max(requests, intended))));
  const spans = seconds.map(({ requests, failures }, index) => ({
    from: x.at(index),
    to: x.at(index + 1),
    good: y.at(requests - failures),
    all: y.at(requests),
  }));
  const good = spans.map(({ from, to, good: high }) => ({ from, to, low: 0, high }));
  const bad = spans.map(({ from, to, good: low, all: high }) => ({ from, to, low, high }));
  const intended = steps(
    seconds.map((second) => y.at(second.intended)),
    (index) => x.at(index),
    'intended',
  );
  const failures = seconds.reduce((sum, second) => sum + second.failures, 0);
  return renderChart({
    title: 'Rate and failures',
    label: `Requests that ended in each second, ${rateText(Math.max(0, ...seconds.map(({ requests }) => requests)))} at most; ${countOf(failures, 'failure')}.`,
    keys: [
      { name: 'Answered well', kind: 'good' },
      { name: 'Failed', kind: 'bad' },
      ...(isOpen ? [{ name: 'Asked for', kind: 'intended' }] : []),
    ],
    x: { scale: x, text: secondsText, title: 'Requests that ended in each second' },
    y: { scale: y, text: countText },
    shapes: [columns(good, 'good'), columns(bad, 'bad'), ...(isOpen ? [intended] : [])],
    marks: seconds.map((second, index) => hit(x.at(index), x.at(index + 1), rateTitle(second, index, isOpen))),
  });
}

function rateTitle({ requests, failures, intended }: Second, index: number, isOpen: boolean): string {
  const asked = isOpen ? `, ${countText(intended)} asked for` : '';
  return `${secondText(index)}: ${countText(requests - failures)} answered well, ${countText(failures)} failed${asked}`;
}

/** p50, p99 and the longest latency of what ended in each second, on a logarithmic scale. Seconds in which nothing ended are gaps. */
export function renderLatencies(seconds: readonly Second[]): Html {
  const measured = seconds.filter(({ requests }) => requests > 0);
  const lowest = Math.min(...measured.map(({ p50Ms }) => p50Ms));
  const highest = Math.max(...measured.map(({ maxMs }) => maxMs));
  const x = timeScale(seconds.length);
  const y = latencyScale(measured.length === 0 ? 1 : lowest, measured.length === 0 ? 1 : highest);
  const series = [
    { name: 'max', kind: 'max', of: ({ maxMs }: Second) => maxMs },
    { name: 'p99', kind: 'p99', of: ({ p99Ms }: Second) => p99Ms },
    { name: 'p50', kind: 'p50', of: ({ p50Ms }: Second) => p50Ms },
  ].map((each) => ({ ...each, points: seconds.map((second, index) => pointOf(second, index, each.of, x, y)) }));
  const dots = seconds.length > mostDots ? [] : series.flatMap(({ points, kind }) => dotsOf(points, kind));
  return renderChart({
    title: 'Latency over time',
    label: `Latency of what ended in each second: p50, p99 and the longest, ${spanText(Math.max(0, highest))}.`,
    keys: series.map(({ name, kind }) => ({ name, kind })),
    x: { scale: x, text: secondsText },
    y: { scale: y, text: roundSpanText },
    shapes: series.map(({ points, kind }) => line(points, kind)),
    marks: [...dots, ...seconds.map((second, index) => hit(x.at(index), x.at(index + 1), latencyTitle(second, index)))],
  });
}

function pointOf(second: Second, index: number, of: (second: Second) => number, x: Scale, y: Scale): Point | undefined {
  return second.requests === 0 ? undefined : [x.at(index + 0.5), y.at(of(second))];
}

function dotsOf(points: readonly (Point | undefined)[], kind: string): readonly Html[] {
  return points.flatMap((point) => (point ? [dot(point, kind, '')] : []));
}

function latencyTitle({ requests, p50Ms, p99Ms, maxMs }: Second, index: number): string {
  if (requests === 0) return `${secondText(index)}: nothing ended`;
  return `${secondText(index)}: p50 ${spanText(p50Ms)}, p99 ${spanText(p99Ms)}, max ${spanText(maxMs)}`;
}

/** Spans on a logarithmic scale; none is shorter than the µs in which they are measured. */
export function latencyScale(lowestMs: number, highestMs: number): Scale {
  const lowest = Math.max(0.001, lowestMs);
  return logScale(lowest, Math.max(lowest, highestMs));
}

const secondText = (index: number): string => `${index}–${index + 1} s`;
const secondsText = (seconds: number): string => (seconds === 0 ? '0 s' : durationText(seconds * 1_000));
