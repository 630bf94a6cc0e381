//! Figures as SVG, drawn for a page that sets the colours: class names are the kinds of contenders.

use super::sheet::{Answered, Figure, Kind};
use super::{time, times};
use std::fmt::Write;

/// px of a row, of the names to the left and of the figures to the right.
const ROW: f64 = 24.0;
const NAMES: f64 = 330.0;
const FIGURES: f64 = 150.0;
const WIDTH: f64 = 1040.0;

/// Name of a kind in class names.
pub fn class(kind: Kind) -> &'static str {
    match kind {
        Kind::Ours => "ours",
        Kind::Level => "level",
        Kind::Naive => "naive",
        Kind::Peer => "peer",
        Kind::Beside => "beside",
    }
}

/// Text that may stand anywhere in HTML and SVG.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(c),
        }
    }
    out
}

/// A logarithmic axis over whole decades that hold all values, px from `left` to `right`.
struct Axis {
    low: f64,
    high: f64,
    left: f64,
    right: f64,
}

impl Axis {
    /// Of no value: one decade from 1.
    fn new(values: impl Iterator<Item = f64>, left: f64, right: f64) -> Axis {
        let positive = values.filter(|value| value.is_finite() && *value > 0.0);
        let (least, most) = positive.fold((f64::INFINITY, 0.0_f64), |(a, b), v| (a.min(v), b.max(v)));
        let (least, most) = if most > 0.0 { (least, most) } else { (1.0, 1.0) };
        let (low, high) = (libm::log10(least).floor(), libm::log10(most).ceil());
        Axis { low, high: high.max(low + 1.0), left, right }
    }

    fn at(&self, value: f64) -> f64 {
        let share = (libm::log10(value.max(f64::MIN_POSITIVE)) - self.low) / (self.high - self.low);
        self.left + share.clamp(0.0, 1.0) * (self.right - self.left)
    }

    fn decades(&self) -> impl Iterator<Item = f64> + '_ {
        (self.low as i32..=self.high as i32).map(|n| libm::pow(10.0, f64::from(n)))
    }
}

/// One bar a contender, its median from the left, its quartiles as a line; times are on a logarithmic axis.
pub fn bars(asked: &Answered) -> String {
    let height = 30.0 + ROW * asked.figures.len() as f64;
    let axis = Axis::new(asked.figures.iter().flat_map(|figure| figure.ns).map(|ns| ns * 0.8), NAMES, WIDTH - FIGURES);
    let mut svg = format!(
        r#"<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{}">"#,
        escaped(&format!("{}, {}", asked.question, asked.scene))
    );
    grid(&mut svg, &axis, height - 24.0, time);
    for (n, figure) in asked.figures.iter().enumerate() {
        let y = 6.0 + ROW * n as f64;
        let [low, middle, high] = figure.ns.map(|ns| axis.at(ns));
        let kind = class(figure.kind);
        let ratio = if figure.kind == Kind::Ours { String::new() } else { format!(" · {} x", times(figure.ratio[1])) };
        let _ = write!(
            svg,
            r#"<text class="name" x="{:.1}" y="{:.1}">{}</text><rect class="{kind}" x="{NAMES}" y="{:.1}" width="{:.1}" height="15" rx="2"/><path class="spread" d="M{low:.1} {:.1}H{high:.1}"/><text class="value" x="{:.1}" y="{:.1}">{}{ratio}</text>"#,
            NAMES - 10.0,
            y + 12.0,
            escaped(&short(&figure.name, 50)),
            y,
            (middle - NAMES).max(1.0),
            y + 7.5,
            WIDTH - FIGURES + 8.0,
            y + 12.0,
            time(figure.ns[1]),
        );
    }
    svg.push_str("</svg>");
    svg
}

fn grid(svg: &mut String, axis: &Axis, bottom: f64, label: impl Fn(f64) -> String) {
    // Not more labels than there is room for.
    let every = ((axis.high - axis.low) / 8.0).ceil().max(1.0) as usize;
    for (n, decade) in axis.decades().enumerate() {
        let x = axis.at(decade);
        let _ = write!(svg, r#"<path class="grid" d="M{x:.1} 0V{bottom:.1}"/>"#);
        if n % every == 0 {
            let text = label(decade).replace(".00", "").replace(".0 ", " ");
            let _ = write!(svg, r#"<text class="tick" x="{x:.1}" y="{:.1}">{text}</text>"#, bottom + 16.0);
        }
    }
}

fn short(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).chain(['…']).collect()
}

/// How many times as long as ours the scalar engine, the fastest naive version and the fastest peer take, a row for each
/// question, on one logarithmic axis.
pub fn overview(asked: &[&Answered]) -> String {
    let marks = |asked: &Answered| -> Vec<Figure> {
        let found = [asked.scalar(), asked.fastest(Kind::Naive), asked.fastest(Kind::Peer)];
        found.into_iter().flatten().cloned().collect()
    };
    let height = 36.0 + ROW * asked.len() as f64;
    let (left, right) = (NAMES, WIDTH - 50.0);
    let axis = Axis::new(asked.iter().flat_map(|a| marks(a)).map(|f| f.ratio[1]).chain([1.0]), left, right);
    let mut svg = format!(
        r#"<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="How many times as long as ours the others take">"#
    );
    grid(&mut svg, &axis, height - 28.0, |v| format!("{} x", if v < 1.0 { format!("{v}") } else { times(v) }));
    let one = axis.at(1.0);
    let _ = write!(svg, r#"<path class="one" d="M{one:.1} 0V{:.1}"/>"#, height - 28.0);
    for (n, asked) in asked.iter().enumerate() {
        let y = 12.0 + ROW * n as f64;
        let name = short(&asked.question, 48);
        let _ =
            write!(svg, r#"<text class="name" x="{:.1}" y="{:.1}">{}</text>"#, NAMES - 10.0, y + 4.0, escaped(&name));
        let marks = marks(asked);
        if let Some(far) = marks.iter().map(|f| axis.at(f.ratio[1])).reduce(f64::max) {
            let _ = write!(svg, r#"<path class="way" d="M{one:.1} {y:.1}H{far:.1}"/>"#);
        }
        for figure in &marks {
            let (x, kind) = (axis.at(figure.ratio[1]), class(figure.kind));
            let told = escaped(&format!("{}: {} times ours", figure.name, times(figure.ratio[1])));
            // Shapes differ too, for those who do not tell the colours apart.
            let _ = match figure.kind {
                Kind::Level => write!(
                    svg,
                    r#"<rect class="{kind}" x="{:.1}" y="{:.1}" width="9" height="9"><title>{told}</title></rect>"#,
                    x - 4.5,
                    y - 4.5
                ),
                Kind::Naive => {
                    write!(
                        svg,
                        r#"<circle class="{kind}" cx="{x:.1}" cy="{y:.1}" r="5"><title>{told}</title></circle>"#
                    )
                }
                _ => write!(
                    svg,
                    r#"<path class="{kind}" d="M{x:.1} {:.1}L{:.1} {y:.1}L{x:.1} {:.1}L{:.1} {y:.1}Z"><title>{told}</title></path>"#,
                    y - 7.0,
                    x + 7.0,
                    y + 7.0,
                    x - 7.0
                ),
            };
        }
    }
    svg.push_str("</svg>");
    svg
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_holds_its_values_in_whole_decades() {
        let axis = Axis::new([30.0, 2500.0, 0.0, f64::NAN].into_iter(), 0.0, 300.0);
        assert_eq!((axis.low, axis.high), (1.0, 4.0));
        assert_eq!((axis.at(10.0), axis.at(100.0), axis.at(10_000.0)), (0.0, 100.0, 300.0));
        assert_eq!((axis.at(0.0), axis.at(1e9)), (0.0, 300.0));
        assert_eq!(axis.decades().collect::<Vec<_>>(), [10.0, 100.0, 1000.0, 10_000.0]);
        let none = Axis::new([].into_iter(), 0.0, 1.0);
        assert_eq!((none.low, none.high), (0.0, 1.0));
    }

    #[test]
    fn text_cannot_become_markup() {
        assert_eq!(escaped(r#"<a href="x">&"#), "&lt;a href=&quot;x&quot;&gt;&amp;");
        assert_eq!(short("twelve bytes", 6), "twelv…");
    }
}
