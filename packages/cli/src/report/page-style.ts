// The style of a report: one page for light and dark, readable on a phone. Series colours are the Okabe–Ito
// palette (Okabe, Ito, "Color Universal Design", 2008), lightened for dark, which colour-blind readers tell apart.

export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --page: #fbfbfa; --card: #ffffff; --ink: #1d1f21; --quiet: #5c6166; --rule: #e3e4e6;
  --s0: #0072b2; --s1: #d55e00; --s2: #00805d; --s3: #b4528d; --s4: #8a6d00; --s5: #3d8fc4; --limit: #b3261e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #131517; --card: #1b1e21; --ink: #e8e9ea; --quiet: #9aa1a8; --rule: #2c3035;
    --s0: #4ba6e0; --s1: #f08a3c; --s2: #2fb892; --s3: #e08fbf; --s4: #d9b93b; --s5: #8cc8ee; --limit: #ff8a80;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 1240px; padding: 32px 20px 48px; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif;
}
h1 { font-size: 24px; margin: 0 0 2px; letter-spacing: -0.01em; }
h2 { font-size: 16px; margin: 36px 0 12px; }
p { margin: 0; color: var(--quiet); }
code { font: 13px/1.5 ui-monospace, 'SF Mono', Menlo, Consolas, monospace; overflow-wrap: anywhere; }
pre { font: 13px/1.25 ui-monospace, 'SF Mono', Menlo, Consolas, monospace; margin: 0; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin: 24px 0 0; }
.fact { background: var(--card); border: 1px solid var(--rule); border-radius: 8px; padding: 10px 14px; }
.fact dt { color: var(--quiet); font-size: 13px; }
.fact dd { margin: 0; font-size: 18px; font-variant-numeric: tabular-nums; }
.fact.wide { grid-column: 1 / -1; }
.fact.wide dd { font-size: 14px; }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 460px), 1fr)); gap: 16px; }
.chart { position: relative; margin: 0; background: var(--card); border: 1px solid var(--rule); border-radius: 8px; padding: 12px 14px 8px; }
.chart figcaption { display: flex; flex-wrap: wrap; gap: 4px 16px; justify-content: space-between; font-weight: 600; margin-bottom: 6px; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 14px; font-weight: 400; font-size: 13px; color: var(--quiet); }
.swatch { display: inline-block; width: 14px; height: 3px; border-radius: 2px; margin-right: 6px; vertical-align: middle; background: var(--series); }
.swatch.dashed { background: repeating-linear-gradient(90deg, var(--series) 0 4px, transparent 4px 6px); }
svg { display: block; width: 100%; height: auto; }
.grid { stroke: var(--rule); stroke-width: 1; }
.tick { fill: var(--quiet); font-size: 12px; font-variant-numeric: tabular-nums; }
.line { fill: none; stroke: var(--series); stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
.band { fill: var(--series); opacity: 0.14; }
.line.dashed { stroke-dasharray: 5 4; }
.limit { stroke: var(--limit); stroke-width: 1.5; stroke-dasharray: 6 4; }
.limit-text { fill: var(--limit); paint-order: stroke; stroke: var(--card); stroke-width: 3px; }
.dot { fill: var(--series); }
.cursor[hidden], .tooltip[hidden] { display: none; }
.cursor { stroke: var(--quiet); stroke-width: 1; stroke-dasharray: 3 3; }
.tooltip {
  position: absolute; pointer-events: none; background: var(--ink); color: var(--page); border-radius: 6px;
  padding: 5px 9px; font-size: 13px; white-space: pre; font-variant-numeric: tabular-nums;
}
.series-0 { --series: var(--s0); } .series-1 { --series: var(--s1); } .series-2 { --series: var(--s2); }
.series-3 { --series: var(--s3); } .series-4 { --series: var(--s4); } .series-5 { --series: var(--s5); }
.table { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 5px 18px 5px 0; text-align: right; border-bottom: 1px solid var(--rule); white-space: nowrap; }
th { color: var(--quiet); font-weight: 500; }
th:first-child, td:first-child { text-align: left; }
.runs td { vertical-align: top; }
.runs td { text-align: left; } .runs th { text-align: left; }
.cells th { white-space: normal; vertical-align: bottom; }
.reasons td:last-child { white-space: normal; min-width: 240px; overflow-wrap: anywhere; }
.note { margin: 8px 0 0; font-size: 13px; }
.lost { margin-bottom: 12px; }
.lost th, .lost td { text-align: left; white-space: normal; vertical-align: top; overflow-wrap: anywhere; }
.lost th:nth-child(-n+2), .lost td:nth-child(-n+2) { white-space: nowrap; overflow-wrap: normal; }
/* Outcomes, by word and colour alike. */
.outcome { white-space: nowrap; font-weight: 600; }
.held { color: var(--s2); } .violated { color: var(--limit); } .undecided { color: var(--s4); }
.constraints th, .constraints td { text-align: left; vertical-align: top; }
.constraints td:nth-child(2) { white-space: normal; min-width: 150px; overflow-wrap: anywhere; }
.constraints td:last-child { white-space: normal; min-width: 240px; overflow-wrap: anywhere; }
.constraints { margin-bottom: 16px; }
.groups { margin-bottom: 16px; }
.groups + .note { margin-bottom: 12px; }
.groups small { display: block; color: var(--quiet); font-size: 12px; }
.groups .withheld td { color: var(--quiet); text-align: left; white-space: normal; }
h3 { font-size: 15px; margin: 20px 0 8px; font-weight: 600; }
.failure { color: var(--s1); margin-top: 12px; }
`;
