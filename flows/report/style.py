"""Style sheet of the report: light and dark, screen and paper; colours of Okabe and Ito."""

CSS = """
:root {
  color-scheme: light dark;
  --page: #fbfbfa; --card: #ffffff; --text: #1c2127; --quiet: #5d6670; --rule: #e3e5e8;
  --strong-rule: #b9bfc6; --blue: #0072b2; --grey: #a9b2bb; --orange: #c95a00; --green: #00704f;
  --pass: #e0f2ec; --fail: #fbe3d6; --skip: #eceef0; --mark: #e6f1f8;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171a; --card: #1b1f23; --text: #e4e7ea; --quiet: #98a2ac; --rule: #2c3238;
    --strong-rule: #4b545d; --blue: #56b4e9; --grey: #67717b; --orange: #f0a04b; --green: #4cc9a0;
    --pass: #12362b; --fail: #4a2414; --skip: #2a2f35; --mark: #17303f;
  }
}
* { box-sizing: border-box; }
html { background: var(--page); color: var(--text); -webkit-text-size-adjust: 100%; }
body { font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans",
  sans-serif; max-width: 1120px; margin: 0 auto; padding: 36px 24px 72px; }
code { font: .9em/1.4 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
header .kind { margin: 0; color: var(--quiet); font-size: 13px; }
h1 { font-size: 32px; line-height: 1.2; letter-spacing: -.02em; margin: 2px 0 22px; }
h1 span { font-weight: 400; color: var(--quiet); }
h2 { font-size: 20px; letter-spacing: -.01em; margin: 0 0 8px; }
section { margin-top: 52px; scroll-margin-top: 16px; }
a { color: var(--blue); }
nav { margin: 22px 0 0; font-size: 13.5px; display: flex; flex-wrap: wrap; gap: 4px 18px; }
.note { color: var(--quiet); max-width: 84ch; margin: 0 0 14px; font-size: 14px; }
.note strong { color: var(--text); }
.scroll + .note, .columns + .note { margin-top: 12px; }
.warning { border-left: 3px solid var(--orange); padding: 2px 0 2px 12px; }
.yes, .note .yes { color: var(--green); font-style: normal; }
.no, .note .no { color: var(--orange); font-style: normal; }
.none { color: var(--strong-rule); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(175px, 1fr)); gap: 12px; }
.tile { background: var(--card); border: 1px solid var(--rule); border-radius: 8px;
  padding: 12px 14px; }
.tile b, .tile span { display: block; font-weight: 400; font-size: 12.5px; color: var(--quiet); }
.tile strong { display: block; font-size: 23px; font-weight: 600; letter-spacing: -.015em;
  line-height: 1.35; font-variant-numeric: tabular-nums; }
.tile.fail { border-color: var(--orange); }
.tile.fail strong { color: var(--orange); }
.facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 5px 20px;
  margin: 24px 0 0; font-size: 14px; }
.facts dt { color: var(--quiet); }
.facts dd { margin: 0; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 13px; line-height: 1.4;
  font-variant-numeric: tabular-nums; }
th { font-weight: 600; vertical-align: bottom; color: var(--text); padding: 5px 8px; }
thead tr:last-child th { border-bottom: 1.5px solid var(--strong-rule); }
th.group { text-align: center; border-bottom: 1px solid var(--rule); line-height: 1.25; }
th.group.empty { border-bottom: 0; }
th.group:not(.empty) { background: linear-gradient(var(--rule), var(--rule)) center bottom /
  calc(100% - 12px) 1px no-repeat; border-bottom: 0; }
td { padding: 4px 8px; border-bottom: 1px solid var(--rule); vertical-align: top; }
th:first-child, td:first-child { padding-left: 2px; }
th:last-child, td:last-child { padding-right: 2px; }
.left { text-align: left; }
.right { text-align: right; }
td.right { white-space: nowrap; }
.hint { display: block; color: var(--quiet); font-weight: 400; font-size: 12px; }
tbody tr:hover td { background: var(--mark); }
tr.quiet td { color: var(--quiet); }
tr.built td { background: var(--mark); }
tfoot td { font-weight: 600; border-bottom: 0; }
tfoot tr:first-child td { border-top: 1.5px solid var(--strong-rule); }
tfoot tr.quiet td { font-weight: 400; }
.tag { background: var(--blue); color: var(--card); border-radius: 3px; padding: 0 5px;
  font-size: 11px; }
.badge { display: inline-block; border-radius: 4px; padding: 1px 9px; font-weight: 600;
  font-size: 12.5px; white-space: nowrap; }
.badge.pass { background: var(--pass); color: var(--green); }
.badge.fail { background: var(--fail); color: var(--orange); }
.badge.skip { background: var(--skip); color: var(--quiet); font-weight: 400; }
#levels td { padding-top: 7px; padding-bottom: 7px; }
#levels tr.skip strong { font-weight: 400; color: var(--quiet); }
details { color: var(--quiet); font-size: 12.5px; }
summary { cursor: pointer; }
details[open] summary { margin-bottom: 3px; }
details code { display: inline-block; margin-right: .6em; }
.meter { display: inline-flex; align-items: center; }
.track { display: inline-block; width: 42px; height: 8px; background: var(--skip);
  border-radius: 2px; }
.track span { display: block; height: 100%; background: var(--blue); border-radius: 2px; }
.of { min-width: 3.6em; }
#fifos .track { width: 110px; }
.columns thead tr:last-child th:nth-child(odd):not(:first-child) { padding-right: 25px; }
.sign { display: inline-block; width: 1.3em; font-style: normal; }
.columns td:nth-child(even), .columns thead tr:last-child th:nth-child(even) { padding-left: 20px; }
figure { margin: 22px 0 26px; }
figcaption { font-size: 14px; font-weight: 600; margin-bottom: 4px; }
figcaption span, .picture figcaption { font-weight: 400; color: var(--quiet); font-size: 13px; }
.picture figcaption { margin-top: 6px; }
.beside { display: flex; flex-wrap: wrap; gap: 16px 28px; align-items: flex-start; }
.beside > div { flex: 1 1 280px; }
.picture { margin: 6px 0; max-width: 512px; }
.picture img { display: block; max-width: 100%; height: auto; border-radius: 6px; }
svg { display: block; width: 100%; min-width: 640px; height: auto; }
svg text { font-size: 12px; fill: var(--text); font-variant-numeric: tabular-nums; }
svg .label, svg .value { text-anchor: end; }
svg .label { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: 11px; }
svg .tick { text-anchor: middle; fill: var(--quiet); font-size: 11px; }
svg .grid { stroke: var(--rule); }
svg .bar.main, svg .second { fill: var(--blue); }
svg .bar.minor { fill: var(--grey); }
svg .first { fill: var(--page); stroke: var(--orange); stroke-width: 2; }
svg .span { stroke: var(--grey); stroke-width: 2; }
svg .mark { stroke-width: 1.6; }
svg .target { stroke: var(--orange); stroke-dasharray: 5 3; }
svg .measured { stroke: var(--text); }
.legend { display: flex; flex-wrap: wrap; gap: 2px 22px; font-size: 13px; color: var(--quiet);
  margin-bottom: 4px; }
.key { display: inline-block; margin-right: 7px; vertical-align: middle; }
.key.swatch { width: 18px; height: 10px; border-radius: 2px; background: var(--blue); }
.key.line { width: 20px; border-top: 2px solid var(--text); }
.key.target { border-top: 2px dashed var(--orange); }
.key.ring { width: 11px; height: 11px; border: 2px solid var(--orange); border-radius: 50%; }
.key.dot { width: 9px; height: 9px; background: var(--blue); border-radius: 50%; }
footer { margin-top: 56px; padding-top: 12px; border-top: 1px solid var(--rule);
  color: var(--quiet); font-size: 12.5px; }
@media print { body { padding: 0; max-width: none; } .tile, figure, tr { break-inside: avoid; } }
"""
