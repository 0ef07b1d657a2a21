//! Turns authored inline styles into classes of the page, without duplicates, with the colours they need on a dark
//! page.
//!
//! `light-dark()` holds both colours in one declaration; a browser too old for it keeps the declaration before, which
//! suits the light page that it shows.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::colour::{Colour, DARK_SURFACE, DARK_TEXT, LIGHT_SURFACE, LIGHT_TEXT};
use crate::model::Sha256;

/// The colours and surfaces behind and around a piece of text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Ground {
    /// Surface on a light page.
    light_surface: Colour,
    /// Surface on a dark page.
    surface: Colour,
    /// Text colour on a light page, authored or inherited.
    light_text: Colour,
    /// Text colour on a dark page.
    dark_text: Colour,
    /// Set if an image is behind the text; the author chose the colours for that image, so they are kept.
    over_image: bool,
}

impl Default for Ground {
    fn default() -> Self {
        Self {
            light_surface: LIGHT_SURFACE,
            surface: DARK_SURFACE,
            light_text: LIGHT_TEXT,
            dark_text: DARK_TEXT,
            over_image: false,
        }
    }
}

impl Ground {
    fn key(&self) -> String {
        format!("{}{}{}{}{}", self.light_surface, self.surface, self.light_text, self.dark_text, self.over_image)
    }
}

/// The classes of one page.
#[derive(Default)]
pub(super) struct Hoist {
    known: HashMap<(String, String), (Option<String>, Ground)>,
    rules: Vec<(String, String)>,
}

impl Hoist {
    /// Returns the class for `style` on this ground, if any declaration is kept, and the ground inside.
    pub(super) fn class(&mut self, style: &str, ground: Ground) -> (Option<String>, Ground) {
        let key = (style.to_owned(), ground.key());
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let (rule, inside) = translate(style, ground);
        let class = (!rule.is_empty()).then(|| self.rule(rule));
        self.known.insert(key, (class.clone(), inside));
        (class, inside)
    }

    /// Returns the class for a rule made by the renderer.
    pub(super) fn rule(&mut self, rule: String) -> String {
        if let Some((class, _)) = self.rules.iter().find(|(_, known)| *known == rule) {
            return class.clone();
        }
        // The name depends on the rule alone, so that pages depend neither on each other nor on any order.
        let mut length = 6;
        let digest = Sha256::of(rule.as_bytes()).hex();
        let mut class = format!("s{}", &digest[..length]);
        while self.rules.iter().any(|(known, _)| *known == class) && length < 60 {
            length += 2;
            class = format!("s{}", &digest[..length]);
        }
        self.rules.push((class.clone(), rule));
        class
    }

    /// Returns the style sheet of the page's classes.
    pub(super) fn sheet(&self) -> String {
        self.rules.iter().fold(String::new(), |mut sheet, (class, rule)| {
            let _ = writeln!(sheet, ".{class}{{{rule}}}");
            sheet
        })
    }
}

/// Returns the declarations to keep, each followed by its dark form if that differs, and the ground inside.
fn translate(style: &str, ground: Ground) -> (String, Ground) {
    let declarations: Vec<(&str, &str)> = split(style).filter_map(|it| it.split_once(':')).collect();
    let mut inside = ground;
    for (name, value) in &declarations {
        if name.starts_with("background") {
            inside = behind(value, inside);
        }
    }
    let mut rule = String::new();
    let mut coloured = false;
    for (name, value) in &declarations {
        if is_given(name, value) || value.contains("liudi-media:") {
            continue;
        }
        if *name == "color" {
            let Some(colour) = Colour::parse(value) else {
                push(&mut rule, name, value);
                continue;
            };
            coloured = true;
            inside.light_text = if inside.over_image { colour } else { colour.readable_grey(inside.light_surface) };
            inside.dark_text = if inside.over_image { colour } else { colour.dark_text(inside.surface) };
            let light = if inside.light_text == colour { (*value).to_owned() } else { inside.light_text.to_string() };
            push(&mut rule, name, &light);
            if inside.light_text != inside.dark_text {
                push(&mut rule, name, &format!("light-dark({light},{})", inside.dark_text));
            }
            continue;
        }
        let dark = match *name {
            "background" | "background-color" | "background-image" if !inside.over_image => {
                map_colours(value, Colour::dark_surface)
            }
            "box-shadow" | "column-rule" if !inside.over_image => map_colours(value, Colour::dark_line),
            _ if name.starts_with("border") && !inside.over_image => map_colours(value, Colour::dark_line),
            _ => String::new(),
        };
        push(&mut rule, name, value);
        if !dark.is_empty() && dark != **value {
            push(&mut rule, name, &dark);
        }
    }
    if !coloured && inside != ground {
        // The text inherits its colour, but the surface is new.
        if inside.over_image {
            inside.dark_text = inside.light_text;
            push(&mut rule, "color", &inside.light_text.to_string());
        } else {
            let light = inside.light_text.readable_grey(inside.light_surface);
            let dim = inside.dark_text.over(inside.surface).contrast(inside.surface) < 4.5;
            if light == inside.light_text && !dim {
                return (rule, inside);
            }
            inside.light_text = light;
            if dim {
                inside.dark_text = inside.light_text.dark_text(inside.surface);
            }
            push(&mut rule, "color", &format!("light-dark({},{})", inside.light_text, inside.dark_text));
        }
    }
    (rule, inside)
}

/// Returns the ground after a background.
fn behind(value: &str, mut ground: Ground) -> Ground {
    if value.contains("url(") {
        // A picture that is not held leaves nothing behind the text.
        ground.over_image |= !value.contains("liudi-media:");
        return ground;
    }
    let mut first = None;
    map_colours(value, |colour| {
        first.get_or_insert(colour);
        colour
    });
    if let Some(colour) = first.filter(|colour| colour.alpha > 0.05) {
        ground.surface = colour.dark_surface().over(ground.surface);
        ground.light_surface = colour.over(ground.light_surface);
        if colour.alpha > 0.6 {
            ground.over_image = false;
        }
    }
    ground
}

/// Reports whether the theme already gives every element this declaration.
fn is_given(name: &str, value: &str) -> bool {
    matches!(
        (name, value),
        ("box-sizing", "border-box")
            | ("max-width", "100%")
            | ("overflow-wrap", "break-word")
            | ("visibility", "visible")
            | ("background-attachment", "scroll")
            | ("pointer-events", _)
    )
}

fn push(rule: &mut String, name: &str, value: &str) {
    if !rule.is_empty() {
        rule.push(';');
    }
    rule.push_str(name);
    rule.push(':');
    rule.push_str(value);
}

/// Splits a style into declarations at each `;` outside parentheses. Canonical styles have no quotes.
fn split(style: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_i32;
    style.split(move |c: char| {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        c == ';' && depth <= 0
    })
}

/// Replaces each colour whose counterpart differs by `light-dark(colour,counterpart)`.
fn map_colours(value: &str, mut counterpart: impl FnMut(Colour) -> Colour) -> String {
    let mut out = String::with_capacity(value.len() + 32);
    let mut rest = value;
    while let Some(start) = rest.find(|c: char| c.is_ascii_alphabetic() || c == '#') {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let mut end =
            rest[1..].find(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).map_or(rest.len(), |at| at + 1);
        let word = &rest[..end];
        let function = rest[end..].starts_with('(');
        if function && matches!(word.to_ascii_lowercase().as_str(), "rgb" | "rgba" | "hsl" | "hsla" | "url") {
            end = rest.find(')').map_or(rest.len(), |at| at + 1);
        }
        let token = &rest[..end];
        match Colour::parse(token).filter(|_| !function || end > word.len()) {
            Some(colour) => {
                let other = counterpart(colour);
                if other == colour {
                    out.push_str(token);
                } else {
                    let _ = write!(out, "light-dark({token},{other})");
                }
            }
            None => out.push_str(token),
        }
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_style_is_one_class_with_both_colours() {
        let mut hoist = Hoist::default();
        let (class, ground) = hoist.class("background-color:#fff;box-sizing:border-box", Ground::default());
        let (text, _) = hoist.class("color:#333", ground);
        let (again, _) = hoist.class("color:#333", ground);
        assert_eq!(text, again);
        assert_ne!(class, text);
        let sheet = hoist.sheet();
        assert!(sheet.contains("background-color:#fff;background-color:light-dark(#fff,#"), "{sheet}");
        assert!(sheet.contains("color:#333;color:light-dark(#333,#"), "{sheet}");
        assert!(!sheet.contains("box-sizing"), "{sheet}");
        assert_eq!(hoist.class("max-width:100%", Ground::default()).0, None);
    }

    #[test]
    fn text_over_a_picture_keeps_its_colour() {
        let mut hoist = Hoist::default();
        let (_, ground) = hoist.class("background-image:url(../m/a.png)", Ground::default());
        let (_, inside) = hoist.class("color:#333", ground);
        assert_eq!(inside.dark_text, Colour::parse("#333").unwrap());
        let (_, panel) = hoist.class("background:#ffffff", ground);
        assert!(!panel.over_image);
    }

    #[test]
    fn uncoloured_text_on_a_bright_surface_is_made_readable() {
        let mut hoist = Hoist::default();
        let (_, ground) = hoist.class("background:#07c160", Ground::default());
        assert!(ground.dark_text.contrast(ground.surface) >= 4.5);
    }

    #[test]
    fn colours_inside_values_are_found() {
        let run = |value: &str| map_colours(value, |_| Colour::parse("#000").unwrap());
        assert_eq!(run("1px solid red"), "1px solid light-dark(red,#000000)");
        assert_eq!(
            run("linear-gradient(90deg, rgb(1, 2, 3) 0%, white)"),
            "linear-gradient(90deg, light-dark(rgb(1, 2, 3),#000000) 0%, light-dark(white,#000000))"
        );
        assert_eq!(run("url(../media/red.png) no-repeat"), "url(../media/red.png) no-repeat");
    }
}
