/** Style of the pages with charts: no font, picture or colour comes from elsewhere; colours of parts differ for the colour-blind too. */
export const PAGE_STYLE = `
:root{--ink:#1d2430;--muted:#5b6779;--line:#dde2ea;--ground:#fff;--band:#f6f8fb;--error:#b3261e;--warning:#8a5a00;--pass:#19703b;--c0:#2f6fb0;--c1:#c8740a;--c2:#2a9d74;--c3:#b04a8b;--c4:#7a5cc4;--c5:#3d8fbf;--c6:#948200;--c7:#8a6f5a;--heat:224,122,30}
@media (prefers-color-scheme:dark){:root{--ink:#e6eaf1;--muted:#9aa6b8;--line:#2d3746;--ground:#141a23;--band:#1b2330;--error:#ff8a80;--warning:#f2bf5e;--pass:#7fd39b;--c0:#6ea8e0;--c1:#f0a94f;--c2:#57c79d;--c3:#d97bb5;--c4:#a890ea;--c5:#8fd0f2;--c6:#d9c54a;--c7:#b99c86}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:76rem;padding:1.5rem 2rem 3rem;background:var(--ground);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
header{border-bottom:1px solid var(--line);padding-bottom:1rem}
.eyebrow{margin:0;color:var(--muted);letter-spacing:.08em;text-transform:uppercase;font-size:.75rem}
h1{margin:.1rem 0 .6rem;font-size:1.7rem;overflow-wrap:anywhere}
h2{margin:2.2rem 0 .6rem;font-size:1.2rem}
h3{margin:0 0 .1rem;font-size:1.02rem;overflow-wrap:anywhere}
.verdict{display:inline-block;margin:0;padding:.3rem .8rem;border-radius:.4rem;border:1px solid currentColor;font-weight:600}
.fail{color:var(--error)}.pass{color:var(--pass)}.muted{color:var(--muted)}
.key{display:flex;flex-wrap:wrap;gap:.3rem 1.2rem;list-style:none;margin:.6rem 0;padding:0}
.key svg{width:.85rem;height:.85rem;margin-right:.4rem;vertical-align:-1px}
.asks{margin:0;padding:0;list-style:none}
.asks li{padding:.35rem 0 .35rem .8rem;border-left:3px solid var(--warning);margin:.35rem 0;overflow-wrap:anywhere}
.asks li.grave{border-color:var(--error)}
.asks b{font-weight:600}
.cards{display:grid;align-items:start;grid-template-columns:repeat(auto-fit,minmax(min(100%,30rem),1fr));gap:1.2rem}
figure{margin:0;padding:1rem 1.1rem;border:1px solid var(--line);border-radius:.5rem;min-width:0;break-inside:avoid}
figure .facts{margin:0 0 .6rem;color:var(--muted);font-size:.85rem}
figure details{margin-top:.6rem}
svg text{font:12px system-ui,-apple-system,"Segoe UI",sans-serif;fill:var(--muted)}
svg .label{font-size:13px;fill:var(--ink)}
svg.bars{overflow:visible;display:block}
svg.curves{display:block}
.mark{stroke:var(--ink);stroke-width:1.5;opacity:.75}
.grid{stroke:var(--line);vector-effect:non-scaling-stroke}
polyline{fill:none;stroke-width:2;vector-effect:non-scaling-stroke}
.axis{display:flex;justify-content:space-between;color:var(--muted);font-size:.8rem;font-variant-numeric:tabular-nums}
.c0{fill:var(--c0)}.c1{fill:var(--c1)}.c2{fill:var(--c2)}.c3{fill:var(--c3)}.c4{fill:var(--c4)}.c5{fill:var(--c5)}.c6{fill:var(--c6)}.c7{fill:var(--c7)}
.l0{stroke:var(--c0)}.l1{stroke:var(--c1);stroke-dasharray:7 3}.l2{stroke:var(--c2);stroke-dasharray:2 3}.l3{stroke:var(--c3);stroke-dasharray:9 3 2 3}.l4{stroke:var(--c4);stroke-dasharray:5 5}.l5{stroke:var(--c5);stroke-dasharray:12 3}.l6{stroke:var(--c6);stroke-dasharray:1 4}.l7{stroke:var(--c7);stroke-dasharray:4 2 1 2}
.wide{overflow-x:auto;max-width:100%;margin-bottom:.8rem}
.wide:focus-visible,summary:focus-visible{outline:2px solid var(--c0);outline-offset:2px}
table{border-collapse:collapse;font-size:.88rem;font-variant-numeric:tabular-nums}
table.full{width:100%}
th,td{padding:.35rem .6rem;border-bottom:1px solid var(--line);text-align:right;white-space:nowrap}
th{color:var(--muted);font-weight:600;vertical-align:bottom}
thead th{white-space:normal;min-width:4rem;line-height:1.25}
th:first-child,td:first-child{text-align:left;white-space:normal;overflow-wrap:break-word;min-width:7rem;max-width:20rem}
tbody th{color:inherit;font-weight:400}
caption{text-align:left;color:var(--muted);padding:.3rem 0;font-size:.85rem}
.heat td{min-width:3.2rem;border:1px solid var(--ground)}
.heat th:first-child{min-width:9rem}.heat .muted{color:inherit;opacity:.8}
.h1{background:rgba(var(--heat),.1)}.h2{background:rgba(var(--heat),.22)}.h3{background:rgba(var(--heat),.36)}.h4{background:rgba(var(--heat),.52)}.h5{background:rgba(var(--heat),.7)}
summary{cursor:pointer;color:var(--muted);padding:.2rem 0}
code{font-family:ui-monospace,SFMono-Regular,Menlo,monospace;font-size:.85em;overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem;margin:0}dt{color:var(--muted)}dd{margin:0;overflow-wrap:anywhere}
footer{margin-top:2.5rem;color:var(--muted);font-size:.85rem}
@media (max-width:40rem){body{padding:1rem .9rem 2rem}figure{padding:.8rem}th,td{padding:.3rem .4rem}dl{grid-template-columns:1fr}dd{margin-bottom:.4rem}th:first-child,td:first-child{min-width:6.5rem;max-width:8.5rem;overflow-wrap:anywhere}}
@media print{body{max-width:none;padding:0;font-size:12px}.wide{overflow:visible}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}h2,h3{break-after:avoid}}
`;
