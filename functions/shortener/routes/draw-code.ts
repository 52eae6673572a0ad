import encodeQR from 'qr';
import type { Endpoint, World } from '../endpoint.ts';
import { textAnswer } from '../http.ts';
import { originOf } from '../origin.ts';
import { publicly, revalidate } from '../revalidate.ts';
import { findLink } from './follow-link.ts';

/**
 * The QR code of a short URL as SVG, dark on white whatever lies behind it, with the quiet zone of four modules that
 * ISO/IEC 18004 asks for. Level M: a printed one may lose 15 % of itself.
 */
export function drawCode({ kept }: World): Endpoint {
  return async (call) => {
    const link = await findLink(call, kept);
    if ('problem' in link) return link;
    const rows = encodeQR(`${originOf(call.request)}/${link.code}`, 'raw', { ecc: 'medium', border: 4 });
    const svg = renderSvg(rows, `QR code of /${link.code}`);
    const headers = { 'cross-origin-resource-policy': 'cross-origin' };
    return revalidate(call.request, textAnswer('image/svg+xml', svg, headers), publicly);
  };
}

/** One path of runs; `title` is text without markup. */
function renderSvg(rows: readonly (readonly boolean[])[], title: string): string {
  const size = rows.length;
  const runs = rows.flatMap((row, y) => runsOf(row).map(([x, length]) => `M${x} ${y}h${length}v1h-${length}z`));
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges">` +
    `<title>${title}</title><path fill="#fff" d="M0 0h${size}v${size}H0z"/><path d="${runs.join('')}"/></svg>\n`
  );
}

function runsOf(row: readonly boolean[]): [x: number, length: number][] {
  const runs: [number, number][] = [];
  for (const [x, isDark] of row.entries()) {
    const last = runs.at(-1);
    if (isDark && last && last[0] + last[1] === x) last[1] += 1;
    else if (isDark) runs.push([x, 1]);
  }
  return runs;
}
