/** The page's own style: light and dark by the reader's system, narrow and printed pages included. */
export const style = `
:root {
  color-scheme: light dark;
  --page: light-dark(#f4f6f9, #0e1116);
  --card: light-dark(#ffffff, #161a21);
  --line: light-dark(#dde3ea, #2a313c);
  --text: light-dark(#18202c, #e5e9ef);
  --soft: light-dark(#5b6778, #95a2b4);
  --model: light-dark(#0b6bcb, #6cb2ff);
  --copy: light-dark(#7a8594, #9aa6b6);
  --warp: light-dark(#c2570c, #ffa552);
  --good: light-dark(#17803d, #57c97d);
  --bad: light-dark(#c0261c, #ff8379);
  --unknown: light-dark(#8a6100, #e3b341);
  --rare: light-dark(#c2410c, #ffa94d);
}
* { box-sizing: border-box; }
body {
  margin: 0 auto;
  padding: 28px 20px 60px;
  max-width: 1080px;
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  color: var(--text);
  background: var(--page);
}
h1, h2, h3, p, ul, dl, dd, figure, pre { margin: 0; }
h1 { font-size: 26px; letter-spacing: -0.01em; }
h2 { font-size: 19px; margin-bottom: 10px; }
h3 { font-size: 15px; margin: 20px 0 8px; }
p + p, p + figure, figure + p, .scroll + p { margin-top: 8px; }
code, pre { font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
small { display: block; font-size: 12px; font-weight: 400; color: var(--soft); }
a { color: var(--model); }
.soft, .note, figcaption { color: var(--soft); }
.note, figcaption { font-size: 13px; }
.missing { color: var(--soft); font-style: italic; }
.warning { color: var(--bad); font-weight: 600; }
.warnings { color: var(--bad); margin-top: 10px; padding-left: 20px; }
.rare { color: var(--rare); font-size: 11px; }
.identity { display: flex; flex-wrap: wrap; gap: 2px 18px; margin: 4px 0 18px; color: var(--soft); }
.identity code { color: var(--text); }
.summary { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 14px; }
.summary > .note { grid-column: 1 / -1; }
.ledger { padding: 14px 16px; border-radius: 12px; background: var(--card); border: 1px solid var(--line); border-top: 4px solid var(--tone); }
.ledger h2 { font-size: 17px; color: var(--tone); margin-bottom: 8px; }
.ledger ul { list-style: none; padding: 0; }
.ledger li + li { margin-top: 7px; padding-top: 7px; border-top: 1px solid var(--line); }
.ledger b { display: block; font-weight: 600; line-height: 1.35; }
.ledger li span { display: block; color: var(--soft); font-size: 13px; line-height: 1.4; overflow-wrap: break-word; }
.ledger .mark { display: inline-grid; place-items: center; width: 22px; height: 22px; border-radius: 50%; background: var(--tone); color: var(--card); font-size: 13px; font-weight: 700; }
.good { --tone: var(--good); }
.bad { --tone: var(--bad); }
.unknown { --tone: var(--unknown); }
nav { display: flex; flex-wrap: wrap; gap: 4px 16px; padding: 16px 2px; font-size: 14px; }
nav a { text-decoration: none; }
nav a:hover { text-decoration: underline; }
main > section { margin-bottom: 16px; padding: 20px 22px; border: 1px solid var(--line); border-radius: 12px; background: var(--card); }
.facts { display: flex; flex-wrap: wrap; gap: 4px 26px; margin-bottom: 14px; font-size: 13.5px; }
.facts dt, .settings dt { color: var(--soft); font-size: 12px; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 6px 12px 6px 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
tr > :last-child { padding-right: 2px; }
tbody:last-child tr:last-child > * { border-bottom: 0; }
th[rowspan] { border-bottom: 0; }
thead th { font-size: 12.5px; font-weight: 600; color: var(--soft); vertical-align: bottom; }
tbody th { font-weight: 500; }
.num { text-align: right; white-space: nowrap; }
.none { color: var(--soft); }
strong { font-weight: 750; }
.headline tbody + tbody tr:first-child > * { border-top: 2px solid var(--line); }
.headline td.num { font-size: 16px; }
.headline th[scope="rowgroup"] { font-size: 16px; font-weight: 650; }
th.model { color: var(--model); font-weight: 650; }
th.copy { color: var(--copy); font-weight: 500; }
th.warp { color: var(--warp); font-weight: 500; }
.classes th, .inputs { white-space: nowrap; }
.inputs { white-space: normal; }
.absent th, .absent td { color: var(--soft); }
.swatch, .key i { display: inline-block; width: 12px; height: 12px; border-radius: 3px; margin-right: 8px; vertical-align: -1px; box-shadow: inset 0 0 0 1px light-dark(#0002, #fff2); }
.absent .swatch { opacity: 0.45; }
.key { display: flex; flex-wrap: wrap; gap: 2px 18px; font-size: 13.5px; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 340px), 1fr)); gap: 14px 22px; }
.charts.small { grid-template-columns: repeat(auto-fill, minmax(min(100%, 260px), 1fr)); }
figure { min-width: 0; }
figure + .scroll, .scroll + .scroll { margin-top: 14px; }
p + .scroll { margin-top: 6px; }
ul + p { margin-top: 8px; }
.wide svg { min-width: 560px; max-width: 940px; }
figure svg { display: block; max-width: 100%; height: auto; overflow: visible; }
.pill { display: inline-block; padding: 1px 9px; border-radius: 10px; font-size: 13px; font-weight: 600; color: var(--tone); border: 1px solid currentColor; white-space: nowrap; }
.tag { font-size: 11px; color: var(--bad); border: 1px solid currentColor; border-radius: 4px; padding: 0 4px; }
.reason { min-width: 190px; }
details { margin-top: 12px; }
summary { cursor: pointer; color: var(--model); }
details > :not(summary) { margin-top: 8px; }
.settings { display: grid; grid-template-columns: repeat(auto-fill, minmax(160px, 1fr)); gap: 6px 18px; font-size: 13.5px; overflow-wrap: anywhere; }
pre { padding: 14px 16px; border-radius: 8px; background: var(--page); white-space: pre-wrap; overflow-wrap: anywhere; }
.terms { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 300px), 1fr)); gap: 10px 26px; }
.terms dt { font-weight: 600; }
.terms dd { color: var(--soft); font-size: 13.5px; }
footer { margin-top: 20px; color: var(--soft); font-size: 13px; }
@media (max-width: 820px) {
  body { padding: 18px 12px 40px; }
  .summary { grid-template-columns: minmax(0, 1fr); }
  main > section { padding: 16px 14px; }
}
@media print {
  :root { color-scheme: light; }
  body { max-width: none; padding: 0; background: none; }
  nav { display: none; }
  main > section, .ledger { break-inside: avoid-page; border-color: #ccc; }
  .scroll { overflow: visible; }
}
`
