import type { Scope } from '../scope.js';
import type { Component } from './component.js';
import { heading } from './parts.js';

const stats: Component = {
  columns: 12,
  draw: (s) => {
    const withIcon = s.arrangement('stats', ['disc', 'plain', 'spark']);
    const keys = ['revenue', 'visitors', 'conversion', 'orders', 'growth', 'customers'] as const;
    return `<div class="grid ${s.style.form === 'phone' ? 'g2' : 'g4'}">${s.rows('stat', 4, (r, n) => r.box('card', 'card col stat', `<div class="row between">${r.label('name', keys[n] ?? 'growth', 'muted tiny')}${withIcon === 'disc' ? r.control('disc', 'disc', r.icon('icon', r.fixed('i').pick(['trending-up', 'users', 'cart', 'credit-card', 'bar-chart']))) : ''}</div>${r.sampleText('value', r.fixed('kind').pick(['count', 'price'] as const), 'title')}${r.sampleText('change', 'percent', 'tiny up')}${withIcon === 'spark' ? spark(r) : ''}`))}</div>`;
  },
};

const barChart: Component = {
  columns: 6,
  draw: (s) => {
    const bars = s.rows(
      'bar',
      s.fixed('n').whole(6, 12),
      (r, n) =>
        `<div class="col bar">${r.box('bar', 'fill', '', `block-size:${r.content('v').whole(12, 96)}%`)}${r.text('at', `${n + 1}`, 'muted tiny')}</div>`,
    );
    return s.box(
      'card',
      'card col',
      `${heading(s, s.fixed('key').pick(['revenue', 'visitors', 'steps']))}<div class="row">${s.sampleText('value', 'count', 'title')}${s.sampleText('change', 'percent', 'tiny up')}</div><div class="bars row">${bars}</div>`,
    );
  },
};

const lineChart: Component = {
  columns: 8,
  draw: (s) => {
    const values = Array.from({ length: 9 }, (_, n) => s.content(`v${n}`).whole(12, 88));
    const points = values.map((value, n) => `${(n * 100) / 8},${100 - value}`).join(' ');
    const dots = values
      .map((value, n) => s.control(`dot${n}`, 'plot-dot', '', `left:${(n * 100) / 8}%;top:${100 - value}%`))
      .join('');
    return s.box(
      'card',
      'card col',
      `<div class="row between">${s.label('heading', 'revenue', 'heading', 'h3')}<div class="row">${s.control('legend', 'legend')}${s.label('now', 'thisWeek', 'tiny')}${s.label('past', 'lastMonth', 'tiny muted')}</div></div><div class="plot"><svg viewBox="0 0 100 100" preserveAspectRatio="none"><path class="area" d="M0,100 L${points.replaceAll(' ', ' L')} L100,100Z"/><polyline points="${points}"/></svg>${dots}</div><div class="row between">${Array.from({ length: 5 }, (_, n) => s.sampleText(`day${n}`, 'day', 'muted tiny')).join('')}</div>`,
    );
  },
};

const donutChart: Component = {
  columns: 4,
  draw: (s) => {
    const parts = [s.content('a').whole(20, 40), s.content('b').whole(15, 30), s.content('c').whole(10, 20)];
    let from = 0;
    const arcs = parts.map((part, n) => {
      const arc = `<circle class="arc arc${n}" r="15.9" cx="20" cy="20" pathLength="100" stroke-dasharray="${part} ${100 - part}" stroke-dashoffset="${-from}"/>`;
      from += part;
      return arc;
    });
    return s.box(
      'card',
      'card col',
      `${heading(s, 'overview')}<div class="row">${s.box('ring', 'ring', `<svg viewBox="0 0 40 40"><circle class="arc" r="15.9" cx="20" cy="20"/>${arcs.join('')}</svg>${s.text('share', `${from} %`, 'strong')}`)}<div class="col grow">${s.rows('part', 3, (r, n) => `<div class="row">${r.control('key', `legend arc${n}`)}${r.sampleText('name', 'topic', 'grow tiny')}${r.sampleText('n', 'count', 'tiny strong')}</div>`)}</div></div>`,
    );
  },
};

const heatmap: Component = {
  columns: 6,
  draw: (s) => {
    const cells = Array.from({ length: 7 * 14 }, (_, n) =>
      s.control(`cell${n}`, 'heat', '', `opacity:${0.12 + 0.88 * s.content(`h${n}`).next() ** 2}`),
    );
    return s.box('card', 'card col', `${heading(s, 'recent', false)}<div class="heatmap">${cells.join('')}</div>`);
  },
};

const rank: Component = {
  columns: 4,
  draw: (s) =>
    s.box(
      'card',
      'card col',
      heading(s, 'popular') +
        s.rows(
          'place',
          5,
          (r, n) =>
            `<div class="row item">${r.text('n', `${n + 1}`, 'heading muted')}${r.image('flag', 'flag', 'avatar small')}${r.sampleText('name', 'city', 'grow')}${r.sampleText('value', 'count', 'strong num')}</div>`,
        ),
    ),
};

const weather: Component = {
  columns: 4,
  draw: (s) =>
    s.box(
      'card',
      'card col weather',
      `<div class="row between"><div class="col">${s.sampleText('city', 'city', 'heading')}${s.sampleText('now', 'day', 'tiny')}</div>${s.icon('sky', s.content('sky').pick(['sun', 'cloud', 'moon']), 'huge')}</div>${s.text('degrees', `${s.content('t').whole(-4, 34)}°`, 'giant')}<div class="row between">${s.rows('hour', 5, (r) => `<div class="col center">${r.sampleText('at', 'time', 'tiny')}${r.icon('sky', r.content('sky').pick(['sun', 'cloud', 'zap', 'moon']))}${r.text('t', `${r.content('t').whole(-4, 34)}°`)}</div>`)}</div>`,
    ),
};

const rings: Component = {
  columns: 4,
  draw: (s) =>
    s.box(
      'card',
      'card col',
      `${heading(s, 'health')}<div class="row between">${s.rows('goal', 3, (r, n) => `<div class="col center">${r.box('ring', 'ring small', `<svg viewBox="0 0 40 40"><circle class="arc" r="15.9" cx="20" cy="20"/><circle class="arc arc${n}" r="15.9" cx="20" cy="20" pathLength="100" stroke-dasharray="${r.content('v').whole(20, 95)} 100"/></svg>${r.icon('icon', (['zap', 'heart', 'moon'] as const)[n] ?? 'star')}`)}${r.sampleText('value', 'count', 'strong')}${r.label('name', (['steps', 'health', 'sleep'] as const)[n] ?? 'growth', 'muted tiny')}</div>`)}</div>`,
    ),
};

function spark(s: Scope): string {
  const points = Array.from({ length: 9 }, (_, n) => `${n * 12.5},${s.content(`s${n}`).whole(4, 26)}`).join(' ');
  return `<svg class="spark" viewBox="0 0 100 30" preserveAspectRatio="none"><polyline points="${points}"/></svg>`;
}

export const DATA = {
  stats,
  'bar-chart': barChart,
  'line-chart': lineChart,
  'donut-chart': donutChart,
  heatmap,
  rank,
  weather,
  rings,
} as const satisfies Record<string, Component>;
