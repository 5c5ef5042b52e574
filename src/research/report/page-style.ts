/**
 * The style sheet of a report page: light and dark, small screens, print. Colours are variables that the script of the
 * page reads for its charts.
 *
 * A constant; imports nothing.
 */

const LIGHT = `color-scheme: light;
  --page: #f5f6f8; --surface: #ffffff; --sunken: #f0f2f5; --line: #e3e6eb; --line-strong: #cfd4dc;
  --ink: #12161f; --ink-2: #4a5363; --ink-3: #667085; --accent: #2f5bea; --accent-soft: #e8eeff;
  --gain: #00756c; --loss: #b8400e; --gain-soft: 0, 138, 126; --loss-soft: 214, 84, 22;
  --candle-up: #129488; --candle-down: #d9621e; --warn: #8a5a00; --warn-soft: #fff3d6; --warn-line: #f0cf85; --stop: #7a3fd0; --forced: #12161f;
  --shadow: 0 1px 2px rgba(16, 22, 35, .05), 0 6px 20px -12px rgba(16, 22, 35, .14);`

const DARK = `color-scheme: dark;
  --page: #0b0e14; --surface: #131822; --sunken: #0f141d; --line: #222a37; --line-strong: #333e4f;
  --ink: #eef1f6; --ink-2: #b3bccb; --ink-3: #8a95a8; --accent: #7c9cff; --accent-soft: #1b2540;
  --gain: #3fd0bf; --loss: #ff9a5c; --gain-soft: 45, 190, 175; --loss-soft: 255, 128, 60;
  --candle-up: #2bb8a8; --candle-down: #f07f3c; --warn: #ffcf70; --warn-soft: #2d2410; --warn-line: #5c4a1d; --stop: #c39bff; --forced: #ffffff;
  --shadow: none;`

export const PAGE_STYLE = `
:root { ${LIGHT}
  --sans: ui-sans-serif, system-ui, -apple-system, "Segoe UI", Inter, Roboto, "Helvetica Neue", Arial, sans-serif;
  --mono: ui-monospace, SFMono-Regular, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
@media (prefers-color-scheme: dark) { :root:not([data-theme=light]) { ${DARK} } }
:root[data-theme=dark] { ${DARK} }
* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 64px; -webkit-text-size-adjust: 100%; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 var(--sans); font-variant-numeric: tabular-nums; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
a { color: var(--accent); }
.wrap { max-width: 1240px; margin: 0 auto; padding: 0 24px; }

.bar { position: sticky; top: 0; z-index: 20; background: color-mix(in srgb, var(--page) 86%, transparent); backdrop-filter: blur(10px); border-bottom: 1px solid var(--line); }
.bar .wrap { display: flex; align-items: center; gap: 14px; height: 52px; }
.brand { font-weight: 650; letter-spacing: -.01em; white-space: nowrap; display: flex; align-items: center; gap: 8px; }
.brand svg { display: block; }
.bar nav { display: flex; gap: 2px; overflow-x: auto; scrollbar-width: none; flex: 1; }
.bar nav a { color: var(--ink-2); text-decoration: none; font-size: 13px; padding: 5px 7px; border-radius: 7px; white-space: nowrap; }
.bar nav a:hover { background: var(--sunken); color: var(--ink); }
button, select { font: inherit; color: inherit; }
.button, select { font-size: 13px; padding: 5px 11px; border: 1px solid var(--line); border-radius: 8px; background: var(--surface); color: var(--ink-2); cursor: pointer; white-space: nowrap; }
.button:hover, select:hover { border-color: var(--line-strong); color: var(--ink); }
.button[aria-pressed=true] { background: var(--accent-soft); border-color: transparent; color: var(--accent); font-weight: 600; }
.button:disabled { opacity: .45; cursor: default; }

.synthetic-bar { background: var(--warn-soft); border-bottom: 1px solid var(--warn-line); color: var(--warn); font-size: 14px; }
.synthetic-bar .wrap { padding-top: 10px; padding-bottom: 10px; display: flex; gap: 12px; align-items: baseline; flex-wrap: wrap; }
.tag { display: inline-block; font: 700 10.5px/1 var(--sans); letter-spacing: .07em; color: var(--warn); background: var(--warn-soft); border: 1px solid var(--warn-line); border-radius: 5px; padding: 4px 7px; white-space: nowrap; vertical-align: 2px; }

.hero { padding: 40px 0 8px; }
.hero h1 { margin: 0; font-size: clamp(28px, 4.4vw, 42px); line-height: 1.12; letter-spacing: -.03em; font-weight: 700; overflow-wrap: anywhere; }
.hero h1 .tag { vertical-align: middle; margin-left: 10px; letter-spacing: .07em; }
.hero .subject { margin: 10px 0 0; color: var(--ink-2); font-size: 16px; overflow-wrap: anywhere; }
.hero .subject b { color: var(--ink); font-weight: 600; }
.chips { display: flex; flex-wrap: wrap; gap: 6px; margin: 16px 0 0; padding: 0; list-style: none; }
.chips li { font-size: 13px; background: var(--surface); border: 1px solid var(--line); border-radius: 999px; padding: 3px 11px; color: var(--ink-3); overflow-wrap: anywhere; }
.chips b { color: var(--ink); font-weight: 600; margin-left: 4px; }

section { margin: 32px 0 0; }
.head { display: flex; align-items: center; gap: 10px; flex-wrap: wrap; margin: 0 0 12px; min-height: 32px; }
h2 { font-size: 18px; line-height: 1.3; letter-spacing: -.015em; margin: 0; font-weight: 650; }
h3 { font-size: 13px; margin: 0; font-weight: 600; color: var(--ink-2); }
.head .tools { margin-left: auto; display: flex; gap: 6px; flex-wrap: wrap; }
.card { background: var(--surface); border: 1px solid var(--line); border-radius: 14px; box-shadow: var(--shadow); overflow: hidden; }
.note { color: var(--ink-3); font-size: 13px; margin: 10px 2px 0; }
.gain { color: var(--gain); } .loss { color: var(--loss); }

.lead { display: grid; grid-template-columns: repeat(4, 1fr); gap: 14px; }
.lead .card { padding: 18px 20px; }
.lead dt, .stats dt { color: var(--ink-3); font-size: 13px; }
.lead dd { margin: 4px 0 0; font-size: clamp(24px, 2.7vw, 33px); line-height: 1.15; letter-spacing: -.03em; font-weight: 680; white-space: nowrap; }
.lead .sub { margin: 5px 0 0; font-size: 13px; font-weight: 400; letter-spacing: 0; color: var(--ink-3); white-space: normal; line-height: 1.4; }
.stats { display: grid; grid-template-columns: repeat(6, 1fr); margin: 14px 0 0; }
.stats > div { padding: 13px 20px; border-right: 1px solid var(--line); border-bottom: 1px solid var(--line); margin: 0 -1px -1px 0; }
.stats dd { margin: 1px 0 0; font-size: 17px; font-weight: 620; letter-spacing: -.01em; white-space: nowrap; }
dl { margin: 0; }

.chart { position: relative; }
.chart-legend { position: absolute; z-index: 5; top: 12px; left: 16px; font-size: 12.5px; color: var(--ink-2); pointer-events: none; display: flex; gap: 4px 14px; flex-wrap: wrap; max-width: calc(100% - 110px); text-shadow: 0 0 4px var(--surface), 0 0 4px var(--surface); }
.chart-legend b { color: var(--ink); font-weight: 620; } .chart-legend b.gain { color: var(--gain); } .chart-legend b.loss { color: var(--loss); }
.nowrap { white-space: nowrap; }
#equity-chart { height: 430px; } #market-chart { height: 480px; }
.under { display: flex; gap: 8px 18px; flex-wrap: wrap; align-items: center; border-top: 1px solid var(--line); padding: 10px 16px; font-size: 13px; color: var(--ink-2); }
.under .keys { display: flex; gap: 6px 16px; flex-wrap: wrap; color: var(--ink-3); }
.keys i { display: inline-block; width: 9px; height: 9px; border-radius: 2px; margin-right: 6px; }
.keys i.round { border-radius: 50%; }
#picked { margin-left: auto; color: var(--ink-2); }
#market-symbols { flex-wrap: wrap; } .segments { display: flex; gap: 4px; overflow-x: auto; scrollbar-width: thin; max-width: 100%; }

.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; }
caption { caption-side: top; text-align: left; padding: 12px 16px 8px; color: var(--ink-3); font-size: 13px; }
caption span:first-child { position: sticky; left: 16px; display: inline-block; max-width: calc(100vw - 62px); } caption .tag { margin-left: 8px; }
th, td { padding: 8px 10px; text-align: right; white-space: nowrap; border-top: 1px solid var(--line); }
th { font-weight: 550; color: var(--ink-3); font-size: 12.5px; background: var(--sunken); }
th:first-child, td:first-child { padding-left: 16px; } th:last-child, td:last-child { padding-right: 16px; }
.l { text-align: left; }
tbody th { background: none; color: var(--ink); text-align: left; font-size: inherit; }
thead button { all: unset; cursor: pointer; display: inline-flex; gap: 4px; }
thead button:hover { color: var(--ink); } thead button:focus-visible { outline: 2px solid var(--accent); outline-offset: 3px; border-radius: 3px; }
thead button::after { content: "↕"; opacity: .3; font-size: 11px; } [aria-sort=ascending] button::after { content: "↑"; opacity: 1; } [aria-sort=descending] button::after { content: "↓"; opacity: 1; }
#trades, #symbols table, #extremes table { font-size: 12.5px; } #trades th, #trades td, #symbols th, #symbols td, #extremes th, #extremes td { padding-left: 6px; padding-right: 6px; } #trades :is(th, td):first-child, #symbols :is(th, td):first-child, #extremes :is(th, td):first-child { padding-left: 14px; } #trades th, #symbols thead th, #extremes thead th { font-size: 11.5px; }
#trades thead button { gap: 2px; }
#trades tbody tr { cursor: pointer; } #trades tbody tr:hover td { background: var(--sunken); }
#trades tr[aria-selected=true] td { background: var(--accent-soft); } #trades tr:focus-visible { outline-offset: -2px; }
.side { font-weight: 600; font-size: 12px; } .reason { font-size: 12px; color: var(--ink-2); } .reason.stop { color: var(--stop); font-weight: 600; } .reason.forced { color: var(--forced); font-weight: 700; }
.pages { display: flex; gap: 8px; align-items: center; padding: 10px 16px; border-top: 1px solid var(--line); color: var(--ink-3); font-size: 13px; }
.pages span { margin-right: auto; }
.empty { padding: 22px 16px; color: var(--ink-3); margin: 0; }
.heat td { text-align: center; padding: 8px 6px; min-width: 58px; } .heat th { text-align: center; padding-left: 6px; padding-right: 6px; } .heat tbody th { text-align: left; padding-left: 16px; }
.heat td:last-child { font-weight: 650; border-left: 1px solid var(--line); }
.two { display: grid; grid-template-columns: 2.15fr 1fr; gap: 18px; align-items: start; } .two.even { grid-template-columns: 1fr 1fr; } .two > section { min-width: 0; }
.meter { height: 6px; border-radius: 3px; background: var(--sunken); overflow: hidden; min-width: 60px; } .meter i { display: block; height: 100%; border-radius: 3px; background: var(--ink-3); } .meter i.gain { background: var(--candle-up); } .meter i.loss { background: var(--candle-down); }
.costs td:nth-child(3) { width: 34%; } .costs tr.total th, .costs tr.total td { font-weight: 680; border-top: 1px solid var(--line-strong); }
ul.plain { margin: 0; padding: 14px 18px 14px 34px; color: var(--ink-2); font-size: 14px; } ul.plain li { margin: 3px 0; overflow-wrap: anywhere; } ul.plain li::marker { color: var(--ink-3); }
details { border-top: 1px solid var(--line); } details:first-child { border-top: 0; }
summary { cursor: pointer; padding: 12px 16px; font-weight: 600; font-size: 14px; } summary:hover { background: var(--sunken); } summary .tag { margin-left: 8px; }
code, pre, .mono { font-family: var(--mono); font-size: 12.5px; }
pre { margin: 0; padding: 4px 16px 16px; overflow-x: auto; color: var(--ink-2); }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: 6px 20px; padding: 14px 16px; font-size: 13.5px; } .facts dt { color: var(--ink-3); } .facts dd { margin: 0; overflow-wrap: anywhere; }
td.hash { max-width: 1px; width: 44%; overflow: hidden; text-overflow: ellipsis; } td.path { white-space: normal; overflow-wrap: anywhere; min-width: 160px; }
footer { margin: 40px 0 0; border-top: 1px solid var(--line); padding: 20px 0 40px; color: var(--ink-3); font-size: 13px; }
.hero .result { margin: 14px 0 0; font-size: 15.5px; color: var(--ink-2); max-width: 92ch; } .hero .result b { font-weight: 680; }
.halves { display: grid; grid-template-columns: 1fr 1fr; gap: 14px; } .thirds { display: grid; grid-template-columns: repeat(3, 1fr); gap: 14px; } .halves > *, .thirds > * { min-width: 0; }
[hidden] { display: none !important; } .card.pad { padding: 14px 18px 16px; } section > .card + .card, .halves + .card { margin-top: 14px; }
.plot { margin: 0; position: relative; } .plot figcaption { font-size: 13.5px; font-weight: 620; color: var(--ink); margin: 0 0 12px; }
.plot .keys { display: flex; flex-wrap: wrap; gap: 2px 16px; font-size: 12.5px; color: var(--ink-3); margin: 0 0 8px; }
.plot .body { display: grid; grid-template-columns: 54px 1fr; height: 230px; } .low .plot .body { height: 200px; } .thirds .plot .body { height: 170px; }
.plot .rows { position: relative; } .plot .rows span { position: absolute; right: 8px; transform: translateY(-50%); font-size: 11.5px; color: var(--ink-3); white-space: nowrap; }
.plot .area { position: relative; border-bottom: 1px solid var(--line-strong); } .plot svg { position: absolute; inset: 0; width: 100%; height: 100%; overflow: visible; display: block; }
.plot .columns { position: relative; height: 20px; margin-left: 54px; } .plot .columns span { position: absolute; top: 5px; transform: translateX(-50%); font-size: 11.5px; color: var(--ink-3); white-space: nowrap; } .plot .columns .first { transform: none; } .plot .columns .last { transform: translateX(-100%); }
.plot .x-name { margin: 2px 0 0 54px; text-align: center; font-size: 12px; color: var(--ink-3); } .plot .y-name { font-size: 12px; color: var(--ink-3); margin: 0 0 8px; }
.plot path { vector-effect: non-scaling-stroke; fill: none; } .plot .grid { stroke: var(--line); stroke-width: 1; } .plot .axis { stroke: var(--line-strong); stroke-width: 1; }
.plot rect.gain { fill: var(--candle-up); } .plot rect.loss { fill: var(--candle-down); } .plot rect:hover { opacity: .75; }
.plot .dots { stroke-width: 6; stroke-linecap: round; opacity: .62; } .plot .dots.gain { stroke: var(--candle-up); } .plot .dots.loss { stroke: var(--candle-down); stroke-linecap: square; stroke-width: 5; }
.plot .curve { stroke-width: 1.8; stroke-linejoin: round; } .plot .curve.normal { stroke: var(--ink); stroke-width: 1.4; stroke-dasharray: 4 3; } .plot .curve.accent { stroke: var(--accent); } .plot .curve.ink { stroke: var(--ink); stroke-width: 1.3; } .plot .curve.warm { stroke: var(--candle-down); } .plot .curve.dashed { stroke-dasharray: 3 3; } .plot .curve.thin { stroke-width: 1.2; }
.plot .fill { stroke: none; } .plot .fill.accent { fill: var(--accent); opacity: .28; }
.keys i.gain { background: var(--candle-up); border-radius: 50%; } .keys i.loss { background: var(--candle-down); border-radius: 0; } .keys i.accent { background: var(--accent); } .keys i.warm { background: var(--candle-down); } .keys i.ink { background: var(--ink); } .keys i.line { height: 3px; width: 14px; vertical-align: 3px; } .keys i.dashed { background: repeating-linear-gradient(90deg, var(--ink) 0 4px, transparent 4px 6px); }
.small-stats { display: grid; grid-template-columns: repeat(4, 1fr); gap: 8px 14px; margin: 14px 0 0; } .small-stats.wide { grid-template-columns: repeat(6, 1fr); } .small-stats dt { font-size: 12px; color: var(--ink-3); } .small-stats dd { margin: 0; font-size: 14.5px; font-weight: 600; } .card.pad > .small-stats:first-child { margin-top: 0; }
.tall .plot .body { height: 330px; } .swatch { display: inline-block; width: 10px; height: 10px; border-radius: 3px; margin-right: 8px; } small { font-size: 11.5px; opacity: .85; }
.plot .curve.run-0 { stroke: var(--accent); stroke-width: 2.2; } .plot .curve.run-1 { stroke: var(--candle-down); } .plot .curve.run-2 { stroke: var(--candle-up); stroke-dasharray: 7 3; } .plot .curve.run-3 { stroke: var(--stop); } .plot .curve.run-4 { stroke: var(--warn); stroke-dasharray: 2 3; } .plot .curve.run-5 { stroke: var(--ink); stroke-width: 1.2; }
i.run-0 { background: var(--accent); } i.run-1 { background: var(--candle-down); } i.run-2 { background: var(--candle-up); } i.run-3 { background: var(--stop); } i.run-4 { background: var(--warn); } i.run-5 { background: var(--ink); }
.card.caution { border-color: var(--warn-line); background: var(--warn-soft); } .card.caution ul.plain { color: var(--ink); } .hash-cell { max-width: 220px; overflow: hidden; text-overflow: ellipsis; }
.quiet { color: var(--ink-3); } .bar-cell { width: 16%; min-width: 70px; } .costs tr.aside th, .costs tr.aside td { color: var(--ink-3); }
button.link { all: unset; cursor: pointer; color: var(--accent); font-weight: 600; text-decoration: underline; text-decoration-color: color-mix(in srgb, var(--accent) 35%, transparent); text-underline-offset: 3px; } button.link:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
.recompute { display: flex; gap: 16px; align-items: flex-start; justify-content: space-between; padding: 14px 16px; border-bottom: 1px solid var(--line); } .recompute code { display: block; margin-top: 6px; overflow-wrap: anywhere; white-space: pre-wrap; color: var(--ink); }
#warnings ul.plain { color: var(--ink); } #warnings .card:has(li) { border-color: var(--warn-line); background: var(--warn-soft); }
.sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: -9999px; } .skip:focus { left: 16px; top: 10px; z-index: 30; background: var(--surface); padding: 6px 12px; }
.print-mark, .picture { display: none; }

@media (max-width: 1000px) { .lead { grid-template-columns: 1fr 1fr; } .stats { grid-template-columns: repeat(4, 1fr); } .two, .two.even { grid-template-columns: 1fr; gap: 0; } .halves { grid-template-columns: 1fr; } .thirds { grid-template-columns: 1fr; } .small-stats.wide { grid-template-columns: repeat(3, 1fr); } }
@media (max-width: 640px) {
  #market-symbols { flex-wrap: nowrap; }
  .wrap { padding: 0 14px; } .bar .wrap { gap: 10px; } .brand span { display: none; } .hero { padding-top: 26px; } .hero .subject { font-size: 14.5px; }
  .lead { gap: 10px; } .lead .card { padding: 13px 14px; } .lead dd { font-size: 23px; } .stats { grid-template-columns: 1fr 1fr; } .stats > div { padding: 10px 14px; }
  .chart-legend { position: static; max-width: none; padding: 12px 14px 4px; min-height: 44px; } #equity-chart { height: 340px; } #market-chart { height: 380px; } .head .tools { margin-left: 0; width: 100%; } #picked { margin-left: 0; }
  .plot.time .columns span:not(.first):not(.last) { display: none; }
  .small-stats { grid-template-columns: 1fr 1fr; } .small-stats.wide { grid-template-columns: 1fr 1fr; } .plot .body { grid-template-columns: 46px 1fr; } .plot .columns, .plot .x-name { margin-left: 46px; } .card.pad { padding: 12px 12px 14px; } .recompute { flex-direction: column; }
  .facts { grid-template-columns: 1fr; gap: 0; } .facts dd { margin-bottom: 8px; } section { margin-top: 26px; } .synthetic-bar .wrap { gap: 4px 10px; }
}
@media print {
  @page { margin: 16mm 12mm; }
  :root, :root[data-theme=dark] { ${LIGHT} --page: #fff; --shadow: none; }
  body { font-size: 11.5px; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .bar, .tools, .pages .button, .skip, noscript { display: none !important; } .wrap { max-width: none; padding: 0; } .hero { padding-top: 10px; }
  .card, tr, .lead, .stats { break-inside: avoid; } .card:has(table) { break-inside: auto; } .head { break-after: avoid; } thead { display: table-header-group; } th, td { padding: 3px 6px; font-size: 10.5px; }
  .scroll { overflow: visible; } .two, .two.even { display: block; }
  .print-mark { display: block; position: fixed; top: 0; right: 0; background: #fff; padding: 1px 3px; font: 700 9px var(--sans); letter-spacing: .08em; color: var(--warn); }
  .picture { display: block; width: 100%; height: auto; } .picture.inverted { filter: invert(1) hue-rotate(180deg) brightness(1.1) contrast(1.15); } #equity-chart, #market-chart { display: none; } .chart-legend { position: static; padding: 8px 12px; text-shadow: none; max-width: none; }
  .button:not([aria-pressed=true]) { display: none; } #equity, #market, #overview, #months { break-inside: avoid; }
  .halves, .thirds, .plot { break-inside: avoid; } .halves { grid-template-columns: 1fr 1fr; } .halves:has(table) { grid-template-columns: 1fr; } .thirds { grid-template-columns: 1fr 1fr 1fr; } .plot .rows span, .plot .columns span, .plot .x-name, .plot .y-name { font-size: 8px; } .plot .body { grid-template-columns: 36px 1fr; } .plot .columns, .plot .x-name { margin-left: 36px; } #symbols th, #symbols td, #extremes th, #extremes td { font-size: 8px; padding: 2px 3px; } #symbols th, #symbols td { font-size: 7px; padding: 2px; } #symbols thead th { white-space: normal; font-size: 7px; } .plot .body { height: 150px; } [data-switch], #copy { display: none !important; } .plot figcaption { font-size: 11px; }
  .heat td, .heat th { min-width: 0; padding: 3px 2px; } #trades th, #trades td { font-size: 8.5px; padding: 2px 3px; } #trades thead button::after { content: none; } caption span:first-child { position: static; }
}
`
