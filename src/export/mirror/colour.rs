//! Colours of authored styles, and the counterparts they need on a dark page.
//!
//! The rule is a stricter form of the platform's: near-white surfaces are inverted to near-black, bright ones are
//! dimmed, and text is mirrored in lightness and then raised until it can be read on the surface behind it.

use std::fmt;

/// Surface of a dark page and the text on it (as in `style.css`).
pub(super) const DARK_SURFACE: Colour = Colour { red: 0x16, green: 0x18, blue: 0x1b, alpha: 1.0 };
pub(super) const DARK_TEXT: Colour = Colour { red: 0xd9, green: 0xdc, blue: 0xe1, alpha: 1.0 };
/// Surface of a light page and the text on it.
pub(super) const LIGHT_SURFACE: Colour = Colour { red: 0xfd, green: 0xfd, blue: 0xfb, alpha: 1.0 };
pub(super) const LIGHT_TEXT: Colour = Colour { red: 0x1f, green: 0x23, blue: 0x28, alpha: 1.0 };
/// Minimum contrast of small text (WCAG 2, AA).
const READABLE: f64 = 4.6;

/// A colour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Colour {
    pub(super) red: u8,
    pub(super) green: u8,
    pub(super) blue: u8,
    pub(super) alpha: f64,
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { red, green, blue, alpha } = self;
        if *alpha >= 1.0 {
            write!(f, "#{red:02x}{green:02x}{blue:02x}")
        } else {
            write!(f, "rgba({red},{green},{blue},{})", (alpha * 100.0).round() / 100.0)
        }
    }
}

/// Hue in degrees, saturation and lightness from 0 to 1.
#[derive(Clone, Copy)]
struct Hsl(f64, f64, f64);

impl Colour {
    /// Parses a colour: hex, `rgb()`, `rgba()`, `hsl()`, or a name.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(hex) = text.strip_prefix('#') {
            return Self::from_hex(hex);
        }
        let lower = text.to_ascii_lowercase();
        if let Some((function, rest)) = lower.split_once('(') {
            let rest = rest.strip_suffix(')')?;
            let parts: Vec<&str> = rest.split([',', ' ', '/']).filter(|part| !part.is_empty()).collect();
            if !(3..=4).contains(&parts.len()) {
                return None;
            }
            let alpha = parts.get(3).map_or(Some(1.0), |part| fraction(part))?.clamp(0.0, 1.0);
            return match function {
                "rgb" | "rgba" => {
                    Some(Self { red: channel(parts[0])?, green: channel(parts[1])?, blue: channel(parts[2])?, alpha })
                }
                "hsl" | "hsla" => {
                    let hue: f64 = parts[0].trim_end_matches("deg").parse().ok()?;
                    Some(Self { alpha, ..Self::from_hsl(Hsl(hue, fraction(parts[1])?, fraction(parts[2])?)) })
                }
                _ => None,
            };
        }
        NAMES.binary_search_by(|(name, _)| (*name).cmp(&lower)).ok().map(|index| {
            let rgb = NAMES[index].1.to_be_bytes();
            Self { red: rgb[1], green: rgb[2], blue: rgb[3], alpha: 1.0 }
        })
    }

    fn from_hex(hex: &str) -> Option<Self> {
        if !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let digit = |index: usize| u8::from_str_radix(hex.get(index..=index)?, 16).ok().map(|value| value * 17);
        let pair = |index: usize| u8::from_str_radix(hex.get(index..index + 2)?, 16).ok();
        let (red, green, blue, alpha) = match hex.len() {
            3 => (digit(0)?, digit(1)?, digit(2)?, 255),
            4 => (digit(0)?, digit(1)?, digit(2)?, digit(3)?),
            6 => (pair(0)?, pair(2)?, pair(4)?, 255),
            8 => (pair(0)?, pair(2)?, pair(4)?, pair(6)?),
            _ => return None,
        };
        Some(Self { red, green, blue, alpha: f64::from(alpha) / 255.0 })
    }

    fn hsl(self) -> Hsl {
        let [red, green, blue] = [self.red, self.green, self.blue].map(|channel| f64::from(channel) / 255.0);
        let (max, min) = (red.max(green).max(blue), red.min(green).min(blue));
        let lightness = f64::midpoint(max, min);
        let delta = max - min;
        if delta < 1e-9 {
            return Hsl(0.0, 0.0, lightness);
        }
        let saturation = delta / (1.0 - (2.0 * lightness - 1.0).abs()).max(1e-9);
        let hue = if (max - red).abs() < 1e-9 {
            ((green - blue) / delta).rem_euclid(6.0)
        } else if (max - green).abs() < 1e-9 {
            (blue - red) / delta + 2.0
        } else {
            (red - green) / delta + 4.0
        };
        Hsl(hue * 60.0, saturation.min(1.0), lightness)
    }

    fn from_hsl(Hsl(hue, saturation, lightness): Hsl) -> Self {
        let chroma = (1.0 - (2.0 * lightness - 1.0).abs()) * saturation;
        let sector = hue.rem_euclid(360.0) / 60.0;
        let second = chroma * (1.0 - (sector % 2.0 - 1.0).abs());
        let (red, green, blue) = match sector {
            s if s < 1.0 => (chroma, second, 0.0),
            s if s < 2.0 => (second, chroma, 0.0),
            s if s < 3.0 => (0.0, chroma, second),
            s if s < 4.0 => (0.0, second, chroma),
            s if s < 5.0 => (second, 0.0, chroma),
            _ => (chroma, 0.0, second),
        };
        let base = lightness - chroma / 2.0;
        Self { red: byte(red + base), green: byte(green + base), blue: byte(blue + base), alpha: 1.0 }
    }

    fn with_lightness(self, lightness: f64) -> Self {
        let Hsl(hue, saturation, _) = self.hsl();
        Self { alpha: self.alpha, ..Self::from_hsl(Hsl(hue, saturation, lightness.clamp(0.0, 1.0))) }
    }

    /// Returns the perceived brightness, from 0 to 255.
    fn brightness(self) -> f64 {
        (299.0 * f64::from(self.red) + 587.0 * f64::from(self.green) + 114.0 * f64::from(self.blue)) / 1000.0
    }

    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)
    }

    /// Returns the contrast between two opaque colours, from 1 to 21.
    pub(super) fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// Returns this colour blended over an opaque one.
    pub(super) fn over(self, below: Self) -> Self {
        let mix = |above: u8, below: u8| {
            byte((f64::from(above) * self.alpha + f64::from(below) * (1.0 - self.alpha)) / 255.0)
        };
        Self {
            red: mix(self.red, below.red),
            green: mix(self.green, below.green),
            blue: mix(self.blue, below.blue),
            alpha: 1.0,
        }
    }

    /// Returns the counterpart of a surface of this colour on a dark page.
    pub(super) fn dark_surface(self) -> Self {
        let Hsl(hue, saturation, lightness) = self.hsl();
        let Hsl(_, _, base) = DARK_SURFACE.hsl();
        let brightness = self.brightness();
        let grey = saturation < 0.08 || (lightness > 0.97);
        if grey && lightness > 0.4 || brightness > 250.0 {
            let Hsl(hue, saturation, _) = self.hsl();
            let inverted = Self::from_hsl(Hsl(hue, saturation.min(0.08), (1.0 + base - lightness).min(1.0)));
            return Self { alpha: self.alpha, ..inverted };
        }
        if brightness > 175.0 {
            // Pale tints would glow, so they become deep tones of the same hue, in the same order.
            let deep = base + 0.06 + (1.0 - lightness) * 0.5;
            // Near white even the slightest tint has a high saturation; chroma measures what the eye sees.
            let chroma = (1.0 - (2.0 * lightness - 1.0).abs()) * saturation;
            let tint = saturation.min(chroma * 4.0).min(0.24);
            return Self { alpha: self.alpha, ..Self::from_hsl(Hsl(hue, tint, deep.min(0.32))) };
        }
        if lightness < 0.12 { self.with_lightness(0.12) } else { self }
    }

    /// Returns the counterpart of a line of this colour on a dark page.
    pub(super) fn dark_line(self) -> Self {
        let Hsl(hue, saturation, lightness) = self.hsl();
        if saturation < 0.08 {
            return self.with_lightness((1.06 - lightness).clamp(0.14, 0.9));
        }
        if lightness > 0.7 {
            // A pale frame stays a hint of its colour.
            return Self { alpha: self.alpha, ..Self::from_hsl(Hsl(hue, saturation.min(0.4), 1.06 - lightness)) };
        }
        self.with_lightness(lightness.clamp(0.3, 0.62))
    }

    /// Returns grey text of this colour darkened until it can be read on a light `surface`, since small print is often
    /// slightly too pale. Other colours are the author's choice and are kept, as is text pale enough to be meant as
    /// hidden.
    pub(super) fn readable_grey(self, surface: Self) -> Self {
        let Hsl(_, saturation, lightness) = self.hsl();
        let contrast = |colour: Self| colour.over(surface).contrast(surface);
        if saturation > 0.12 || surface.luminance() < 0.4 || contrast(self) >= READABLE || contrast(self) < 1.8 {
            return self;
        }
        let shades = (1..50).map(|step| self.with_lightness(lightness - f64::from(step) * 0.01));
        shades.take_while(|shade| shade.hsl().2 > 0.2).find(|shade| contrast(*shade) >= READABLE).unwrap_or(self)
    }

    /// Returns the counterpart of text of this colour on a dark `surface`.
    pub(super) fn dark_text(self, surface: Self) -> Self {
        let surface_is_dark = surface.luminance() < 0.18;
        let Hsl(_, _, lightness) = self.hsl();
        let readable = |colour: Self| colour.over(surface).contrast(surface) >= READABLE;
        let mut text = self;
        if surface_is_dark && lightness < 0.5 {
            text = self.with_lightness((0.95 - 0.9 * lightness).max(lightness));
        }
        for _ in 0..40 {
            if readable(text) {
                return text;
            }
            let Hsl(_, _, lightness) = text.hsl();
            text = text.with_lightness(if surface_is_dark { lightness + 0.025 } else { lightness - 0.025 });
            text.alpha = (text.alpha + 0.05).min(1.0);
        }
        text
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to a byte")]
fn byte(value: f64) -> u8 {
    (value * 255.0).round().clamp(0.0, 255.0) as u8
}

fn channel(text: &str) -> Option<u8> {
    match text.strip_suffix('%') {
        Some(percent) => percent.parse::<f64>().ok().map(|value| byte(value / 100.0)),
        None => text.parse::<f64>().ok().map(|value| byte(value / 255.0)),
    }
}

fn fraction(text: &str) -> Option<f64> {
    match text.strip_suffix('%') {
        Some(percent) => percent.parse::<f64>().ok().map(|value| value / 100.0),
        None => text.parse().ok(),
    }
}

/// Colour names that editors and authors use, sorted.
const NAMES: &[(&str, u32)] = &[
    ("aqua", 0x00_ffff),
    ("beige", 0xf5_f5dc),
    ("black", 0),
    ("blue", 0x00_00ff),
    ("brown", 0xa5_2a2a),
    ("coral", 0xff_7f50),
    ("crimson", 0xdc_143c),
    ("cyan", 0x00_ffff),
    ("darkblue", 0x00_008b),
    ("darkgray", 0xa9_a9a9),
    ("darkgreen", 0x00_6400),
    ("darkgrey", 0xa9_a9a9),
    ("darkorange", 0xff_8c00),
    ("darkred", 0x8b_0000),
    ("dimgray", 0x69_6969),
    ("fuchsia", 0xff_00ff),
    ("gold", 0xff_d700),
    ("gray", 0x80_8080),
    ("green", 0x00_8000),
    ("grey", 0x80_8080),
    ("indigo", 0x4b_0082),
    ("ivory", 0xff_fff0),
    ("lightblue", 0xad_d8e6),
    ("lightgray", 0xd3_d3d3),
    ("lightgreen", 0x90_ee90),
    ("lightgrey", 0xd3_d3d3),
    ("lightyellow", 0xff_ffe0),
    ("lime", 0x00_ff00),
    ("magenta", 0xff_00ff),
    ("maroon", 0x80_0000),
    ("navy", 0x00_0080),
    ("olive", 0x80_8000),
    ("orange", 0xff_a500),
    ("orangered", 0xff_4500),
    ("pink", 0xff_c0cb),
    ("purple", 0x80_0080),
    ("red", 0xff_0000),
    ("royalblue", 0x41_69e1),
    ("silver", 0xc0_c0c0),
    ("skyblue", 0x87_ceeb),
    ("snow", 0xff_fafa),
    ("steelblue", 0x46_82b4),
    ("teal", 0x00_8080),
    ("tomato", 0xff_6347),
    ("violet", 0xee_82ee),
    ("wheat", 0xf5_deb3),
    ("white", 0xff_ffff),
    ("whitesmoke", 0xf5_f5f5),
    ("windowtext", 0),
    ("yellow", 0xff_ff00),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn colour(text: &str) -> Colour {
        Colour::parse(text).unwrap_or_else(|| panic!("{text}"))
    }

    #[test]
    fn colours_are_read_in_every_notation() {
        assert!(NAMES.is_sorted());
        for text in [
            "#f00",
            "#ff0000",
            "#F00F",
            "rgb(255,0,0)",
            "rgb(255 0 0 / 1)",
            "rgba(100%, 0, 0, 1)",
            "hsl(0, 100%, 50%)",
            "red",
        ] {
            assert_eq!(colour(text).to_string(), "#ff0000", "{text}");
        }
        assert_eq!(colour("rgba(0,0,0,.25)").to_string(), "rgba(0,0,0,0.25)");
        for text in ["", "inherit", "transparent", "#ff", "rgb(1,2)", "url(x)", "#ggg"] {
            assert_eq!(Colour::parse(text), None, "{text}");
        }
    }

    #[test]
    fn pale_greys_are_deepened_and_colours_are_the_authors() {
        let on = |text: &str, surface: &str| colour(text).readable_grey(colour(surface));
        for (text, surface) in [("#888", "#fff"), ("#999", "#f7f7f7"), ("rgb(178,178,178)", "#fdf6e3")] {
            let shade = on(text, surface);
            assert!(shade.contrast(colour(surface)) >= 4.5, "{text} on {surface}: {shade}");
        }
        for (text, surface) in [("#333", "#fff"), ("#07c160", "#fff"), ("#f4f4f4", "#fff"), ("#999", "#222")] {
            assert_eq!(on(text, surface), colour(text), "{text} on {surface}");
        }
    }

    #[test]
    fn white_slabs_become_dark_and_text_stays_readable() {
        for surface in
            ["#fff", "#f7f7f7", "rgb(255,251,240)", "#eef6ff", "#ffe08a", "#d0e8c8", "#3f3f3f", "#07c160", "#123456"]
        {
            let dark = colour(surface).dark_surface();
            for text in [
                "#000",
                "#333",
                "#666",
                "#888",
                "rgb(63,63,63)",
                "#fff",
                "#1a5fb4",
                "#d92142",
                "#ffeb3b",
                "rgba(0,0,0,.9)",
            ] {
                let text = colour(text).dark_text(dark);
                assert!(text.over(dark).contrast(dark) >= 4.5, "{text} on {surface}, which became {dark}");
            }
        }
        assert!(colour("#fff").dark_surface().luminance() < 0.02);
        assert!(colour("#fdf6e3").dark_surface().luminance() < 0.06);
        let grey = |text: &str| colour(text).dark_text(DARK_SURFACE).luminance();
        assert!(grey("#000") > grey("#333") && grey("#333") > grey("#555"), "the order of greys is mirrored");
    }
}
