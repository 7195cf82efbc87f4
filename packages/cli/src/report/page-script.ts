// The one script of a report: a cursor and a tooltip that follow the pointer over a chart. The page is whole without
// it.

export const PAGE_SCRIPT = `
for (const figure of document.querySelectorAll('.chart')) {
  const svg = figure.querySelector('svg');
  const cursor = figure.querySelector('.cursor');
  const tooltip = figure.querySelector('.tooltip');
  const chart = JSON.parse(figure.querySelector('script').textContent);
  const rounds = [...new Set(chart.series.flatMap(({ points }) => points.map(([round]) => round)))].sort((a, b) => a - b);
  const values = chart.series.map(({ name, points }) => [name, new Map(points)]);
  const hide = () => { cursor.setAttribute('hidden', ''); tooltip.hidden = true; };
  svg.addEventListener('pointerleave', hide);
  svg.addEventListener('pointermove', (event) => {
    const box = svg.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * chart.width;
    const wanted = chart.low + ((x - chart.left) / (chart.right - chart.left)) * (chart.high - chart.low);
    const round = rounds.reduce((best, one) => (Math.abs(one - wanted) < Math.abs(best - wanted) ? one : best), rounds[0]);
    const at = chart.left + ((round - chart.low) / (chart.high - chart.low)) * (chart.right - chart.left);
    cursor.removeAttribute('hidden');
    cursor.setAttribute('x1', at);
    cursor.setAttribute('x2', at);
    const lines = values.filter(([, map]) => map.has(round)).map(([name, map]) => name + '  ' + map.get(round));
    tooltip.textContent = ['round ' + round, ...lines].join('\\n');
    tooltip.hidden = false;
    const left = svg.offsetLeft + (at / chart.width) * box.width;
    const flip = left + tooltip.offsetWidth + 20 > figure.clientWidth;
    tooltip.style.left = (flip ? left - tooltip.offsetWidth - 10 : left + 10) + 'px';
    tooltip.style.top = (svg.offsetTop + 12) + 'px';
  });
}
`;
