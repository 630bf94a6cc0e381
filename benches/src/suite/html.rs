//! The report: one page that holds all it needs.

use super::plot::{bars, class, escaped, overview};
use super::sheet::{Answered, Kind, Sheet};
use super::{time, times};
use std::fmt::Write;

const STYLE: &str = "
:root { --ink: #1b1f24; --faint: #6b7380; --line: #d9dde3; --page: #fff; --card: #f7f8fa;
  --ours: #0b7a4b; --level: #7fb79c; --naive: #c2410c; --peer: #2f5fb3; --beside: #98a0ab; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ee; --faint: #9aa3b0; --line: #363c45; --page: #16191e;
  --card: #1e2228; --ours: #3ecf8e; --level: #2c7a57; --naive: #f0824a; --peer: #7fa6ee; --beside: #6b7380; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page); max-width: 1080px;
  margin: 2rem auto; padding: 0 1.2rem; }
h1 { font-size: 1.7rem; margin: 0 0 .3rem; } h2 { font-size: 1.25rem; margin: 2.6rem 0 .4rem; }
h3 { font-size: 1rem; margin: 0; } p { margin: .4rem 0; } .faint, .scene { color: var(--faint); }
.scene { font-weight: 400; } code { font-size: .92em; }
section.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .8rem 1rem; margin: .8rem 0; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .3rem .7rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--faint); font-weight: 500; } td.n, th.n { text-align: right; white-space: nowrap; padding-left: .9rem; }
td small { color: var(--faint); }
svg { width: 100%; height: auto; display: block; margin-top: .4rem; font: 12.5px system-ui, sans-serif; }
svg text { fill: var(--ink); } svg .name { text-anchor: end; } svg .tick { text-anchor: middle; fill: var(--faint); font-size: 11px; }
svg .grid { stroke: var(--line); } svg .one { stroke: var(--ours); stroke-width: 2; } svg .way { stroke: var(--line); stroke-width: 2; }
svg .spread { stroke: var(--ink); stroke-width: 2; opacity: .55; }
.ours { fill: var(--ours); } .level { fill: var(--level); } .naive { fill: var(--naive); } .peer { fill: var(--peer); } .beside { fill: var(--beside); }
.key span { margin-right: 1.2rem; white-space: nowrap; } .key svg { width: 14px; height: 14px; display: inline; vertical-align: -2px; margin: 0 .3rem 0 0; }
details { margin: .5rem 0; } summary { cursor: pointer; color: var(--faint); } ul { margin: .3rem 0; padding-left: 1.2rem; }
.missed { color: var(--naive); } .met { color: var(--ours); } .bias { display: grid; grid-template-columns: 1fr 1fr; gap: 1.2rem; }
";

/// The page of these sheets.
pub fn page(sheets: &[Sheet]) -> String {
    let mut html = String::from(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Trespasser: benches</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><style>",
    );
    html.push_str(STYLE);
    html.push_str("</style></head><body><h1>Trespasser: benches</h1>");
    let _ = write!(
        html,
        "<p class=\"faint\">Every stage of a tick and every kernel, each checked before its time counts, beside the same without \
         SIMD, written naively, and by others. Medians over samples of processor time; a ratio is the median over pairs of \
         samples taken side by side. What the figures mean is in <code>benches/NOTES.md</code>.</p>"
    );
    conditions(&mut html, sheets);
    let all: Vec<&Answered> = sheets.iter().flat_map(|sheet| &sheet.answered).filter(|asked| asked.headline).collect();
    if !all.is_empty() {
        html.push_str("<h2>How many times as long as ours</h2>");
        key(&mut html);
        html.push_str(&overview(&all));
        summary(&mut html, &all);
    }
    for sheet in sheets {
        bench(&mut html, sheet);
    }
    html.push_str("</body></html>\n");
    html
}

fn conditions(html: &mut String, sheets: &[Sheet]) {
    html.push_str("<table><tr><th>bench</th><th>date</th><th>commit</th><th>compiler</th><th>processor</th><th>best level</th><th>load</th></tr>");
    for sheet in sheets {
        let load = sheet.load.map_or("?".to_owned(), |[before, after]| format!("{before:.1} to {after:.1}"));
        let kind = match (sheet.quick, sheet.part) {
            (true, _) => " <span class=\"missed\">quick: nothing to be kept</span>",
            (_, true) => " <span class=\"missed\">a part</span>",
            _ => "",
        };
        let _ = write!(
            html,
            "<tr><td><a href=\"#{0}\">{0}</a>{kind}</td><td>{1}</td><td>{2}</td><td>{3}</td><td>{4}</td><td>{5}</td><td>{load}</td></tr>",
            escaped(&sheet.bench),
            escaped(&sheet.date),
            escaped(&sheet.commit),
            escaped(&sheet.compiler),
            escaped(&sheet.cpu),
            escaped(&sheet.level)
        );
    }
    html.push_str("</table>");
}

fn key(html: &mut String) {
    html.push_str(
        "<p class=\"key\"><span><svg viewBox=\"0 0 14 14\"><path class=\"one\" d=\"M7 0V14\"/></svg>ours</span>\
         <span><svg viewBox=\"0 0 14 14\"><rect class=\"level\" x=\"2\" y=\"2\" width=\"9\" height=\"9\"/></svg>ours without SIMD</span>\
         <span><svg viewBox=\"0 0 14 14\"><circle class=\"naive\" cx=\"7\" cy=\"7\" r=\"5\"/></svg>fastest naive version</span>\
         <span><svg viewBox=\"0 0 14 14\"><path class=\"peer\" d=\"M7 0L14 7L7 14L0 7Z\"/></svg>fastest peer</span></p>",
    );
}

fn summary(html: &mut String, all: &[&Answered]) {
    html.push_str("<table><tr><th>what</th><th class=\"n\">ours</th><th class=\"n\">without SIMD</th><th class=\"n\">naive</th><th class=\"n\">fastest peer</th><th></th></tr>");
    for asked in all {
        let ours = asked.ours().map_or("-".to_owned(), |figure| time(figure.ns[1]));
        let ratio =
            |figure: Option<&super::Figure>| figure.map_or("-".to_owned(), |f| format!("{} x", times(f.ratio[1])));
        let peer = asked.fastest(Kind::Peer);
        let _ = write!(
            html,
            "<tr><td>{} <small>{}</small></td><td class=\"n\">{ours} <small>a {}</small></td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td><small>{}</small></td></tr>",
            escaped(&asked.question),
            escaped(&asked.scene),
            escaped(&asked.unit),
            ratio(asked.scalar()),
            ratio(asked.fastest(Kind::Naive)),
            ratio(peer),
            peer.map_or(String::new(), |figure| escaped(&figure.name)),
        );
    }
    html.push_str("</table>");
}

fn bench(html: &mut String, sheet: &Sheet) {
    let name = escaped(&sheet.bench);
    let _ = write!(html, "<h2 id=\"{name}\">{name}</h2><p class=\"faint\">{}</p>", escaped(&sheet.origin()));
    if !sheet.bias_for.is_empty() || !sheet.bias_against.is_empty() {
        html.push_str("<details open><summary>Bias</summary><div class=\"bias\">");
        for (title, list) in [("For us", &sheet.bias_for), ("Against us", &sheet.bias_against)] {
            let _ = write!(html, "<div><h3>{title}</h3>");
            items(html, list.iter().map(String::as_str));
            html.push_str("</div>");
        }
        html.push_str("</div></details>");
    }
    for asked in &sheet.answered {
        let _ = write!(
            html,
            "<section class=\"card\"><h3>{} <span class=\"scene\">{}; time a {}</span></h3>{}",
            escaped(&asked.question),
            escaped(&asked.scene),
            escaped(&asked.unit),
            bars(asked)
        );
        goals(html, asked);
        html.push_str("</section>");
    }
    html.push_str("<details><summary>How well the answers agree, and notes</summary>");
    items(html, sheet.checks.iter().map(|check| check.text.as_str()).chain(sheet.notes.iter().map(String::as_str)));
    html.push_str("</details><details><summary>All figures</summary><table><tr><th>question</th><th>scene</th><th>who</th><th class=\"n\">lower quartile</th><th class=\"n\">median</th><th class=\"n\">upper quartile</th><th class=\"n\">times ours</th></tr>");
    for asked in &sheet.answered {
        for figure in &asked.figures {
            let [low, middle, high] = figure.ns.map(time);
            let _ = write!(
                html,
                "<tr><td>{}</td><td>{}</td><td>{} <small>{}</small></td><td class=\"n\">{low}</td><td class=\"n\">{middle}</td><td class=\"n\">{high}</td><td class=\"n\">{}</td></tr>",
                escaped(&asked.question),
                escaped(&asked.scene),
                escaped(&figure.name),
                class(figure.kind),
                times(figure.ratio[1])
            );
        }
    }
    html.push_str("</table></details>");
}

fn items<'a>(html: &mut String, list: impl Iterator<Item = &'a str>) {
    html.push_str("<ul>");
    for item in list {
        let _ = write!(html, "<li>{}</li>", escaped(item));
    }
    html.push_str("</ul>");
}

fn goals(html: &mut String, asked: &Answered) {
    let mut told = Vec::new();
    let mut tell = |met: bool, text: String| {
        let word = if met { "met" } else { "missed" };
        told.push(format!("{text}: <span class=\"{word}\">{word}</span>"));
    };
    if let (Some(goal), Some(ours)) = (asked.goal_ns, asked.ours()) {
        tell(ours.ns[1] <= goal, format!("goal {}", time(goal)));
    }
    if let (Some(goal), Some(peer)) = (asked.goal_ratio, asked.fastest(Kind::Peer)) {
        tell(peer.ratio[1] >= goal, format!("goal {goal} times the fastest peer"));
    }
    if !told.is_empty() {
        let _ = write!(html, "<p class=\"faint\">{}</p>", told.join("; "));
    }
}
