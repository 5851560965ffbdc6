/** Series of samples as a picture: a line of signs for the terminal, an SVG for everything else. Pure. */
import type { Sample } from './trend.ts';

export interface Series {
  readonly name: string;
  readonly unit: string;
  readonly samples: readonly Sample[];
}

const bars = '▁▂▃▄▅▆▇█';

/** From 0 to the highest, in so many columns. */
export function sparkline({ samples }: Series, columns: number): string {
  const highest = Math.max(...samples.map(({ value }) => value), Number.MIN_VALUE);
  return Array.from({ length: Math.min(columns, samples.length) }, (_, i, all = Math.min(columns, samples.length)) => {
    const { value } = samples[Math.floor((i * samples.length) / all)] ?? { value: 0 };
    return bars[Math.min(bars.length - 1, Math.floor((value / highest) * bars.length))];
  }).join('');
}

const width = 900;
const rowHeight = 90;
const left = 330;

/** One row for each series, each with its own scale from 0. */
export function svgOf(title: string, series: readonly Series[]): string {
  const rows = series.map((one, i) => row(one, 40 + i * rowHeight));
  const height = 50 + series.length * rowHeight;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="12">`,
    '<rect width="100%" height="100%" fill="white"/>',
    `<text x="10" y="22" font-size="15">${escaped(title)}</text>`,
    ...rows,
    '</svg>\n',
  ].join('\n');
}

function row({ name, unit, samples }: Series, top: number): string {
  const highest = Math.max(...samples.map(({ value }) => value), Number.MIN_VALUE);
  const lastS = samples.at(-1)?.atS || 1;
  const points = samples.map(({ atS, value }) => {
    const x = left + (atS / lastS) * (width - left - 20);
    const y = top + rowHeight - 20 - (value / highest) * (rowHeight - 30);
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  const base = top + rowHeight - 20;
  return [
    `<text x="10" y="${top + 30}">${escaped(name)}</text>`,
    `<text x="10" y="${top + 48}" fill="gray">0 to ${highest.toPrecision(3)} ${escaped(unit)}</text>`,
    `<line x1="${left}" y1="${base}" x2="${width - 20}" y2="${base}" stroke="lightgray"/>`,
    `<polyline fill="none" stroke="steelblue" stroke-width="1.5" points="${points.join(' ')}"/>`,
  ].join('\n');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
