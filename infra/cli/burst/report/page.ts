import { createHash } from 'node:crypto';
import type { BurstSummary } from '../../../../shared/burst/model.ts';
import type { Burst } from '../../../../shared/config/model.ts';
import { countOf, countText, durationText, percentText, rateText, spanText } from '../../numbers.ts';
import { askedText, describeSent, isNamed, loadText, modelText, type SentUnit, sentText } from '../subject.ts';
import { judge, saturationText } from '../verdict.ts';
import { renderBreakingPoint } from './breaking-chart.ts';
import { type Html, html, raw } from './html.ts';
import type { Report } from './model.ts';
import { renderQuantileCurve, renderSpread } from './spread-charts.ts';
import { renderAnswers, renderComparison, renderCurve, renderQuantiles, renderThresholds } from './tables.ts';
import { renderLatencies, renderRates } from './time-charts.ts';

/**
 * A run as one HTML file that needs nothing else: no network, no script. `style` is the whole of its style sheet, which the
 * page allows by its hash and nothing beside it. What comes from outside is escaped, and no query, user, header's value or
 * body is in it.
 */
export function renderReport(report: Report, style: string): string {
  const { burst, summary } = report;
  const { outcome } = judge(summary);
  const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; img-src data:; base-uri 'none'; form-action 'none'`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${raw(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>${outcome}: ${sentText(describeSent(burst))} – Burnwatch</title>
<link rel="icon" href="data:,">
<style>${raw(style)}</style>
</head>
<body>
${renderHead(report)}
<main>
${renderFigures(burst, summary)}
${renderCharts(report)}
${renderTables(report)}
</main>
${renderFoot(report)}
</body>
</html>
`.text;
}

function renderHead({ burst, summary }: Report): Html {
  const { outcome, reasons } = judge(summary);
  const units = describeSent(burst);
  const saturation = saturationText(summary);
  return html`<header>
<p class="brand">Burnwatch · burst${isNamed(burst) ? ` ${burst.id}` : ''}</p>
<h1><span class="verdict ${outcome}">${outcome}</span> ${units.length === 1 ? sentText(units) : countOf(units.length, 'kind').concat(' of requests')}</h1>
<p class="lead">${reasons.join('; ')}.</p>
<p class="sub">${modelText(burst.load)}: ${loadText(burst.load)}</p>
${saturation === undefined ? '' : html`<p class="banner" role="note"><strong>Generator saturated:</strong> ${saturation}</p>`}
</header>`;
}

type Figure = { readonly value: string; readonly label: string; readonly tone?: 'bad' };

function renderFigures(burst: Burst, summary: BurstSummary): Html {
  const figures = figuresOf(burst, summary).map(
    ({ value, label, tone }) =>
      html`<div class="figure${tone === undefined ? '' : ` ${tone}`}"><dt>${label}</dt><dd>${value}</dd></div>`,
  );
  return html`<dl class="figures">${figures}</dl>`;
}

function figuresOf({ load }: Burst, summary: BurstSummary): readonly Figure[] {
  const { requests, failures, dropped, errorRatio, throughputPerSecond, latencyMs, durationMs, breakingPoint } =
    summary;
  const asked = askedText(load);
  const latencies = [
    { value: spanText(latencyMs.p50), label: 'p50' },
    { value: spanText(latencyMs.p99), label: 'p99' },
    { value: spanText(latencyMs.max), label: 'longest' },
  ];
  return [
    ...(breakingPoint ? [{ value: rateText(breakingPoint.sustainedPerSecond), label: 'sustained' }] : []),
    { value: countText(requests), label: requests === 1 ? 'request' : 'requests' },
    { value: countText(failures), label: `failures, ${percentText(errorRatio)}`, ...(failures > 0 ? bad : {}) },
    { value: countText(dropped), label: 'dropped', ...(dropped > 0 ? bad : {}) },
    { value: rateText(throughputPerSecond), label: asked === undefined ? 'throughput' : `of ${asked}` },
    ...(breakingPoint ? [] : latencies),
    { value: durationText(durationMs), label: 'duration' },
  ];
}
const bad = { tone: 'bad' } as const;

function renderCharts({ burst, summary, tally }: Report): Html {
  const isClosed = summary.model === 'closed';
  const { breakingPoint } = summary;
  const spans = [
    { name: isClosed ? 'latency, which is service time here' : 'latency', kind: 'p99', of: tally.latency },
    ...(isClosed ? [] : [{ name: 'service time', kind: 'p50', of: tally.serviceTime }]),
  ];
  const hasAny = summary.requests > 0;
  const charts = [
    ...(breakingPoint && breakingPoint.curve.length > 0 ? [renderBreakingPoint(breakingPoint, burst.thresholds)] : []),
    ...(tally.seconds.length === 0 ? [] : [renderRates(tally.seconds, !isClosed)]),
    ...(tally.seconds.length === 0 || !hasAny ? [] : [renderLatencies(tally.seconds)]),
    ...(hasAny && !breakingPoint ? [renderSpread(tally.latency), renderQuantileCurve(spans, burst.thresholds)] : []),
  ];
  return html`<div class="charts">${charts}</div>`;
}

function renderTables({ burst, summary }: Report): Html {
  const { breakingPoint, comparison } = summary;
  const tables = [
    ...renderThresholds(summary, burst),
    // Over all rates together, quantiles say nothing.
    breakingPoint ? renderCurve(breakingPoint) : renderQuantiles(summary),
    ...renderAnswers(burst, summary),
    ...(comparison ? [renderComparison(comparison)] : []),
    renderSent(burst),
  ];
  return html`<div class="tables">${tables}</div>`;
}

/** What was sent, and how: enough to send it again, and nothing that may be a secret. */
function renderSent(burst: Burst): Html {
  const { load, timeoutMs, limits, freshConnections } = burst;
  return html`<section class="card"><h2>What was sent</h2>
<ul class="sent">${describeSent(burst).map(renderUnit)}</ul>
<p class="note">${modelText(load)}: ${loadText(load)}. ${load.model === 'closed' ? '' : `At most ${countText(limits.concurrency)} at once. `}${freshConnections ? 'Each request over a connection of its own' : 'Over connections that are kept alive'}, with ${durationText(timeoutMs)} for each request. Queries, header values and bodies are left out of this report.</p>
</section>`;
}

function renderUnit({ text, ratio, details }: SentUnit): Html {
  const share = ratio === 1 ? '' : html`<span class="share">${percentText(ratio)}</span> `;
  return html`<li>${share}<code>${text}</code>${details.length === 0 ? '' : html`<span class="details">with ${details.join(', ')}</span>`}</li>`;
}

function renderFoot({ summary, origin }: Report): Html {
  const { startedAt, durationMs } = summary;
  const at = `${startedAt.slice(0, 19).replace('T', ' ')} UTC`;
  return html`<footer><p>Sent on <time datetime="${startedAt}">${at}</time> within ${durationText(durationMs)}, from ${origin.host} (${origin.system}), by Burnwatch ${origin.version}.</p></footer>`;
}
