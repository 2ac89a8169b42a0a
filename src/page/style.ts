import { PAGE_STYLE } from '../report/html-style.js';

/** Style of the landing page and the index: that of all pages, and what only these have. */
export const LANDING_STYLE = `${PAGE_STYLE}
html{scroll-behavior:smooth}
a{color:var(--c0)}
.skip{position:absolute;left:-99rem}.skip:focus{position:static}
a:focus-visible,button:focus-visible,.pick:focus-within{outline:2px solid var(--c0);outline-offset:2px}
.lead{font-size:1.05rem;max-width:60rem;margin:.2rem 0;overflow-wrap:anywhere}
.figures{display:flex;flex-wrap:wrap;gap:.6rem 2rem;list-style:none;margin:1rem 0;padding:0;color:var(--muted)}
.figures b{display:block;color:var(--ink);font-size:1.5rem;line-height:1.2;font-variant-numeric:tabular-nums}
.cards{grid-template-columns:repeat(auto-fit,minmax(min(100%,21rem),1fr))}
h4{margin:0;font-size:1rem;overflow-wrap:anywhere}
article{margin-bottom:1.5rem}
.digest{margin:.6rem 0 0;padding:.6rem .8rem;background:var(--band);border:1px solid var(--line);border-radius:.4rem;overflow-wrap:anywhere}
nav ul{display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;list-style:none;margin:1rem 0 0;padding:0}
nav a{display:inline-block;padding:.25rem 0}
pre{margin:.4rem 0 .9rem;padding:.6rem .8rem;background:var(--band);border:1px solid var(--line);border-radius:.4rem;overflow-x:auto;font:.85rem/1.5 ui-monospace,SFMono-Regular,Menlo,monospace;white-space:pre-wrap;overflow-wrap:anywhere}
pre:focus-visible{outline:2px solid var(--c0)}
.level{display:inline-block;min-width:4.2rem;font-weight:600}
.changes{list-style:none;padding:0}
.dictionary td{text-align:left;white-space:normal;vertical-align:top}
.dictionary td:nth-child(n+3){min-width:9rem}
.words td,.words th,.dictionary th{text-align:left;white-space:normal}
.check+h3,pre+h3{margin-top:1.4rem}
.check{padding:1rem 1.1rem;border:1px solid var(--line);border-radius:.5rem}
.drop{padding:1.3rem 1rem;border:2px dashed var(--muted);border-radius:.5rem;background:var(--band);text-align:center}
.drop.over{border-color:var(--c0);border-style:solid}
.drop p{margin:.3rem 0}
button,.pick{display:inline-block;padding:.45rem .9rem;border:1px solid var(--c0);border-radius:.4rem;background:var(--ground);color:var(--ink);font:inherit;cursor:pointer}
.pick input{position:absolute;opacity:0;width:1px;height:1px}
progress{width:100%;height:.8rem;accent-color:var(--c0)}
.result{margin-top:1rem;padding:.8rem;border-radius:.4rem}.result:focus{outline:1px solid var(--line)}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.result h3{margin-top:1rem}
.problems{margin:.3rem 0;padding-left:1.2rem}.problems li{overflow-wrap:anywhere;margin:.15rem 0}
.problems code{color:var(--ink)}
[hidden]{display:none!important}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
@page{margin:16mm}
@media print{nav,.skip,.check,details:not([open]){display:none}a{color:inherit;text-decoration:none}.cards{grid-template-columns:1fr 1fr;gap:.6rem}figure,pre,.digest{break-inside:avoid}}
`;
