/** Style of the report page: no font, picture or colour comes from elsewhere. */
export const CHECK_PAGE_STYLE = `
:root{--ink:#1d2430;--muted:#647083;--line:#dde2ea;--ground:#fff;--band:#f6f8fb;--error:#b3261e;--warning:#8a5a00;--info:#33608f;--pass:#19703b}
@media (prefers-color-scheme:dark){:root{--ink:#e6eaf1;--muted:#9aa6b8;--line:#2d3746;--ground:#141a23;--band:#1b2330;--error:#ff8a80;--warning:#f2bf5e;--info:#8fb8ea;--pass:#7fd39b}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:92rem;padding:1.5rem 2rem 3rem;background:var(--ground);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
header{border-bottom:1px solid var(--line);padding-bottom:1rem}
.eyebrow{margin:0;color:var(--muted);letter-spacing:.08em;text-transform:uppercase;font-size:.75rem}
h1{margin:.1rem 0 .6rem;font-size:1.7rem}
h2{margin:2rem 0 .6rem;font-size:1.15rem}
.verdict{display:inline-block;margin:0;padding:.3rem .8rem;border-radius:.4rem;border:1px solid currentColor;font-weight:600}
.verdict.fail{color:var(--error)}.verdict.pass{color:var(--pass)}.verdict.none{color:var(--warning)}
.figures{display:flex;flex-wrap:wrap;gap:1.6rem;list-style:none;margin:1rem 0 0;padding:0;color:var(--muted)}
.figures b{font-size:1.4rem;font-variant-numeric:tabular-nums}
.error{color:var(--error)}.warning{color:var(--warning)}.info,.waived{color:var(--info)}
.filters{position:sticky;top:0;z-index:1;display:flex;flex-wrap:wrap;gap:.8rem;align-items:center;padding:.6rem 0;background:var(--ground);border-bottom:1px solid var(--line)}
.filters[hidden]{display:none}
.filters input[type=search]{flex:1 1 18rem;padding:.4rem .6rem;border:1px solid var(--line);border-radius:.35rem;background:var(--band);color:inherit;font:inherit}
.filters select{padding:.4rem;border:1px solid var(--line);border-radius:.35rem;background:var(--band);color:inherit;font:inherit}
#shown{color:var(--muted)}
table{width:100%;border-collapse:collapse;font-size:.9rem}
th{text-align:left;padding:.5rem .6rem;border-bottom:2px solid var(--line);color:var(--muted);font-weight:600;white-space:nowrap}
th[data-key]{cursor:pointer}th[aria-sort=ascending]::after{content:" \\25B2"}th[aria-sort=descending]::after{content:" \\25BC"}
td{padding:.5rem .6rem;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}
tbody tr:nth-child(even){background:var(--band)}
.code{font-family:ui-monospace,SFMono-Regular,Menlo,monospace;white-space:nowrap}
.place,.value,pre{font-family:ui-monospace,SFMono-Regular,Menlo,monospace;font-size:.82rem}
.place{min-width:16rem}.part{color:var(--muted)}
.findings td:nth-child(3){min-width:16rem}.findings td:nth-child(6){min-width:14rem}
.tag{font-weight:600;white-space:nowrap}.muted{color:var(--muted)}
pre{margin:.3rem 0;padding:.5rem;background:var(--band);border:1px solid var(--line);border-radius:.35rem;user-select:all}
details summary{cursor:pointer;color:var(--muted)}
footer{margin-top:2.5rem;color:var(--muted);font-size:.85rem}
section>details{overflow-x:auto}
@media (max-width:48rem){body{padding:1rem 1rem 2rem}.findings thead{display:none}.findings,.findings tbody,.findings tr,.findings td{display:block}.findings tr[hidden]{display:none}.findings tr{padding:.6rem 0;border-bottom:1px solid var(--line)}.findings td{min-width:0!important;padding:.15rem .6rem;border:0}.findings td:nth-child(-n+2){display:inline-block}.findings td:empty{display:none}}
@media print{.filters,details:not([open]){display:none}body{max-width:none;padding:0}}
`;

/** Sorting and filtering of the findings; reads the table, writes no markup. */
export const CHECK_PAGE_SCRIPT = `
(function () {
  'use strict';
  var table = document.getElementById('findings');
  if (table === null) return;
  var body = table.tBodies[0];
  var rows = Array.prototype.slice.call(body.rows);
  var texts = rows.map(function (row) { return row.textContent.toLowerCase(); });
  var filters = document.querySelector('.filters');
  var search = document.getElementById('search');
  var rule = document.getElementById('rule');
  var shown = document.getElementById('shown');
  var boxes = Array.prototype.slice.call(filters.querySelectorAll('input[type=checkbox]'));
  var order = { error: 0, warning: 1, info: 2 };
  filters.hidden = false;
  function filter() {
    var words = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
    var levels = boxes.filter(function (box) { return box.checked; }).map(function (box) { return box.value; });
    var count = 0;
    rows.forEach(function (row, index) {
      var fits = levels.indexOf(row.dataset.level) >= 0 && (rule.value === '' || rule.value === row.dataset.code) &&
        words.every(function (word) { return texts[index].indexOf(word) >= 0; });
      row.hidden = !fits;
      if (fits) count += 1;
    });
    shown.textContent = count + ' of ' + rows.length;
  }
  function keyOf(row, key) {
    if (key === 'level') return order[row.dataset.level];
    if (key === 'code') return row.dataset.code;
    return row.cells[key === 'message' ? 2 : 3].textContent;
  }
  Array.prototype.forEach.call(table.tHead.rows[0].cells, function (cell) {
    var key = cell.dataset.key;
    if (key === undefined) return;
    cell.tabIndex = 0;
    function sort() {
      var down = cell.getAttribute('aria-sort') === 'ascending';
      Array.prototype.forEach.call(table.tHead.rows[0].cells, function (other) { other.removeAttribute('aria-sort'); });
      cell.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      var sorted = rows.map(function (row, index) { return { row: row, index: index, key: keyOf(row, key) }; });
      sorted.sort(function (a, b) { return (a.key < b.key ? -1 : a.key > b.key ? 1 : 0) * (down ? -1 : 1) || a.index - b.index; });
      sorted.forEach(function (entry) { body.appendChild(entry.row); });
    }
    cell.addEventListener('click', sort);
    cell.addEventListener('keydown', function (event) { if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); sort(); } });
  });
  search.addEventListener('input', filter);
  rule.addEventListener('change', filter);
  boxes.forEach(function (box) { box.addEventListener('change', filter); });
  filter();
})();
`;
