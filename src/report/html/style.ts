/** The page's looks: one sheet for light, dark, narrow and paper. Its hash stands in the page's security policy. */
export const STYLE = `
:root {
  --ground: #fbfbf9; --raised: #ffffff; --ink: #1d2126; --quiet: #59626b; --rule: #e2e4e1; --track: #e4e7ea;
  --accent: #1f5f8b; --forwarded: #1f5f8b; --forwarded-fill: #4a8db8; --dropped: #a8321c; --dropped-fill: #d4593f;
  --undetermined: #795200; --undetermined-fill: #cf9a1f; --warning: #fff4d6;
  --f1: rgba(74, 141, 184, .10); --f2: rgba(74, 141, 184, .18); --f3: rgba(74, 141, 184, .26); --f4: rgba(74, 141, 184, .34);
  --d1: rgba(212, 89, 63, .09); --d2: rgba(212, 89, 63, .15); --d3: rgba(212, 89, 63, .20); --d4: rgba(212, 89, 63, .26);
  --u1: rgba(207, 154, 31, .14);
  --mono: ui-monospace, "JetBrains Mono", "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
  color-scheme: light dark;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14171a; --raised: #1a1e22; --ink: #e4e7ea; --quiet: #9aa5af; --rule: #2c3238; --track: #2c3238;
    --accent: #7fbde6; --forwarded: #86c1e8; --forwarded-fill: #4f93c0; --dropped: #ff9c88; --dropped-fill: #d9634a;
    --undetermined: #e8bd55; --undetermined-fill: #c79a2e; --warning: #3a2f10;
    --f1: rgba(79, 147, 192, .12); --f2: rgba(79, 147, 192, .20); --f3: rgba(79, 147, 192, .28); --f4: rgba(79, 147, 192, .36);
    --d1: rgba(217, 99, 74, .12); --d2: rgba(217, 99, 74, .18); --d3: rgba(217, 99, 74, .24); --d4: rgba(217, 99, 74, .30);
    --u1: rgba(199, 154, 46, .16);
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 3.05rem; -webkit-text-size-adjust: 100%; }
body {
  margin: 0 auto; max-width: 74rem; padding: 0 1.5rem 3rem; background: var(--ground); color: var(--ink);
  font: 15px/1.5 Inter, system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif;
  font-variant-numeric: tabular-nums;
}
h1, h2, h3, p, ul, dl, dd, figure { margin: 0; }
h1 { font-size: 1.75rem; line-height: 1.2; font-weight: 650; letter-spacing: -.015em; text-wrap: balance; }
h2 { font-size: 1.2rem; font-weight: 650; letter-spacing: -.01em; margin-bottom: .9rem; }
h3 { font-size: 1rem; font-weight: 600; line-height: 1.4; }
a { color: var(--accent); }
code, pre, .place { font-family: var(--mono); font-size: .86em; overflow-wrap: anywhere; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
h2:focus, main:focus { outline: none; }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: .5rem; z-index: 3; padding: .4rem .8rem; background: var(--raised); }
.patterns { position: absolute; }
.aside, .more { color: var(--quiet); font-size: .93rem; }
.quiet { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
header { padding: 2.4rem 0 1.2rem; }
.kind { color: var(--quiet); font-size: .8rem; letter-spacing: .06em; text-transform: uppercase; margin-bottom: .35rem; }
header .aside { margin-top: .5rem; }
nav {
  position: sticky; top: 0; z-index: 2; display: flex; flex-wrap: wrap; gap: .4rem 1rem; align-items: center;
  justify-content: space-between; padding: .55rem 0; background: var(--ground); border-bottom: 1px solid var(--rule);
}
nav ul { display: flex; flex-wrap: wrap; gap: .15rem 1.05rem; padding: 0; list-style: none; font-size: .93rem; }
nav a { color: var(--quiet); text-decoration: none; }
nav a:hover { color: var(--accent); text-decoration: underline; }
#tools { display: flex; gap: .5rem; align-items: center; font-size: .9rem; color: var(--quiet); }
input, button { font: inherit; color: inherit; }
#told:empty { display: none; }
#tools input {
  width: 13rem; max-width: 100%; padding: .25rem .6rem; border: 1px solid var(--rule); border-radius: 6px;
  background: var(--raised); color: var(--ink);
}
#tools input::placeholder { color: var(--quiet); opacity: 1; }
section { padding: 2rem 0 .4rem; }
section + section { border-top: 1px solid var(--rule); margin-top: 1.8rem; }
.answer { font-size: 1.05rem; margin-bottom: .5rem; }
.warning { margin-top: 1.2rem; padding: .7rem 1rem; border-left: 4px solid var(--undetermined-fill); background: var(--warning); }
.tiles { display: grid; grid-template-columns: repeat(3, 1fr); gap: 1rem; margin-bottom: 1.1rem; }
.tile { padding: .8rem 1rem .9rem; background: var(--raised); border: 1px solid var(--rule); border-radius: 8px; }
.tile .word svg { vertical-align: -1px; margin-right: .45rem; border-radius: 3px; }
.big { font-size: 1.9rem; line-height: 1.25; font-weight: 600; letter-spacing: -.02em; }
.big small { font-size: .9rem; font-weight: 400; letter-spacing: 0; color: var(--quiet); }
.word { font-weight: 600; }
.word.forwarded, .act.forwarded { color: var(--forwarded); }
.word.dropped, .act.dropped { color: var(--dropped); }
.word.undetermined { color: var(--undetermined); }
.shares { display: block; width: 100%; height: 22px; margin-bottom: 1rem; border-radius: 5px; }
.meter { display: block; width: 20rem; max-width: 100%; height: 10px; margin: .2rem 0 1.2rem; }
.f-forwarded { fill: var(--forwarded-fill); }
.f-dropped { fill: var(--dropped-fill); }
.f-undetermined { fill: var(--undetermined-fill); }
.f-ground { fill: var(--ground); fill-opacity: .55; }
.f-track { fill: var(--track); }
.f-accent { fill: var(--forwarded-fill); }
.legend { display: flex; gap: 1.2rem; padding: 0; list-style: none; font-size: .9rem; color: var(--quiet); margin-bottom: .4rem; }
.legend svg { vertical-align: -2px; border-radius: 3px; }
.plot svg { display: block; width: 100%; min-width: 46rem; height: auto; }
.plot text { font-size: 12.5px; fill: var(--quiet); }
.axis { stroke: var(--quiet); stroke-width: 1; }
.grid { stroke: var(--rule); stroke-width: 1; }
.plot g:hover rect { opacity: .75; }
.scroll { overflow-x: auto; max-width: 100%; }
table { border-collapse: collapse; font-size: .93rem; min-width: 100%; }
th, td { padding: .32rem .9rem .32rem 0; text-align: left; vertical-align: top; font-weight: 400; }
th:last-child, td:last-child { padding-right: .2rem; }
thead th { color: var(--quiet); font-size: .84rem; font-weight: 500; border-bottom: 1px solid var(--rule); white-space: nowrap; vertical-align: bottom; }
tbody th, tbody td { border-bottom: 1px solid var(--rule); }
tbody tr:hover > * { background: var(--f1); }
tfoot th, tfoot td { font-weight: 600; }
.num { text-align: right; white-space: nowrap; }
.num:not(:last-child) { padding-right: 1.4rem; }
th button { padding: 0; border: 0; background: none; cursor: pointer; text-align: inherit; }
th button:hover { color: var(--accent); }
th button { position: relative; }
th button::after { content: "\\2195"; position: absolute; left: 100%; width: 1em; text-align: center; opacity: 0; }
thead:hover button::after, th button:focus-visible::after { opacity: .5; }
.num button::after { left: auto; right: 100%; }
thead th[aria-sort=ascending] button::after { content: "\\2191"; opacity: 1; }
thead th[aria-sort=descending] button::after { content: "\\2193"; opacity: 1; }
.address { color: var(--quiet); font-size: .9em; white-space: nowrap; }
.place { color: var(--quiet); }
.matrix { min-width: 0; border-spacing: 3px; border-collapse: separate; margin-top: .7rem; }
.matrix thead th { height: 1px; padding: 0 0 .3rem; border: 0; vertical-align: bottom; text-align: center; font-size: inherit; font-weight: 400; }
.matrix thead th span { display: inline-block; writing-mode: vertical-rl; transform: rotate(180deg); max-height: 18rem; overflow: hidden; color: var(--ink); }
.matrix th[scope=row] { border: 0; padding: .25rem .7rem .25rem 0; white-space: nowrap; text-align: right; vertical-align: middle; }
.matrix td { min-width: 3.4rem; padding: 0; border: 0; vertical-align: middle; text-align: center; }
.matrix td span { display: block; padding: .25rem .45rem; border-radius: 4px; white-space: nowrap; }
.matrix td span + span { margin-top: 2px; }
.matrix td.none::before { content: "–"; color: var(--rule); }
.matrix .corner { color: var(--quiet); font-size: .84rem; vertical-align: bottom; text-align: right; padding: 0 .7rem .3rem 0; }
.matrix .corner span { display: block; padding: 0; }
.matrix tbody tr:hover > * { background: none; }
.matrix tbody tr:hover > th { color: var(--accent); }
.m-forwarded, .k-forwarded { color: var(--forwarded); }
.m-forwarded.s1 { background: var(--f1); } .m-forwarded.s2 { background: var(--f2); }
.m-forwarded.s3 { background: var(--f3); } .m-forwarded.s4 { background: var(--f4); }
.m-dropped, .k-dropped { color: var(--dropped); }
.m-dropped.s1 { background: var(--d1); } .m-dropped.s2 { background: var(--d2); }
.m-dropped.s3 { background: var(--d3); } .m-dropped.s4 { background: var(--d4); }
.m-undetermined, .k-undetermined { color: var(--undetermined); background: var(--u1); }
.m-forwarded, .m-dropped { color: var(--ink); }
.key { padding: .05rem .4rem; border-radius: 4px; }
.k-forwarded { background: var(--f1); }
.k-dropped { background: var(--d1); }
.cause { margin-top: 1.6rem; }
.cause h3 { margin-bottom: .2rem; overflow-wrap: anywhere; }
.cause .scroll { margin-top: .7rem; }
details > summary { cursor: pointer; color: var(--quiet); font-size: .93rem; padding: .3rem 0; }
details > summary h3 { display: inline; color: var(--ink); }
details > summary:hover { color: var(--accent); }
.excerpts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 28rem), 1fr)); align-items: start; gap: .7rem; }
.yaml { background: var(--raised); border: 1px solid var(--rule); border-radius: 8px; overflow: hidden; min-width: 0; }
.yaml figcaption { padding: .3rem .8rem; color: var(--quiet); font: .82rem/1.5 var(--mono); border-bottom: 1px solid var(--rule); overflow-wrap: anywhere; }
.yaml figcaption:last-child { border: 0; }
.yaml pre { margin: 0; padding: .5rem .8rem .6rem 0; overflow-x: auto; font-size: .84rem; line-height: 1.55; }
.yaml code { font-size: inherit; overflow-wrap: normal; }
.yaml .line { display: block; white-space: pre; }
.yaml .ln { display: inline-block; width: 3.6em; padding-right: 1em; text-align: right; color: var(--quiet); user-select: none; }
.yaml .name { color: var(--forwarded); }
.yaml .note { color: var(--quiet); }
.sides { display: grid; grid-template-columns: 1fr 1fr; gap: 1.2rem; margin-top: .4rem; }
.sides > div { min-width: 0; }
.sides dt { font-weight: 400; color: var(--quiet); }
.sides dd { overflow-wrap: anywhere; }
.sides .excerpts { margin-top: .5rem; grid-template-columns: 1fr; }
.facts { display: grid; gap: .35rem; margin-bottom: 1.2rem; }
.facts div { display: grid; grid-template-columns: 18rem 1fr; gap: 1rem; }
.facts dt { color: var(--quiet); }
.facts dd { overflow-wrap: anywhere; }
.notes { padding-left: 1.1rem; margin-top: .4rem; }
.notes li { margin-bottom: .3rem; }
section h3 { margin-top: 1.6rem; }
.cause > h3:first-child { margin-top: 0; }
dialog { border: 1px solid var(--rule); border-radius: 10px; background: var(--raised); color: var(--ink); padding: 1.2rem 1.6rem; max-width: 26rem; }
dialog::backdrop { background: rgba(0, 0, 0, .4); }
dialog h2 { margin-bottom: .6rem; }
dialog dl { display: grid; grid-template-columns: auto 1fr; gap: .35rem 1rem; margin-bottom: 1rem; }
dialog dd { margin: 0; }
kbd { font: .85em var(--mono); padding: .05rem .4rem; border: 1px solid var(--rule); border-bottom-width: 2px; border-radius: 4px; background: var(--ground); color: var(--ink); }
.tool { padding: .2rem .6rem; border: 1px solid var(--rule); border-radius: 6px; background: var(--raised); cursor: pointer; }
.tool:hover { border-color: var(--accent); color: var(--accent); }
footer { margin-top: 2.5rem; padding-top: 1rem; border-top: 1px solid var(--rule); color: var(--quiet); font-size: .88rem; }
@media (max-width: 46rem) {
  body { padding: 0 1rem 2rem; }
  header { padding-top: 1.4rem; }
  h1 { font-size: 1.4rem; }
  nav { position: static; }
  .tiles { grid-template-columns: 1fr; gap: .6rem; }
  .tile { display: grid; grid-template-columns: 1fr auto; gap: 0 1rem; align-items: baseline; padding: .6rem .9rem; }
  .tile .big { font-size: 1.4rem; text-align: right; }
  .tile .aside { grid-column: 1 / -1; }
  th, td { padding-right: .7rem; }
  .num:not(:last-child) { padding-right: .9rem; }
  .sides { grid-template-columns: 1fr; }
  .facts div { grid-template-columns: 1fr; gap: 0; }
}
@media print {
  :root {
    color-scheme: light;
    --ground: #ffffff; --raised: #ffffff; --ink: #000000; --quiet: #444444; --rule: #cccccc; --track: #dddddd;
    --accent: #1f5f8b; --forwarded: #1f5f8b; --forwarded-fill: #4a8db8; --dropped: #a8321c; --dropped-fill: #d4593f;
    --undetermined: #795200; --undetermined-fill: #cf9a1f; --warning: #fff4d6;
    --f1: rgba(74, 141, 184, .10); --f2: rgba(74, 141, 184, .18); --f3: rgba(74, 141, 184, .26); --f4: rgba(74, 141, 184, .34);
    --d1: rgba(212, 89, 63, .09); --d2: rgba(212, 89, 63, .15); --d3: rgba(212, 89, 63, .20); --d4: rgba(212, 89, 63, .26);
  }
  @page { margin: 14mm 12mm; }
  body { max-width: none; padding: 0; font-size: 10pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  nav, .skip, .screen { display: none; }
  header { padding-top: 0; }
  section { padding-top: 1rem; }
  .scroll { overflow: visible; }
  .plot svg { min-width: 0; }
  details::details-content { content-visibility: visible; display: block; }
  tr, figure, .tile, .plot { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  .yaml pre { overflow: visible; }
  .yaml .line { white-space: pre-wrap; }
  thead { break-after: avoid; }
  th button::after { content: none; }
}
`;
