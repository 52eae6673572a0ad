const namespace = 'http://www.w3.org/2000/svg';

/** Every state has a shape of its own, so that it can be told without colour. Drawn on 16 × 16; strokes only. */
const paths = {
  passed: ['M8 1.5a6.5 6.5 0 1 1 0 13a6.5 6.5 0 1 1 0-13z', 'M5 8.2l2.1 2.1L11.2 6'],
  degraded: ['M8 2L14.8 13.8H1.2z', 'M8 6.6v3.2', 'M8 11.8v.1'],
  failed: ['M5.3 1.5h5.4l3.8 3.8v5.4l-3.8 3.8H5.3l-3.8-3.8V5.3z', 'M5.7 5.7l4.6 4.6', 'M10.3 5.7l-4.6 4.6'],
  unknown: ['M2 2h12v12H2z', 'M6 6.3a2 2 0 1 1 2.8 1.8c-.5.3-.8.6-.8 1.2', 'M8 11.6v.1'],
  blocked: ['M8 1.5a6.5 6.5 0 1 1 0 13a6.5 6.5 0 1 1 0-13z', 'M3.6 12.4l8.8-8.8'],
  waiting: ['M4 1.8h8', 'M4 14.2h8', 'M5 1.8c0 4 6 8.4 6 12.4', 'M11 1.8c0 4-6 8.4-6 12.4'],
  inactive: ['M8 4.5a3.5 3.5 0 1 1 0 7a3.5 3.5 0 1 1 0-7z'],
  pending: ['M8 1.5a6.5 6.5 0 1 1 0 13a6.5 6.5 0 1 1 0-13z', 'M8 4.2V8l2.6 1.8'],
  firing: [
    'M8 1.5c.6 2.8 4.5 4.6 4.5 8.3a4.5 4.5 0 0 1-9 0c0-1.8 1-2.9 1.7-4.2c.7.9 1.2 1.5 1.9 1.7C7.6 5.3 7.4 3.4 8 1.5z',
  ],
  maintenance: ['M9.8 2.2a3.6 3.6 0 0 0-3.3 5.1L2 11.8V14h2.2l4.5-4.5a3.6 3.6 0 0 0 4.9-4.2L11.2 7.6L8.5 7.1L8 4.6z'],
  copy: ['M5.5 5.5h8v8h-8z', 'M10.5 5.5v-3h-8v8h3'],
  close: ['M4 4l8 8', 'M12 4l-8 8'],
  chevron: ['M6 3.5L10.5 8L6 12.5'],
  mail: ['M1.5 3.5h13v9h-13z', 'M1.5 4.5L8 9l6.5-4.5'],
  cross: ['M4 4l8 8', 'M12 4l-8 8'],
  triangle: ['M8 3.5L13 12.5H3z'],
  square: ['M3.5 3.5h9v9h-9z'],
  dot: ['M8 5a3 3 0 1 1 0 6a3 3 0 1 1 0-6z'],
  swatch: ['M1.5 4h13v8h-13z'],
  busy: ['M8 1.5a6.5 6.5 0 0 1 6.5 6.5'],
} as const;

export type IconName = keyof typeof paths;

/** A decorative icon: the word stands beside it. */
export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS(namespace, 'svg');
  const attributes = {
    viewBox: '0 0 16 16',
    width: '16',
    height: '16',
    'aria-hidden': 'true',
    class: `icon icon-${name}`,
  };
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, value);
  for (const d of paths[name]) {
    const path = document.createElementNS(namespace, 'path');
    path.setAttribute('d', d);
    svg.append(path);
  }
  return svg;
}
